"""State is the fold of the journal, whatever people do in whatever order.

The commands run against the real database; refused ones must leave no trace.
"""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain import codes
from dispatch.domain.fold import EMPTY, KINDS, fold
from dispatch.domain.incident_types import INCIDENT_TYPES
from dispatch.services import alarms, assigning, call_taking, incidents, units, watch
from ops_center.kernel.database import Database
from ops_center.kernel.errors import DomainError
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, OTHER_DISPATCHER, T0, at, location
from tests.dispatch_centre import SqlCentre, folded
from tests.fakes import FakeCentre

STEPS = 120
SPLITS = 12
SEEDS = (1, 2, 3)
REFUSALS_MAX_SHARE = 0.7


class Crowd:
    """People who do likely and unlikely things to a centre, repeatably."""

    def __init__(self, centre: SqlCentre | FakeCentre, seed: int) -> None:
        self.centre = centre
        self.random = random.Random(seed)
        self.ids: dict[str, list[UUID]] = {"call": [], "incident": [], "unit": [], "alarm": []}
        self.seconds = 0.0
        self.refused = 0

    def one(self, kind: str) -> UUID:
        if not self.ids[kind] or self.random.random() < 0.02:
            return new_id()
        return self.random.choice(self.ids[kind][-6:])

    def new(self, kind: str) -> UUID:
        identity = new_id()
        self.ids[kind].append(identity)
        return identity

    async def act(self) -> None:
        self.seconds += self.random.uniform(0.1, 40)
        verb = self.random.choice(sorted([*ACTS, *OFTEN]))
        service, command = ACTS[verb](self)
        who = self.random.choice([DISPATCHER, OTHER_DISPATCHER])
        try:
            async with self.centre.command() as work:
                if verb == "watch":
                    await watch.watch(work, now=at(self.seconds))
                else:
                    await service(work, command, now=at(self.seconds), author=who)
        except DomainError:
            self.refused += 1

    def maybe(self, value: Any) -> Any:
        return value if self.random.random() < 0.5 else None

    def place(self) -> Any:
        return location(east_m=self.random.uniform(-900, 900), uncertainty_m=30)

    def kind(self) -> str:
        return self.random.choice(sorted(INCIDENT_TYPES))


ACTS: dict[str, Any] = {
    "receive": lambda c: (
        call_taking.receive_call,
        call_taking.ReceiveCall(id=c.new("call"), source="phone", location=c.maybe(c.place())),
    ),
    "take": lambda c: (
        call_taking.take_call,
        call_taking.TakeCall(id=new_id(), call_id=c.one("call")),
    ),
    "locate": lambda c: (
        call_taking.locate_call,
        call_taking.LocateCall(id=new_id(), call_id=c.one("call"), location=c.place()),
    ),
    "link": lambda c: (
        call_taking.link_call,
        call_taking.LinkCall(id=new_id(), call_id=c.one("call"), incident_id=c.one("incident")),
    ),
    "close_call": lambda c: (
        call_taking.close_call,
        call_taking.CloseCall(id=new_id(), call_id=c.one("call"), disposition="silent"),
    ),
    "open": lambda c: (
        incidents.open_incident,
        incidents.OpenIncident(
            id=c.new("incident"),
            type=c.kind(),
            call_id=c.maybe(c.one("call")),
            alarm_id=c.maybe(c.one("alarm")),
        ),
    ),
    "open_alone": lambda c: (
        incidents.open_incident,
        incidents.OpenIncident(id=c.new("incident"), type=c.kind(), location=c.place()),
    ),
    "change": lambda c: (
        incidents.change_incident,
        incidents.ChangeIncident(
            id=new_id(),
            incident_id=c.one("incident"),
            type=c.maybe(c.kind()),
            location=c.maybe(c.place()),
            narrative=c.maybe("Otra cosa"),
        ),
    ),
    "note": lambda c: (
        incidents.note_incident,
        incidents.NoteIncident(id=new_id(), incident_id=c.one("incident"), text="Visto"),
    ),
    "merge": lambda c: (
        incidents.merge_incident,
        incidents.MergeIncident(id=new_id(), incident_id=c.one("incident"), into=c.one("incident")),
    ),
    "close": lambda c: (
        incidents.close_incident,
        incidents.CloseIncident(id=new_id(), incident_id=c.one("incident"), disposition="resolved"),
    ),
    "register": lambda c: (
        units.register_unit,
        units.RegisterUnit(
            id=c.new("unit"),
            callsign=f"L{len(c.ids['unit']):03}",
            agency=c.random.choice(["POL", "SEME", "CBVP"]),
            kind=c.random.choice(["patrol", "ambulance", "fire_engine"]),
            in_service=True,
        ),
    ),
    "change_unit": lambda c: (
        units.change_unit,
        units.ChangeUnit(id=new_id(), unit_id=c.one("unit"), agency="PMT"),
    ),
    "assign": lambda c: (
        assigning.assign_units,
        assigning.AssignUnits(
            id=new_id(), incident_id=c.one("incident"), unit_ids=(c.one("unit"), c.one("unit"))
        ),
    ),
    "assign_one": lambda c: (
        assigning.assign_units,
        assigning.AssignUnits(
            id=new_id(), incident_id=c.one("incident"), unit_ids=(c.one("unit"),)
        ),
    ),
    "release": lambda c: (
        assigning.release_units,
        assigning.ReleaseUnits(
            id=new_id(), incident_id=c.one("incident"), unit_ids=(c.one("unit"),), reason="Fin"
        ),
    ),
    "report": lambda c: (
        units.report_status,
        units.ReportStatus(
            id=new_id(),
            unit_id=c.one("unit"),
            status=c.random.choice(sorted(codes.UNIT_STATUSES)),
            occurred_at=c.maybe(at(c.seconds - c.random.uniform(0, 120))),
        ),
    ),
    "emergency": lambda c: (
        units.declare_emergency,
        units.DeclareEmergency(id=new_id(), unit_id=c.one("unit")),
    ),
    "calm": lambda c: (
        units.clear_emergency,
        units.ClearEmergency(id=new_id(), unit_id=c.one("unit"), reason="Todo bien"),
    ),
    "raise": lambda c: (
        alarms.raise_alarm,
        alarms.RaiseAlarm(
            id=c.new("alarm"),
            kind="intrusion",
            priority=2,
            agency=c.random.choice(["POL", "CENTRO", "SEME"]),
            detected_at=T0,
        ),
    ),
    "acknowledge": lambda c: (
        alarms.acknowledge_alarm,
        alarms.AcknowledgeAlarm(id=new_id(), alarm_id=c.one("alarm")),
    ),
    "verify": lambda c: (
        alarms.verify_alarm,
        alarms.VerifyAlarm(id=new_id(), alarm_id=c.one("alarm"), incident_id=c.one("incident")),
    ),
    "verify_new": lambda c: (
        alarms.verify_alarm,
        alarms.VerifyAlarm(id=new_id(), alarm_id=c.one("alarm"), type=c.kind()),
    ),
    "dismiss": lambda c: (
        alarms.dismiss_alarm,
        alarms.DismissAlarm(id=new_id(), alarm_id=c.one("alarm"), reason="animal"),
    ),
    "watch": lambda _: (None, None),
}
# What a real day has most of, and what needs other things to have happened before.
OFTEN = ("report",) * 8 + ("assign_one",) * 3 + ("release",) * 2


async def lived(seed: int) -> FakeCentre:
    """A centre in memory after a day with that crowd."""
    centre = FakeCentre()
    crowd = Crowd(centre, seed)
    for _ in range(STEPS):
        await crowd.act()
    return centre


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(min_value=0))
def test_picture_in_memory_is_the_fold_of_its_facts(seed: int) -> None:
    centre = asyncio.run(lived(seed))
    picture: Any = EMPTY
    for fact in centre.facts:
        picture = fold(picture, fact.kind, fact.subject, version=fact.version, data=fact.data())
    assert asyncio.run(centre.picture()) == picture


def test_the_crowd_does_everything_that_can_be_done() -> None:
    done = {fact.kind for seed in range(10) for fact in asyncio.run(lived(seed)).facts}
    assert done == KINDS


@pytest.mark.parametrize("seed", SEEDS)
async def test_state_is_the_fold_of_the_journal_at_every_moment(
    database: Database, seed: int
) -> None:
    centre = SqlCentre(database)
    crowd = Crowd(centre, seed)
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
    assert crowd.refused < STEPS * REFUSALS_MAX_SHARE

    journal = await centre.journal()
    for taken_at, snapshot in crowd.random.sample(snapshots, min(SPLITS, len(snapshots))):
        behind = [entry for entry in journal if entry.seq > taken_at]
        assert folded(behind, snapshot) == picture
    versions: dict[UUID, int] = {}
    for entry in journal:
        assert entry.version > versions.get(entry.subject, 0)
        versions[entry.subject] = entry.version
