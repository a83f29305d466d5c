"""Where callers are, as it comes in: joined to the call of that number, now or when it comes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.call_parts import FixMethod
from dispatch.domain.caller_location.inbox import (
    CALL_OPEN_FOR,
    WAITS_FOR_CALL,
    Channel,
    LocationReport,
    Outcome,
    reports_of,
)
from dispatch.domain.caller_location.report import Report
from dispatch.ports import Work
from dispatch.services.call_fixes import AddFix, add_fix
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Author

BATCH: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLocations:
    """`id` stands for the message: the same message twice is one. `distrust` sets it aside."""

    id: UUID
    channel: Channel
    report: Report
    distrust: str | None = None


async def receive_locations(
    work: Work, command: ReceiveLocations, *, now: datetime, author: Author
) -> list[LocationReport]:
    """Keep each fix of a message and put it beside the others of its call, if there is one."""
    kept = []
    for report in reports_of(
        command.id, command.report, channel=command.channel, distrust=command.distrust, now=now
    ):
        known = await work.location_reports.find(report.id)
        if known is None:
            known = await _joined(work, report, now=now, author=author)
            await work.location_reports.add(known)
        kept.append(known)
    return kept


async def waiting_reports(work: Work, *, now: datetime) -> list[UUID]:
    """Return the fixes whose call has come since, oldest first. Ask every second or so.

    Join each in a transaction of its own: whoever locks a call, its incident and then another
    call stands in the way of those who link calls.
    """
    waiting = await work.location_reports.joinable(
        since=now - WAITS_FOR_CALL, calls_since=now - CALL_OPEN_FOR, limit=BATCH
    )
    return [report.id for report in waiting]


async def join_waiting(work: Work, report_id: UUID, *, now: datetime, author: Author) -> bool:
    """Join a fix that came before its call, or set it aside; return whether it was joined."""
    report = await work.location_reports.find(report_id)
    if report is None or report.outcome is not Outcome.WAITING:
        return False
    after = await _joined(work, report, now=now, author=author)
    if after is not report:
        await work.location_reports.settle(after)
    return after.outcome is Outcome.JOINED


async def _joined(
    work: Work, report: LocationReport, *, now: datetime, author: Author
) -> LocationReport:
    """The report as part of the newest open call of its number, set aside, or as it was."""
    if report.outcome is not Outcome.WAITING or report.fix is None or report.number is None:
        return report
    open_calls = await work.calls.open_of_number(report.number, since=now - CALL_OPEN_FOR)
    for call_id in open_calls[:1]:
        try:
            await add_fix(work, _command(report, call_id), now=now, author=author)
        except Conflict:
            return report  # closed at this very moment: the next call of the number may want it
        except Invalid as refused:
            return replace(report, outcome=Outcome.QUARANTINED, reason=refused.detail)
        return report.joined(call_id)
    return report


def _command(report: LocationReport, call_id: UUID) -> AddFix:
    fix = report.fix
    assert fix is not None, "only a fix is joined"
    return AddFix(
        id=report.id,
        call_id=call_id,
        method=FixMethod(fix.method),
        source=fix.source,
        location=fix.location,
        measured_at=fix.measured_at or report.received_at,
        speed_mps=fix.speed_mps,
        heading_deg=fix.heading_deg,
    )
