"""How a simulated crew answers when it is asked: check-ins, and what its position proposes."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

# Seconds before the pace scales them: how long before it is due a crew checks in, how long a
# proposal stands before the crew, reminded by radio, says that it is so.
CHECKS_IN_BEFORE: Final = (5.0, 90.0)
CONFIRMS_AFTER: Final = (25.0, 80.0)
# Shares of check-ins that a crew in the middle of its work lets pass, and then answers late.
MISSES: Final = 0.08
ANSWERS_LATE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Say that the crew is well."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Say that the proposed status is right."""

    status: str


Answer = CheckIn | Confirm


class Care:
    """One crew's answers; input, `now` and chance only."""

    def __init__(self, rng: random.Random, *, pace: float = 1.0) -> None:
        self._rng = rng
        self._pace = pace
        self._asked: str | None = None
        self._answer_at: datetime | None = None
        self._proposed: str | None = None
        self._confirm_at: datetime | None = None

    def tick(self, unit: Mapping[str, Any], *, now: datetime) -> Answer | None:
        """Return what the crew answers now to what the centre shows of it; mostly nothing."""
        if self._is_due(unit.get("welfare"), now):
            return CheckIn()
        return self._confirmed(unit.get("proposal"), now)

    def _is_due(self, timer: Mapping[str, Any] | None, now: datetime) -> bool:
        if timer is None:
            self._asked = None
            return False
        if timer["due_at"] != self._asked:
            self._asked = timer["due_at"]
            self._answer_at = self._when(timer)
        due = self._answer_at is not None and now >= self._answer_at
        if due:
            self._answer_at = None
        return due

    def _when(self, timer: Mapping[str, Any]) -> datetime:
        due = datetime.fromisoformat(timer["due_at"])
        # After a miss everybody looks at the radio: one does not make an alarm of a demo.
        if timer["missed"]:
            return due - timedelta(seconds=timer["interval_s"])
        if self._rng.random() < MISSES:
            return due + timedelta(seconds=ANSWERS_LATE_S)
        before = min(self._rng.uniform(*CHECKS_IN_BEFORE), timer["interval_s"] / 2)
        return due - timedelta(seconds=before)

    def _confirmed(self, proposal: Mapping[str, Any] | None, now: datetime) -> Confirm | None:
        if proposal is None:
            self._proposed = None
            return None
        key = f"{proposal['status']} {proposal['since']}"
        if key != self._proposed:
            wait_s = self._rng.uniform(*CONFIRMS_AFTER) * self._pace
            self._proposed, self._confirm_at = key, now + timedelta(seconds=wait_s)
        if self._confirm_at is None or now < self._confirm_at:
            return None
        self._confirm_at = None
        return Confirm(str(proposal["status"]))
