"""The folds of what happens to an incident in the course of its life (docs/events.md)."""

from typing import Final

from dispatch.domain.folding import (
    ALARMS,
    CALLS,
    INCIDENTS,
    Data,
    Picture,
    Step,
    lay_over,
    list_in,
    new,
    object_in,
    overlay,
    put_in,
)


def _appended(name: str, part: str) -> Step:
    """Append the part that the data holds to a list of the incident."""

    def grow(picture: Picture, subject: str, version: int, data: Data) -> Picture:
        incident = picture[INCIDENTS].get(subject)
        if incident is None:
            return picture
        grown = [*list_in(incident[name]), data[part]]
        return lay_over(picture, INCIDENTS, subject, {name: grown, "version": version})

    return grow


def _returned(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    """An incident that had left comes back whole."""
    whole = {**object_in(data["incident"]), "id": subject, "version": version}
    return put_in(picture, INCIDENTS, subject, whole)


def _in_major(name: str, part: str) -> Step:
    """Put a part of the incident's command in its place by id, or behind the others."""

    def change(picture: Picture, subject: str, version: int, data: Data) -> Picture:
        incident = picture[INCIDENTS].get(subject)
        if incident is None or incident["major"] is None:
            return picture
        major = object_in(incident["major"])
        held = [object_in(one) for one in list_in(major[name])]
        changed = object_in(data[part])
        known = any(one["id"] == changed["id"] for one in held)
        after = [changed if one["id"] == changed["id"] else one for one in held]
        parts = after if known else [*held, changed]
        fields = {"major": {**major, name: parts}, "version": version}
        return lay_over(picture, INCIDENTS, subject, fields)

    return change


STEPS: Final[dict[str, Step]] = {
    "call.returned": new(CALLS),
    "alarm.returned": new(ALARMS),
    "incident.noted": _appended("notes", "note"),
    "incident.absorbed": overlay(INCIDENTS, "merged_from"),
    "incident.parted": overlay(INCIDENTS, "call_ids", "alarm_ids", "merged_from"),
    "incident.unmerged": _returned,
    "incident.reopened": _returned,
    "incident.came_due": overlay(INCIDENTS, "status", "scheduled_for"),
    "incident.protection_changed": overlay(INCIDENTS, "protected"),
    "incident.linked": overlay(INCIDENTS, "links"),
    "incident.unlinked": overlay(INCIDENTS, "links"),
    "incident.major_declared": overlay(INCIDENTS, "major"),
    "incident.major_changed": overlay(INCIDENTS, "major"),
    "incident.sector_changed": _in_major("sectors", "sector"),
    "incident.task_changed": _in_major("tasks", "task"),
    "incident.major_ended": overlay(INCIDENTS, "major"),
    "incident.owner_changed": overlay(INCIDENTS, "owner"),
    "incident.attached": _appended("attachments", "attachment"),
}
