"""A clock of an incident that ran out, as the incident keeps it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LateClock:
    """Told once: `assignment_id` and `callsign` say whose clock it was, None for the incident's."""

    clock: str
    target_s: int
    at: datetime
    assignment_id: UUID | None = None
    callsign: str | None = None
