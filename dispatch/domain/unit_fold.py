"""The folds of what happens to a unit (docs/events.md), and through it to its incident."""

from typing import Final

from dispatch.domain.folding import (
    INCIDENTS,
    UNITS,
    Data,
    Picture,
    Step,
    lay_over,
    list_in,
    new,
    object_in,
    overlay,
)

# What tells of the incident, and what is for reading only: the unit itself has no such field.
_NOT_OF_THE_UNIT: Final = frozenset({"incident_version", "waited_s", "note"})


def _unit(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    """Lay over the unit everything that is its own."""
    kept = {name: value for name, value in data.items() if name not in _NOT_OF_THE_UNIT}
    return lay_over(picture, UNITS, subject, {**kept, "version": version})


def _emergency(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    """Lay over the unit what the fact says of its emergency, and nothing else."""
    kept = {name: value for name, value in data.items() if name.startswith("emergency")}
    return lay_over(picture, UNITS, subject, {**kept, "version": version})


def _assigned(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    after = _unit(picture, subject, version, data)
    order = object_in(data["assignment"])
    incident = after[INCIDENTS].get(str(order["incident_id"]))
    if incident is None:
        return after
    grown = {
        "assignments": [*list_in(incident["assignments"]), order],
        "version": data["incident_version"],
        "overdue": False,
    }
    return lay_over(after, INCIDENTS, str(order["incident_id"]), grown)


def _worked(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    """Lay over the unit, and keep the incident's copy of the assignment equal to it."""
    return _assignment_replaced(_unit(picture, subject, version, data), data)


def _released(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    free = {**data, "assignment": None}
    return _assignment_replaced(_unit(picture, subject, version, free), data)


def _assignment_replaced(picture: Picture, data: Data) -> Picture:
    if data["assignment"] is None:
        return picture
    order = object_in(data["assignment"])
    incident = picture[INCIDENTS].get(str(order["incident_id"]))
    if incident is None:
        return picture
    known = [object_in(held) for held in list_in(incident["assignments"])]
    kept = [order if held["id"] == order["id"] else held for held in known]
    changed = {"assignments": kept, "version": data["incident_version"]}
    return lay_over(picture, INCIDENTS, str(order["incident_id"]), changed)


def _of_no_picture(picture: Picture, _subject: str, _version: int, _data: Data) -> Picture:
    """Plans are asked for over HTTP: no screen holds them."""
    return picture


STEPS: Final[dict[str, Step]] = {
    "unit.registered": new(UNITS),
    "unit.changed": overlay(UNITS),
    "unit.assigned": _assigned,
    "unit.status_changed": _worked,
    "unit.released": _released,
    "unit.dispatch_overdue": _worked,
    "unit.emergency_declared": _emergency,
    "unit.emergency_acknowledged": _emergency,
    "unit.emergency_cleared": _emergency,
    "unit.signed_on": _unit,
    "unit.signed_off": _unit,
    "unit.status_proposed": _unit,
    "unit.proposal_rejected": _unit,
    "unit.disagreement_flagged": _unit,
    "unit.disagreement_settled": _unit,
    "unit.welfare_checked": _unit,
    "unit.welfare_set": _unit,
    "unit.welfare_overdue": _unit,
    "unit.rest_due": _unit,
    "shift.planned": _of_no_picture,
    "shift.changed": _of_no_picture,
    "shift.cancelled": _of_no_picture,
}
