"""Frozen sections of plain values, read from nested tables under strict rules and written back as TOML.

Fields declare what they may hold by :func:`number`, :func:`chances` and :func:`choice`. Every refusal is one line:
where, which field, what it is and what it must be.
"""

from __future__ import annotations

import dataclasses
import json
import math
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import Any

from synthgen.errors import RecipeError, did_you_mean


def number(default: Any, low: float, high: float, clean: float | None = None) -> Any:
    """Declare a number, or a (low, high) interval, within [low, high]; a dose does nothing at ``clean``."""
    return field(default=default, metadata={"low": low, "high": high} | ({} if clean is None else {"clean": clean}))


def chances() -> Any:
    """Declare a table of probabilities by the names of effects; one that is not named never happens."""
    return field(default_factory=dict, metadata={"low": 0.0, "high": 1.0, "clean": 0.0, "empty": True})


def choice(default: Any, *names: str) -> Any:
    """Declare a name, or a table of weights by name, out of a fixed set."""
    return field(default=default, metadata={"names": names})


def parse_setting(setting: str) -> tuple[str, Any]:
    """Return (dotted key, value) of one ``key=value``; the value is TOML, or a bare string.

    >>> parse_setting("page.width_px=512")
    ('page.width_px', 512)
    >>> parse_setting("text.charset=hangul")
    ('text.charset', 'hangul')
    """
    key, equals, raw = setting.partition("=")
    key, raw = key.strip(), raw.strip()
    if not equals or not key:
        raise RecipeError(f"--set {setting!r}: must be key=value, such as page.width_px=512.")
    try:
        return key, tomllib.loads(f"value = {raw}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return key, raw


@cache
def _kinds_of(cls: Any) -> dict[str, Any]:
    """Return the types of a section's fields by name; to be read only."""
    return typing.get_type_hints(cls)


def is_weights(cls: Any, sections: list[str]) -> bool:
    """Return whether a dotted path through the section ``cls`` ends inside a table of weights, whose keys are open."""
    for section in sections:
        hints = _kinds_of(cls)
        if section not in hints:
            return False
        cls = hints[section]
        if not dataclasses.is_dataclass(cls):
            return typing.get_origin(cls) is not None
    return False


def build(cls: Any, table: Any, where: str, prefix: str) -> Any:
    """Return the section ``cls`` made of a table; RecipeError names the first key or value that breaks a rule."""
    if not isinstance(table, Mapping):
        raise RecipeError(f"{where}: {prefix or 'recipe'} is {_kind(table)}; it must be a table of fields.")
    hints = _kinds_of(cls)
    fields = {one.name: one for one in dataclasses.fields(cls)}
    values = {}
    for key, value in table.items():
        dotted = f"{prefix}.{key}" if prefix else str(key)
        if key not in fields:
            raise RecipeError(f"{where}: {dotted}: no such field.{did_you_mean(str(key), fields)}")
        values[key] = _value(hints[key], value, where, dotted, fields[key].metadata)
    return cls(**values)


def _value(kind: Any, value: Any, where: str, dotted: str, rules: Mapping[str, Any]) -> Any:
    if dataclasses.is_dataclass(kind):
        return build(kind, value, where, dotted)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise RecipeError(f"{where}: {dotted} is {_kind(value)}; it must be a list.")
        if parts[-1] is Ellipsis:
            return tuple(_scalar(parts[0], one, where, dotted, rules) for one in value)
        if len(value) != len(parts):
            raise RecipeError(f"{where}: {dotted} has {len(value)} values; it must have two, [low, high].")
        interval = tuple(_scalar(part, one, where, dotted, rules) for part, one in zip(parts, value, strict=True))
        if interval[0] > interval[1]:
            raise RecipeError(f"{where}: {dotted} = {list(interval)} is inverted; write the lower value first.")
        return interval
    if origin is not None and issubclass(origin, Mapping):
        return _weights(value, where, dotted, rules)
    return _scalar(kind, value, where, dotted, rules)


def _weights(value: Any, where: str, dotted: str, rules: Mapping[str, Any]) -> Mapping[str, float]:
    if not isinstance(value, Mapping):
        raise RecipeError(f"{where}: {dotted} is {_kind(value)}; it must be a table of weights by name.")
    limits = {"low": rules.get("low", 0.0), "high": rules.get("high", 1e9)}
    table = {str(key): _scalar(float, one, where, f"{dotted}.{key}", limits) for key, one in sorted(value.items())}
    if not any(table.values()) and "empty" not in rules:
        raise RecipeError(f"{where}: {dotted} has no weight above 0; give one.")
    return table


def _scalar(kind: Any, value: Any, where: str, dotted: str, rules: Mapping[str, Any]) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise RecipeError(f"{where}: {dotted} is {_kind(value)}; it must be {_KINDS[kind]}.")
    if kind is float and not math.isfinite(value):
        raise RecipeError(f"{where}: {dotted} = {value}; it must be a finite number.")
    if kind in (int, float) and rules and not rules["low"] <= value <= rules["high"]:
        raise RecipeError(f"{where}: {dotted} = {value}; it must be from {rules['low']:g} to {rules['high']:g}.")
    if kind is str and "names" in rules and value not in rules["names"]:
        raise RecipeError(f"{where}: {dotted} = {value!r}: unknown.{did_you_mean(value, rules['names'])}")
    return value


_KINDS = {int: "a whole number", float: "a number", str: "a string", bool: "true or false"}


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"{_KINDS.get(type(value), type(value).__name__)} ({value!r})"


def plain(value: Any) -> Any:
    """Return a section, or any value of one, as tables, lists and scalars."""
    if dataclasses.is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: value[key] for key in sorted(value)}
    return list(value) if isinstance(value, tuple) else value


def toml_value(value: Any) -> str:
    """Return a plain value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_value(key)} = {toml_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A TOML basic string has JSON's escapes; json writes DEL as it is, which TOML forbids.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
