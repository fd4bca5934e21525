"""Validation against OpenAPI documents: `nullable` becomes JSON Schema's null, references resolve inside the document."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator


def plain(schema: Any) -> Any:
    """The same schema in JSON Schema's words."""
    if isinstance(schema, list):
        return [plain(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    made = {k: plain(v) for k, v in schema.items() if k not in {"nullable", "example", "examples", "format"}}
    if schema.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


def complaints(document: dict[str, Any], name: str, instance: Any) -> list[str]:
    """What `#/components/schemas/<name>` has to say against the instance."""
    schema = {"components": plain({"schemas": document["components"]["schemas"]}), "$ref": f"#/components/schemas/{name}"}
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in Draft202012Validator(schema).iter_errors(instance)]
