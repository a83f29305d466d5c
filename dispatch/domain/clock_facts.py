"""The fact of a clock that ran out, and how the picture follows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from dispatch.domain.events import IncidentFact
from dispatch.domain.folding import INCIDENTS, Data, Picture, Step, lay_over, list_in


@dataclass(frozen=True, kw_only=True)
class IncidentClockOverdue(IncidentFact):
    """The first five fields are what the incident keeps of it."""

    kind: ClassVar[str] = "incident.clock_overdue"
    clock: str
    target_s: int
    at: datetime
    assignment_id: UUID | None
    callsign: str | None
    waited_s: int


KEPT: Final = ("clock", "target_s", "at", "assignment_id", "callsign")


def _clock_overdue(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    incident = picture[INCIDENTS].get(subject)
    if incident is None:
        return picture
    late = {name: data[name] for name in KEPT}
    grown = [*list_in(incident["clocks_overdue"]), late]
    return lay_over(picture, INCIDENTS, subject, {"clocks_overdue": grown, "version": version})


STEPS: Final[dict[str, Step]] = {"incident.clock_overdue": _clock_overdue}
