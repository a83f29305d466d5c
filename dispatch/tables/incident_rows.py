"""The parts of an incident that lie in its row in another shape, to values and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from dispatch.domain.clock_parts import LateClock
from dispatch.domain.incident import Incident
from dispatch.domain.incident_parts import Attachment, IncidentLink, Major, Sector, Task
from dispatch.domain.wire import to_json
from gis.geometry import Location, Point

# Fields of an incident that are not a column of the same name and kind.
SHAPED: Final = ("links", "merged_from", "attachments", "major", "clocks_overdue")
_LINKS: Final = TypeAdapter(tuple[IncidentLink, ...])
_ATTACHMENTS: Final = TypeAdapter(tuple[Attachment, ...])
_CLOCKS: Final = TypeAdapter(tuple[LateClock, ...])
_SECTORS: Final = TypeAdapter(tuple[Sector, ...])
_TASKS: Final = TypeAdapter(tuple[Task, ...])
_INSTANT: Final = TypeAdapter(datetime)


def incident_parts(row: RowMapping) -> dict[str, Any]:
    """Return the shaped fields of an incident's row as values."""
    return {
        "links": _LINKS.validate_python(row["links"]) if row["links"] else (),
        "merged_from": tuple(row["merged_from"]),
        "attachments": _ATTACHMENTS.validate_python(row["attachments"])
        if row["attachments"]
        else (),
        "clocks_overdue": _CLOCKS.validate_python(row["clocks_overdue"])
        if row["clocks_overdue"]
        else (),
        "major": _major(row["major"]) if row["major"] else None,
    }


def incident_parts_row(incident: Incident) -> dict[str, Any]:
    """Return the shaped fields of an incident as they are stored."""
    return {
        "links": to_json(incident.links),
        "merged_from": list(incident.merged_from),
        "attachments": to_json(incident.attachments),
        "clocks_overdue": to_json(incident.clocks_overdue),
        "major": to_json(incident.major),
    }


def _major(stored: Mapping[str, Any]) -> Major:
    return Major(
        declared_at=_INSTANT.validate_python(stored["declared_at"]),
        by=stored["by"],
        commander=stored["commander"],
        post=stored["post"],
        post_location=_place(stored["post_location"]),
        sectors=_SECTORS.validate_python(stored["sectors"]),
        tasks=_TASKS.validate_python(stored["tasks"]),
    )


def _place(stored: Mapping[str, float] | None) -> Location | None:
    if stored is None:
        return None
    return Location(
        point=Point(lon=stored["lon"], lat=stored["lat"]),
        uncertainty_m=stored["uncertainty_m"],
        confidence=stored["confidence"],
    )
