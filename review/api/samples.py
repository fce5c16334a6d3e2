"""Samples: a value that fits a JSON schema, for those who read rather than parse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PLAIN = {"integer": 0, "number": 0, "boolean": False, "null": None}


def sample(description: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """A value that fits a schema: its example, its default, or one of its kind.

    Args:
        description: The description whose components the schema names.
        schema: The schema.
    """
    known = [*schema.get("examples", []), *schema.get("enum", [])]
    if known:
        return known[0]
    if "default" in schema:
        return schema["default"]
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return sample(description, description["components"]["schemas"][name])
    if "anyOf" in schema:
        return sample(description, schema["anyOf"][0])
    return _of_kind(description, schema)


def _of_kind(description: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    kind, inner = schema.get("type"), schema.get("additionalProperties")
    if kind == "array":
        return [sample(description, schema["items"])]
    if kind == "object" and isinstance(inner, dict):
        names = schema.get("propertyNames")
        name = sample(description, names) if names else "…"
        return {str(name): sample(description, inner)}
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: sample(description, one) for name, one in properties.items()}
    return _PLAIN.get(str(kind), "2026-11-24" if schema.get("format") == "date" else "…")
