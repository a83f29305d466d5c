"""Units that share one crew: when one goes out the others stay in, and come back with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.cross_staffing import given_back, held_back, partners_of, require_crew_in
from dispatch.domain.events import UnitChanged
from dispatch.domain.unit import Unit, step
from dispatch.ports import Work
from ops_center.kernel.errors import Conflict, Invalid

PARTNERS_MAX: Final = 5


async def with_partners(work: Work, unit_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Return the ids and those of the units that share a crew: what a command has to lock."""
    seen = [unit for unit in [await work.units.find(one) for one in unit_ids] if unit]
    return tuple(dict.fromkeys([*unit_ids, *sorted(partners_of(seen))]))


async def hold_back(work: Work, sent: Iterable[Unit], *, now: datetime) -> None:
    """Take the partners of units that were just sent out of service, and say why.

    Their rows have to be locked already: `with_partners` before `units.lock`.
    """
    for unit in sent:
        for partner in await _partners(work, unit):
            change = held_back(partner, by=unit, now=now)
            if change is not None:
                await work.units.put(change.unit)
                work.record(*change.facts)


async def give_back(work: Work, freed: Iterable[Unit], *, now: datetime) -> None:
    """Bring the partners of units that were just freed back into service.

    Not one of which another partner is still out. Rows have to be locked already.
    """
    for unit in freed:
        for partner in await _partners(work, unit):
            others = [one for one in await _partners(work, partner) if one.id != unit.id]
            if any(one.assignment is not None for one in others):
                continue
            change = given_back(partner, now=now)
            if change is not None:
                await work.units.put(change.unit)
                work.record(*change.facts)


async def require_available(work: Work, before: Unit, after: Unit) -> None:
    """Raise Conflict when a unit without an order becomes available while its crew is out.

    Rows have to be locked already.
    """
    came = before.assignment is None and not before.can_be_dispatched and after.can_be_dispatched
    if came:
        require_crew_in(after, await _partners(work, after))


async def share_crew(work: Work, unit_id: UUID, wanted: Sequence[UUID]) -> None:
    """Say which units share a crew: this one and those wanted, and nobody else besides.

    Conflict while one of them is out, because its partners are held back for it.
    """
    group = frozenset({unit_id, *wanted})
    if len(group) > PARTNERS_MAX:
        raise Invalid(f"At most {PARTNERS_MAX} units share one crew.", field="cross_staffs")
    members = [await work.units.get(one) for one in sorted(group)]
    for unit in await work.units.lock(sorted(group | partners_of(members))):
        others = group - {unit.id} if unit.id in group else frozenset(unit.cross_staffs) - group
        if frozenset(unit.cross_staffs) == others:
            continue
        if unit.assignment is not None:
            raise Conflict(
                f"{unit.callsign} is out. Change who shares its crew when it is back.",
                code="unit-still-assigned",
                unit_id=str(unit.id),
            )
        await _told(work, unit, tuple(sorted(others)))


async def _told(work: Work, unit: Unit, others: tuple[UUID, ...]) -> None:
    after = step(unit, cross_staffs=others)
    await work.units.put(after)
    work.record(
        UnitChanged(
            subject=after.id,
            version=after.version,
            audience=after.audience,
            cross_staffs=others,
        )
    )


async def _partners(work: Work, unit: Unit) -> list[Unit]:
    """Those that share its crew, as they are within this transaction, locked."""
    return await work.units.lock(list(unit.cross_staffs)) if unit.cross_staffs else []
