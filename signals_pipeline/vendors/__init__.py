"""One client per vendor: auth, paging, error map, limits. Used by sources, enrichment and activation.

(settings, http, ops) → client → records of the vendor, or one of our errors.
Does not belong here: what we do with a record; business rules.
"""
