"""What happened to local names and reports of wrong places, as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from ops_center.kernel.events import Fact

if TYPE_CHECKING:
    from gis.geometry import Point
    from gis.repository.gazetteer import Entry, Report


@dataclass(frozen=True, kw_only=True)
class GazetteerFact(Fact):
    subject_type: ClassVar[str] = "gazetteer"


@dataclass(frozen=True, kw_only=True)
class GazetteerAdded(GazetteerFact):
    kind: ClassVar[str] = "gazetteer.added"

    entry: Entry

    @override
    def data(self) -> dict[str, Any]:
        """Return the whole entry but its id and version."""
        return entry_view(self.entry)


@dataclass(frozen=True, kw_only=True)
class GazetteerChanged(GazetteerFact):
    """`changes` holds only the changed fields, as in `entry_view`."""

    kind: ClassVar[str] = "gazetteer.changed"

    changes: dict[str, Any]

    @override
    def data(self) -> dict[str, Any]:
        return dict(self.changes)


@dataclass(frozen=True, kw_only=True)
class GazetteerRemoved(GazetteerFact):
    kind: ClassVar[str] = "gazetteer.removed"

    name: str

    @override
    def data(self) -> dict[str, Any]:
        return {"name": self.name}


@dataclass(frozen=True, kw_only=True)
class ReportFact(Fact):
    subject_type: ClassVar[str] = "place_report"


@dataclass(frozen=True, kw_only=True)
class PlaceReported(ReportFact):
    kind: ClassVar[str] = "gazetteer.place_reported"

    report: Report

    @override
    def data(self) -> dict[str, Any]:
        """Return what was asked, what was answered and what would have been right."""
        report = self.report
        return {
            "text": report.text,
            "chosen": None
            if report.chosen is None
            else {"label": report.chosen_label, **point_view(report.chosen)},
            "right": None if report.right is None else point_view(report.right),
            "note": report.note,
            "call_id": str(report.call_id) if report.call_id else None,
        }


@dataclass(frozen=True, kw_only=True)
class ReportSettled(ReportFact):
    kind: ClassVar[str] = "gazetteer.report_settled"

    report: Report

    @override
    def data(self) -> dict[str, Any]:
        """Return how it was settled, and the entry that was made of it."""
        report = self.report
        return {
            "outcome": report.outcome,
            "note": report.settled_note,
            "entry_id": str(report.entry_id) if report.entry_id else None,
        }


def entry_view(entry: Entry) -> dict[str, Any]:
    """Return an entry's own fields, JSON-ready."""
    return {
        "name": entry.name,
        "kind": entry.kind,
        "target": entry.target,
        "aliases": list(entry.aliases),
        "note": entry.note,
        "linked_to": entry.linked_to,
        "lon": entry.point.lon if entry.point else None,
        "lat": entry.point.lat if entry.point else None,
    }


def point_view(point: Point) -> dict[str, float]:
    return {"lon": point.lon, "lat": point.lat}
