"""State is the fold of the journal, whatever people do in whatever order.

The commands run against the real database; refused ones must leave no trace.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain.fold import EMPTY, KINDS, fold
from ops_center.kernel.database import Database
from tests.crowd import ACTS, Crowd
from tests.dispatch_centre import SqlCentre, folded
from tests.fakes import FakeCentre

STEPS: Final = 160
SPLITS: Final = 12
SEEDS: Final = (1, 2, 3)
LIVES: Final = 150
REFUSALS_MAX_SHARE: Final = 0.75
# What takes a journey of minutes, or a shift of hours, that no crowd of chance makes: the tests of
# units hold these to the same fold.
NEEDS_A_STORY: Final = frozenset(
    {
        "unit.disagreement_flagged", "unit.disagreement_settled", "unit.proposal_rejected",
        "unit.rest_due", "unit.status_proposed",
    }
)  # fmt: skip


async def lived(seed: int) -> tuple[FakeCentre, Crowd]:
    """A centre in memory after a day with that crowd."""
    centre = FakeCentre()
    crowd = Crowd(centre, seed)
    await crowd.begin()
    for _ in range(STEPS):
        await crowd.act()
    return centre, crowd


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(min_value=0))
def test_picture_in_memory_is_the_fold_of_its_facts(seed: int) -> None:
    centre, _ = asyncio.run(lived(seed))
    picture: Any = EMPTY
    for fact in centre.facts:
        picture = fold(picture, fact.kind, fact.subject, version=fact.version, data=fact.data())
    assert asyncio.run(centre.picture()) == picture


def test_the_crowd_does_everything_that_can_be_done() -> None:
    done: set[str] = set()
    succeeded: set[str] = set()
    every = {act.name for act in ACTS}
    seed = 0
    while seed < LIVES and not (done >= KINDS - NEEDS_A_STORY and succeeded >= every):
        centre, crowd = asyncio.run(lived(seed))
        done |= {fact.kind for fact in centre.facts}
        succeeded |= set(crowd.done)
        seed += 1
    assert KINDS - done - NEEDS_A_STORY == set()
    assert every - succeeded <= {"ConfirmProposal", "RejectProposal"}


@pytest.mark.parametrize("seed", SEEDS)
async def test_state_is_the_fold_of_the_journal_at_every_moment(
    database: Database, seed: int
) -> None:
    centre = SqlCentre(database)
    crowd = Crowd(centre, seed)
    await crowd.begin()
    snapshots: list[tuple[int, Any]] = []
    picture: Any = EMPTY
    seq = 0
    for step in range(STEPS):
        await crowd.act()
        fresh = await centre.journal(after=seq)
        picture = folded(fresh, picture)
        seq = fresh[-1].seq if fresh else seq
        if step % 10 == 0 or step == STEPS - 1:
            assert await centre.picture() == picture
            snapshots.append((seq, picture))
    assert sum(crowd.refused.values()) < STEPS * REFUSALS_MAX_SHARE, crowd.refused

    journal = await centre.journal()
    for taken_at, snapshot in crowd.random.sample(snapshots, min(SPLITS, len(snapshots))):
        behind = [entry for entry in journal if entry.seq > taken_at]
        assert folded(behind, snapshot) == picture
    versions: dict[UUID, int] = {}
    for entry in journal:
        assert entry.version > versions.get(entry.subject, 0)
        versions[entry.subject] = entry.version
