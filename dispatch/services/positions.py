"""Positions of units: many at once, cheap, and never in the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.positions import BATCH_MAX, Fix, RawFix, Rejected, sift
from dispatch.ports import Work
from ops_center.kernel.errors import Invalid, NotFound

UNITS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFixes:
    """Fixes of one unit as its device claims them, in any order."""

    unit_id: UUID
    fixes: tuple[RawFix, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPositions:
    """Batches of different units; sent together they cost one write."""

    id: UUID
    batches: tuple[UnitFixes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsAnswer:
    """How many fixes of the unit were kept (late ones too), which were refused, and where it is."""

    unit_id: UUID
    accepted: int
    rejected: tuple[Rejected, ...]
    latest: Fix | None


async def report_positions(
    work: Work, command: ReportPositions, *, now: datetime
) -> tuple[PositionsAnswer, ...]:
    """Keep what is believable of each batch and answer batch by batch, in the order sent."""
    unit_ids = [batch.unit_id for batch in command.batches]
    _check_size(command.batches)
    missing = await work.units.missing(set(unit_ids))
    if missing:
        raise NotFound(f"There is no unit {min(missing)}. Check the unit's id.")
    known = await work.positions.last_known(set(unit_ids))
    answers, kept, latest = [], list[Fix](), list[Fix]()
    jumped = set[UUID]()
    for batch in command.batches:
        sifted = sift(batch.fixes, unit_id=batch.unit_id, last=known.get(batch.unit_id), now=now)
        kept.extend(sifted.kept)
        if sifted.latest is not None:
            latest.append(sifted.latest)
        if sifted.jumped:
            jumped.add(batch.unit_id)
        answers.append(
            PositionsAnswer(
                unit_id=batch.unit_id,
                accepted=len(sifted.kept),
                rejected=sifted.rejected,
                latest=sifted.latest,
            )
        )
    await work.positions.keep(kept, latest)
    if jumped:
        await work.positions.doubt(jumped, now)
    return tuple(answers)


def _check_size(batches: Sequence[UnitFixes]) -> None:
    if len({batch.unit_id for batch in batches}) != len(batches) or len(batches) > UNITS_MAX:
        raise Invalid(f"Send one batch for each of at most {UNITS_MAX} units.")
    if any(len(batch.fixes) > BATCH_MAX for batch in batches):
        raise Invalid(f"A batch holds at most {BATCH_MAX} fixes: send the rest in another.")
