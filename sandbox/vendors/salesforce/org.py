"""What the org says about itself: versions, objects, describe, limits.

schema → JSON documents. Does not belong here: HTTP (`api.py`).
"""

from __future__ import annotations

from sandbox.schema import OBJECTS, PREFIX, READ_ONLY
from sandbox.store import Row

DAILY = 100_000
VERSIONS = [
    {"label": label, "url": f"/services/data/v{v}.0", "version": f"{v}.0"}
    for v, label in ((59, "Winter '24"), (64, "Summer '25"), (66, "Spring '26"), (67, "Summer '26"), (68, "Winter '27"))
]


def describe(entity: str) -> Row:
    """What the org says about an object: fields, types, picklists, which of them are external ids."""
    writable = entity not in READ_ONLY
    return {
        "name": entity,
        "label": entity,
        "keyPrefix": PREFIX[entity],
        "queryable": True,
        "createable": writable,
        "updateable": writable,
        "custom": False,
        "fields": [
            {
                "name": f.name,
                "label": f.name.removesuffix("__c").replace("_", " "),
                "type": f.type,
                "length": 255 if f.affinity.startswith("TEXT") else 0,
                "custom": f.name.endswith("__c"),
                "nillable": not f.required,
                "createable": writable and not f.system,
                "updateable": writable and not f.system,
                "externalId": f.external_id,
                "unique": f.external_id,
                "idLookup": f.external_id or f.name in {"Id", "Email"},
                "filterable": f.type != "textarea",
                "referenceTo": [f.refers] if f.refers else [],
                "relationshipName": f.name.removesuffix("Id") if f.refers else None,
                "restrictedPicklist": f.restricted,
                "picklistValues": [{"value": p, "label": p, "active": True, "defaultValue": False} for p in f.picks],
            }
            for f in OBJECTS[entity]
        ],
    }


def objects() -> Row:
    """The list of objects."""
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [
            {
                "name": o,
                "label": o,
                "keyPrefix": PREFIX[o],
                "queryable": True,
                "createable": o not in READ_ONLY,
                "custom": False,
            }
            for o in OBJECTS
        ],
    }


def limits(used: int) -> Row:
    """Allowances of the day; `used` API requests are gone."""
    return {
        "DailyApiRequests": {"Max": DAILY, "Remaining": DAILY - used},
        "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
        "DailyBulkV2QueryFileStorageMB": {"Max": 976_562, "Remaining": 976_562},
        "DataStorageMB": {"Max": 1024, "Remaining": 900},
    }
