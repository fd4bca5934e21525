"""Salesforce in the box: OAuth, SOQL, describe, collections, upsert by external id, limits.

`routes(box)` is the whole interface. `soql.py` parses, `queries.py` pages, `records.py` validates and writes, `api.py` answers.
"""

from sandbox.vendors.salesforce.api import routes

__all__ = ["routes"]
