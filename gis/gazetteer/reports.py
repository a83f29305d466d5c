""" "Wrong place": what consoles say the geocoder got wrong, queued until a person settles it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis.gazetteer.entries import AddEntry, EntryFields, add_entry, visible
from gis.gazetteer.events import PlaceReported, ReportSettled
from gis.repository import gazetteer as rows
from gis.repository.gazetteer import Report
from ops_center.kernel.errors import Conflict, Invalid, NotFound, TooMany
from ops_center.kernel.ids import derived_id

if TYPE_CHECKING:
    from uuid import UUID

    from gis.geometry import Point
    from ops_center.kernel.transaction import Transaction

OPEN_REPORTS_MAX = 5_000
RETRY_AFTER_S = 3_600
TEXT_MAX = 300
NOTE_MAX = 1_000
ENTRY_ADDED = "entry_added"
OUTCOMES = (ENTRY_ADDED, "corrected_in_map", "not_wrong", "duplicate", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlace:
    """`text` was asked, `chosen` was answered, `right` is where it really is."""

    id: UUID
    text: str
    chosen_label: str | None = None
    chosen: Point | None = None
    right: Point | None = None
    note: str | None = None
    call_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleReport:
    """`entry`, where given, is added to the gazetteer by the same command."""

    report_id: UUID
    outcome: str
    note: str | None = None
    entry: EntryFields | None = None


async def report_place(tx: Transaction, command: ReportPlace) -> Report:
    """Queue a report and return it. Raises Invalid, and TooMany when nobody settles them."""
    text = visible(command.text).strip()
    if not text or len(text) > TEXT_MAX:
        raise Invalid(f"text is what was searched, 1 to {TEXT_MAX} characters.", field="text")
    if await rows.count_open_reports(tx.connection) >= OPEN_REPORTS_MAX:
        raise TooMany(
            f"{OPEN_REPORTS_MAX} reports wait to be settled. Tell the GIS officer.",
            retry_after_s=RETRY_AFTER_S,
        )
    report = Report(
        id=command.id,
        version=1,
        state="open",
        text=text,
        chosen_label=visible(command.chosen_label) if command.chosen_label else None,
        chosen=command.chosen,
        right=command.right,
        note=_note(command.note),
        call_id=command.call_id,
        reported_by=tx.author.name,
        reported_at=tx.clock.now(),
    )
    await rows.add_report(tx.connection, report)
    tx.record(PlaceReported(subject=report.id, version=1, report=report))
    return report


async def settle_report(tx: Transaction, command: SettleReport) -> Report:
    """Close a report, adding the entry it led to. Raises NotFound, Conflict, Invalid."""
    if command.outcome not in OUTCOMES:
        raise Invalid(f"outcome is one of {', '.join(OUTCOMES)}.", field="outcome")
    if (command.entry is not None) != (command.outcome == ENTRY_ADDED):
        raise Invalid(
            f"Send the entry to add with outcome {ENTRY_ADDED}, and only then.", field="entry"
        )
    before = await rows.lock_report(tx.connection, command.report_id)
    if before is None:
        raise NotFound("There is no such report.")
    if before.state != "open":
        raise Conflict(
            f"{before.settled_by} has settled this report already.", code="report-settled"
        )
    entry_id = await _added(tx, before, command.entry)
    after = replace(
        before,
        version=before.version + 1,
        state="settled",
        outcome=command.outcome,
        settled_by=tx.author.name,
        settled_at=tx.clock.now(),
        settled_note=_note(command.note),
        entry_id=entry_id,
    )
    await rows.put_report(tx.connection, after)
    tx.record(ReportSettled(subject=after.id, version=after.version, report=after))
    return after


async def _added(tx: Transaction, report: Report, entry: EntryFields | None) -> UUID | None:
    """The id of the entry made of the report; where it is comes from the report if not said."""
    if entry is None:
        return None
    if entry.point is None and entry.target is None:
        entry = replace(entry, point=report.right)
    entry_id = derived_id("report-entry", str(report.id))
    await add_entry(tx, AddEntry(id=entry_id, fields=entry))
    return entry_id


def _note(note: str | None) -> str | None:
    tidy = visible(note).strip() if note else None
    if tidy is not None and len(tidy) > NOTE_MAX:
        raise Invalid(f"A note has at most {NOTE_MAX} characters.", field="note")
    return tidy or None
