"""Subjects as an older release wrote them into the journal, with what they lack filled in."""

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Final

from dispatch.domain.alarm import Alarm
from dispatch.domain.call import Call
from dispatch.domain.folding import ALARMS, CALLS, INCIDENTS, UNITS
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Unit
from dispatch.domain.wire import INTERNAL, NAMED, to_json

SHAPES: Final[Mapping[str, type]] = {CALLS: Call, INCIDENTS: Incident, UNITS: Unit, ALARMS: Alarm}


def filled(section: str, subject: Mapping[str, object]) -> Mapping[str, object]:
    """Return the subject with the default of every field that did not exist when it was written."""
    shape = SHAPES.get(section)
    return _filled(shape, subject) if shape else subject


def _filled(shape: type, value: Mapping[str, object]) -> dict[str, object]:
    whole = dict(value)
    for one, inner in _parts(shape):
        name = one.metadata.get(NAMED, one.name)
        if name not in whole:
            known, default = _default(one)
            if known:
                whole[name] = to_json(default)
        elif inner is not None:
            whole[name] = _within(inner, whole[name])
    return whole


def _within(shape: type, value: object) -> object:
    """The same inside: an assignment of a unit, the notes and assignments of an incident."""
    if isinstance(value, Mapping):
        return _filled(shape, value)
    if isinstance(value, list):
        return [_within(shape, one) for one in value]
    return value


@cache
def _parts(shape: type) -> tuple[tuple[Field[Any], type | None], ...]:
    hints = typing.get_type_hints(shape)
    shown = (one for one in fields(shape) if not one.metadata.get(INTERNAL))
    return tuple((one, next(_shapes_in(hints[one.name]), None)) for one in shown)


def _shapes_in(hint: Any) -> Iterator[type]:
    """The dataclasses of ours that a type is made of; a Location is written flat and is whole."""
    if isinstance(hint, type) and is_dataclass(hint):
        if hint.__module__.startswith("dispatch."):
            yield hint
        return
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType, tuple}:
        for part in typing.get_args(hint):
            yield from _shapes_in(part)


def _default(one: Field[Any]) -> tuple[bool, object]:
    if one.default is not MISSING:
        return True, one.default
    if one.default_factory is not MISSING:
        return True, one.default_factory()
    return False, None
