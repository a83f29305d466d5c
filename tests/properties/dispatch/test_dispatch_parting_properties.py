"""Joining and parting incidents loses nothing, in whatever order calls and alarms come and go."""

import asyncio
import random
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain.call import CallState
from dispatch.services import call_taking, incident_joining
from ops_center.kernel.ids import new_id
from tests.dispatch_acts import (
    assert_picture_is_the_fold,
    do,
    opened,
    raised,
    received,
    the_incident,
)
from tests.fakes import FakeCentre

CALLS_MAX = 6


async def grown(centre: FakeCentre, calls: int, alarms: int) -> UUID:
    """An incident with that many calls and alarms, joined one by one."""
    identity = (await opened(centre)).id
    for _ in range(calls):
        await join(centre, identity)
    for _ in range(alarms):
        sounding = await opened(centre, alarm_id=(await raised(centre)).id)
        await merge(centre, sounding.id, identity)
    return identity


async def join(centre: FakeCentre, incident: UUID) -> None:
    call = (await received(centre)).call
    command = call_taking.LinkCall(id=new_id(), call_id=call.id, incident_id=incident)
    await do(centre, call_taking.link_call, command)


async def merge(centre: FakeCentre, source: UUID, into: UUID) -> None:
    command = incident_joining.MergeIncident(id=new_id(), incident_id=source, into=into)
    await do(centre, incident_joining.merge_incident, command)


async def unmerge(centre: FakeCentre, source: UUID) -> None:
    command = incident_joining.UnmergeIncident(id=new_id(), incident_id=source, reason="No era")
    await do(centre, incident_joining.unmerge_incident, command)


def belongings(incident: Any) -> tuple[frozenset[UUID], frozenset[UUID]]:
    return frozenset(incident.call_ids), frozenset(incident.alarm_ids)


async def agree(centre: FakeCentre, *incidents: UUID) -> None:
    """Calls and incidents say the same of who belongs to whom, and nobody belongs to two."""
    held: list[UUID] = []
    for identity in incidents:
        incident = await the_incident(centre, identity)
        if incident.merged_into is None:
            held.extend(incident.call_ids)
            for call in incident.call_ids:
                assert centre.calls.rows[call].incident_id == identity
    linked = [c.id for c in centre.calls.rows.values() if c.state is CallState.LINKED]
    assert sorted(held) == sorted(linked)
    await assert_picture_is_the_fold(centre)


@settings(max_examples=25, deadline=None)
@given(
    source=st.tuples(st.integers(0, CALLS_MAX), st.integers(0, 2)),
    into=st.tuples(st.integers(0, CALLS_MAX), st.integers(0, 2)),
    meanwhile=st.integers(0, 3),
)
def test_merge_then_unmerge_restores_calls_and_alarms(
    source: tuple[int, int], into: tuple[int, int], meanwhile: int
) -> None:
    async def lived() -> None:
        centre = FakeCentre()
        one, two = await grown(centre, *source), await grown(centre, *into)
        before = [belongings(await the_incident(centre, each)) for each in (one, two)]
        await merge(centre, one, two)
        for _ in range(meanwhile):
            await join(centre, two)
        late = frozenset((await the_incident(centre, two)).call_ids) - before[0][0] - before[1][0]
        await unmerge(centre, one)
        assert belongings(await the_incident(centre, one)) == before[0]
        calls, alarms = belongings(await the_incident(centre, two))
        assert (calls, alarms) == (before[1][0] | late, before[1][1])
        assert len(late) == meanwhile
        await agree(centre, one, two, *centre.incidents.rows.keys() - {one, two})

    asyncio.run(lived())


@settings(max_examples=25, deadline=None)
@given(calls=st.integers(1, CALLS_MAX), seed=st.integers(0, 2**32))
def test_a_split_moves_exactly_what_was_named(calls: int, seed: int) -> None:
    async def lived() -> None:
        centre = FakeCentre()
        one = await grown(centre, calls, 0)
        before = (await the_incident(centre, one)).call_ids
        chance = random.Random(seed)
        moving = tuple(chance.sample(before, chance.randint(1, calls)))
        command = incident_joining.SplitIncident(
            id=new_id(), incident_id=one, reason="Aparte", call_ids=moving
        )
        new = await do(centre, incident_joining.split_incident, command)
        assert frozenset(new.call_ids) == frozenset(moving)
        left = (await the_incident(centre, one)).call_ids
        assert left == tuple(call for call in before if call not in moving)
        await merge(centre, new.id, one)
        assert frozenset((await the_incident(centre, one)).call_ids) == frozenset(before)
        await agree(centre, one, new.id)

    asyncio.run(lived())
