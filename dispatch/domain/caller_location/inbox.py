"""Fixes as they came in: joined to a call, waiting for one, or set aside with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from dispatch.domain.caller_location.report import CallerFix, Report
from dispatch.domain.text import caller_digits
from ops_center.kernel.ids import derived_id

# A handset sends before, during and shortly after its call; a call of yesterday is another one.
WAITS_FOR_CALL: Final = timedelta(minutes=15)
CALL_OPEN_FOR: Final = timedelta(minutes=60)
# Where people were is nobody's business for long; what joined a call stays with the call.
KEPT_FOR: Final = timedelta(hours=24)


class Outcome(StrEnum):
    WAITING = "waiting"
    JOINED = "joined"
    QUARANTINED = "quarantined"
    EMPTY = "empty"


class Channel(StrEnum):
    AML = "aml"
    SMS = "sms"
    PIDF_LO = "pidf-lo"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReport:
    """One fix of one message, or a message without any; `reason` says why it is set aside."""

    id: UUID
    channel: Channel
    number: str | None
    fix: CallerFix | None
    notes: tuple[str, ...]
    outcome: Outcome
    reason: str | None
    call_id: UUID | None
    received_at: datetime

    @property
    def digits(self) -> str | None:
        """What the number is compared by, however it is written."""
        return caller_digits(self.number)

    def joined(self, call_id: UUID) -> "LocationReport":
        """Return it as part of that call."""
        return replace(self, outcome=Outcome.JOINED, call_id=call_id)


def reports_of(
    message: UUID, report: Report, *, channel: Channel, distrust: str | None, now: datetime
) -> Iterator[LocationReport]:
    """Yield what a message leaves in the inbox; the same message leaves the same ids."""
    for place, fix in enumerate(report.fixes or (None,)):
        outcome, reason = _judged(report, fix, distrust)
        yield LocationReport(
            id=derived_id("location-report", str(message), str(place)),
            channel=channel,
            number=report.number,
            fix=fix,
            notes=report.notes,
            outcome=outcome,
            reason=reason,
            call_id=None,
            received_at=now,
        )


def _judged(
    report: Report, fix: CallerFix | None, distrust: str | None
) -> tuple[Outcome, str | None]:
    if distrust is not None:
        return Outcome.QUARANTINED, distrust
    if fix is None:
        return Outcome.EMPTY, "no fix in it"
    if caller_digits(report.number) is None:
        return Outcome.QUARANTINED, "no telephone number: it belongs to no call"
    return Outcome.WAITING, None
