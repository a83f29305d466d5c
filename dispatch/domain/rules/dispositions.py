"""Dispositions: how calls and incidents end, and why alarms are put aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dispatch.domain.labels import Labels
from dispatch.domain.rules.reading import Part, read, unique
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import Invalid

KEYS: Final = tuple("123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """One way to end; `key` is the single key that writes it, None where it has none."""

    code: str
    labels: Labels
    key: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispositions:
    """Three lists by code, in the order of the document."""

    calls: Mapping[str, Disposition]
    incidents: Mapping[str, Disposition]
    alarms: Mapping[str, Disposition]

    def of_call(self, code: str) -> str:
        """Return the code when a call may end so, or Invalid naming what there is."""
        return _chosen(self.calls, code, field="disposition")

    def of_incident(self, code: str) -> str:
        """Return the code when an incident may end so, or Invalid naming what there is."""
        return _chosen(self.incidents, code, field="disposition")

    def of_alarm(self, code: str) -> str:
        """Return the code when it is a reason to put an alarm aside, or Invalid."""
        return _chosen(self.alarms, code, field="reason")


def parse(document: JsonValue) -> Dispositions:
    """Return the lists of a document {calls:[…], incidents:[…], alarms:[…]}, or RulesInvalid."""
    return read(document, _dispositions)


def _dispositions(part: Part) -> Dispositions:
    part.only("calls", "incidents", "alarms")
    return Dispositions(
        calls=_list(part["calls"]),
        incidents=_list(part["incidents"]),
        alarms=_list(part["alarms"]),
    )


def _list(part: Part) -> Mapping[str, Disposition]:
    rows = part.each()
    if not any(row["active"].flag(default=True) for row in rows):
        part.fault("needs at least one active row: nothing could be closed without")
    unique(rows, "code", "code")
    unique(rows, "key", "key")
    return {one.code: one for one in map(_disposition, rows)}


def _disposition(part: Part) -> Disposition:
    part.only("code", "key", "labels", "active")
    return Disposition(
        code=part["code"].code(),
        key=part["key"].optional(lambda key: key.one_of(KEYS)),
        labels=part["labels"].labels(),
        active=part["active"].flag(default=True),
    )


def _chosen(table: Mapping[str, Disposition], code: str, *, field: str) -> str:
    found = table.get(code)
    if found is None or not found.active:
        usable = ", ".join(one.code for one in table.values() if one.active)
        raise Invalid(f"{field} must be one of: {usable}.", field=field)
    return code
