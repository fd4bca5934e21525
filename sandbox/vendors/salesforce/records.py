"""Writing Salesforce records: what is validated, with the vendor's status codes, and what a stored row looks like in JSON.

JSON record → `check` → errors or columns → `create` / `change`. Does not belong here: HTTP (`api.py`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sandbox.box import Box
from sandbox.clock import parse
from sandbox.clock import stamp as to_stamp
from sandbox.schema import OBJECTS, READ_ONLY, Field
from sandbox.store import Row, id18

Error = dict[str, Any]
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def error(code: str, message: str, *fields: str) -> Error:
    return {"statusCode": code, "message": message, "fields": list(fields)}


def field_of(entity: str, name: str) -> Field | None:
    return next((f for f in OBJECTS[entity] if f.name.lower() == name.lower()), None)


def outward(f: Field, value: Any) -> Any:
    """A stored value as JSON: booleans as such, instants with the vendor's +0000."""
    if value is None:
        return None
    if f.type == "boolean":
        return bool(value)
    if f.type == "datetime":
        return str(value).replace("Z", "+0000")
    return value


def check(box: Box, entity: str, record: Row, *, current: Row | None) -> tuple[Row, list[Error]]:
    """The columns to write, and what is wrong with the record. `current` is the row that is updated, None on creation."""
    columns: Row = {}
    errors: list[Error] = []
    for name, value in record.items():
        if name in {"attributes", "Id", "id"}:
            continue
        f = field_of(entity, name)
        if f is None:
            errors.append(error("INVALID_FIELD", f"No such column '{name}' on sobject of type {entity}", name))
        elif f.system or entity in READ_ONLY:
            errors.append(
                error(
                    "INVALID_FIELD_FOR_INSERT_UPDATE",
                    f"Unable to create/update fields: {f.name}. Please check the security settings of this field.",
                    f.name,
                )
            )
        else:
            wrong = _value(box, f, value, columns)
            if wrong:
                errors.append(wrong)
    required = [f.name for f in OBJECTS[entity] if f.required]
    missing = [n for n in required if (current is None and columns.get(n) in (None, "")) or (n in columns and columns[n] in (None, ""))]
    if missing and not errors:
        errors.append(error("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing))
    if not errors and (key := columns.get("Signal_Key__c")):
        other = box.store.value(f'SELECT Id FROM "{entity}" WHERE Signal_Key__c = ? AND Id <> ?', (key, (current or {}).get("Id", "")))
        if other:
            errors.append(
                error(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: Signal_Key__c duplicates value on record with id: {other[:15]}",
                    "Signal_Key__c",
                )
            )
    return columns, errors


def _value(box: Box, f: Field, value: Any, columns: Row) -> Error | None:
    """Store the checked value in `columns`, or say what is wrong."""

    def bad(said: str) -> Error:
        return error("JSON_PARSER_ERROR", f"Cannot deserialize instance of {said} from {value!r} at field {f.name}", f.name)

    if value is None:
        columns[f.name] = 0 if f.type == "boolean" else None
    elif f.type == "boolean":
        if not isinstance(value, bool):
            return bad("boolean")
        columns[f.name] = int(value)
    elif f.type in {"int", "double", "currency"}:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return bad("double")
        columns[f.name] = value
    elif f.type in {"date", "datetime"}:
        try:
            columns[f.name] = (
                date.fromisoformat(value).isoformat()
                if f.type == "date"
                else to_stamp(parse(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", value)))
            )
        except (ValueError, TypeError, AttributeError):
            return bad(f.type)
    elif not isinstance(value, str):
        return bad("string")
    elif len(value) > (131_072 if f.type == "textarea" else 255):
        return error("STRING_TOO_LONG", f"{f.name}: data value too large: {value[:40]} (max length={255})", f.name)
    elif f.type == "email" and value and not _EMAIL.fullmatch(value):
        return error("INVALID_EMAIL_ADDRESS", f"{f.name}: invalid email address: {value}", f.name)
    elif f.restricted and value not in f.picks:
        return error("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"{f.name}: bad value for restricted picklist field: {value}", f.name)
    elif f.type == "reference" and value:
        full = id18(value) if len(value) == 15 else value
        if not box.store.value(f'SELECT 1 FROM "{f.refers}" WHERE Id = ?', (full,)):
            return error("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {value}", f.name)
        columns[f.name] = full
    else:
        columns[f.name] = value or None
    return None


def create(box: Box, entity: str, columns: Row) -> str:
    """Insert a checked record; returns its id."""
    now, made = box.stamp(), box.store.new_id(entity)
    row: Row = {f.name: 0 if f.type == "boolean" else None for f in OBJECTS[entity]}
    owner = {"OwnerId": columns.get("OwnerId") or box.world.owner(box.world.company(0))} if field_of(entity, "OwnerId") else {}
    system = {n: now for n in ("CreatedDate", "LastModifiedDate", "SystemModstamp") if field_of(entity, n)}
    row |= {**columns, **owner, **system, "Id": made}
    place = columns.get("Domain__c") or str(columns.get("Email") or "").rpartition("@")[2]
    row["w_company"] = box.world.find_domain(str(place)) if place else None
    box.store.insert(entity, row)
    return made


def change(box: Box, entity: str, id_: str, columns: Row) -> None:
    now = box.stamp()
    box.store.update(entity, "Id", id_, {**columns, "LastModifiedDate": now, "SystemModstamp": now})


def find(box: Box, entity: str, id_: str) -> Row | None:
    """The row of an id in its 15- or 18-character form."""
    return box.store.one(f'SELECT * FROM "{entity}" WHERE Id = ?', (id18(id_) if len(id_) == 15 else id_,))


def save(box: Box, entity: str, record: Row, *, upsert_by: str = "") -> Row:
    """One element of a collection result: create, update by Id, or upsert by an external id field."""
    current, created = None, False
    if upsert_by:
        value = record.get(upsert_by)
        if not value:
            return _failed(error("MISSING_ARGUMENT", f"{upsert_by} not specified", upsert_by))
        current = box.store.one(f'SELECT * FROM "{entity}" WHERE "{upsert_by}" = ?', (value,))
    elif id_ := record.get("Id") or record.get("id"):
        current = find(box, entity, str(id_))
        if current is None:
            malformed = len(str(id_)) not in (15, 18)
            return _failed(
                error("MALFORMED_ID", f"bad id {id_}", "Id")
                if malformed
                else error("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
            )
    if current is not None and current.get("IsDeleted"):
        return _failed(error("ENTITY_IS_DELETED", "entity is deleted"), id_=current["Id"])
    columns, errors = check(box, entity, record, current=current)
    if errors:
        return _failed(*errors, id_=(current or {}).get("Id"))
    if current is None:
        made, created = create(box, entity, columns), True
    else:
        made = current["Id"]
        change(box, entity, made, columns)
    result: Row = {"id": made, "success": True, "errors": []}
    return {**result, "created": created} if upsert_by else result


def _failed(*errors: Error, id_: str | None = None) -> Row:
    return {**({"id": id_} if id_ else {}), "success": False, "errors": list(errors)}
