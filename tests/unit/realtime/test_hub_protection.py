"""Protected incidents on the live stream: masked for most, whole for those who need to know."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from ops_center.auth.model import CENTRE_AGENCY, Actor, Role
from ops_center.kernel.clock import ManualClock
from ops_center.kernel.events import Author, Entry
from ops_center.kernel.ids import new_id
from ops_center.realtime.hub import Console, Hub
from ops_center.realtime.protection import Protection, covered_picture
from ops_center.realtime.session import ConsoleSession

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
INCIDENT, CALL, UNIT = new_id(), new_id(), new_id()


class Pipe:
    unsent_bytes = 0
    open = True

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write(self, framed: bytes) -> None:
        self.sent.append(framed)

    @property
    def data(self) -> list[dict[str, Any]]:
        frames = [json.loads(one[one.index(b"{") :]) for one in self.sent]
        return [frame["data"] for frame in frames if frame["type"] == "entry"]


class Desk:
    def __init__(self, hub: Hub, *roles: Role, unit: UUID | None = None, at: int = 0) -> None:
        who = person(*roles, unit=unit)
        self.pipe = Pipe()
        self.resnapshots = 0
        session = ConsoleSession(who, now=START)
        self.console = Console(session, self.pipe, on_bye=lambda _: None, on_resnapshot=self._again)
        hub.add(self.console)
        session.snapshot_sent(seq=at, incidents={str(INCIDENT)})

    def _again(self) -> None:
        self.resnapshots += 1


def person(*roles: Role, unit: UUID | None = None) -> Actor:
    return Actor(
        id=new_id(),
        username="u",
        display_name="U",
        roles=frozenset(roles),
        agency=CENTRE_AGENCY,
        unit_id=unit,
    )


def entry(seq: int, kind: str, subject: UUID = INCIDENT, **data: Any) -> Entry:
    units = data.pop("units", ())
    return Entry(
        seq=seq,
        id=new_id(),
        kind=kind,
        subject_type=kind.partition(".")[0],
        subject=subject,
        version=seq,
        incident=data.pop("incident", INCIDENT),
        audience=frozenset({"agency:POL", *(f"unit:{one}" for one in units)}),
        author=Author(id=new_id(), name="ana"),
        cause=new_id(),
        occurred_at=START,
        recorded_at=START,
        data=data,
    )


def opened(seq: int, *, protected: bool = True, **more: Any) -> Entry:
    return entry(seq, "incident.opened", narrative="secreto", protected=protected, **more)


@pytest.fixture
def hub() -> Hub:
    made = Hub(ManualClock(START))
    made.start(head=0, entries=[])
    return made


def test_a_protected_incident_is_masked_for_those_who_need_not_know(hub: Hub) -> None:
    desks = {role: Desk(hub, role) for role in (Role.DISPATCHER, Role.WALL_OPERATOR, Role.ADMIN)}
    crew = Desk(hub, Role.WALL_OPERATOR, unit=UNIT)
    hub.publish([opened(1, units=(UNIT,))])
    hub.publish([entry(2, "incident.changed", narrative="secreto")])
    assert [one["narrative"] for one in desks[Role.DISPATCHER].pipe.data] == ["secreto"] * 2
    for role in (Role.WALL_OPERATOR, Role.ADMIN):
        first, second = desks[role].pipe.data
        assert (first["narrative"], first["masked"]) == (None, True)
        assert second == {"narrative": None}
    assert [one["narrative"] for one in crew.pipe.data] == ["secreto", None]


def test_protection_switched_on_or_off_brings_a_snapshot_to_those_it_concerns(hub: Hub) -> None:
    dispatcher, wall = Desk(hub, Role.DISPATCHER), Desk(hub, Role.WALL_OPERATOR)
    hub.publish([opened(1, protected=False)])
    hub.publish([entry(2, "incident.protection_changed", protected=True, reason="Menor")])
    assert (dispatcher.resnapshots, wall.resnapshots) == (0, 1)
    assert wall.pipe.data[-1]["narrative"] == "secreto"  # what it was before the change


def test_a_resume_over_the_change_shows_nothing_of_before(hub: Hub) -> None:
    hub.publish([opened(1, protected=False)])
    hub.publish([entry(2, "incident.protection_changed", protected=True, reason="Menor")])
    wall = Desk(hub, Role.WALL_OPERATOR)
    hub.resume(wall.console, 0)
    assert (wall.pipe.sent, wall.resnapshots) == ([], 1)
    dispatcher = Desk(hub, Role.DISPATCHER)
    hub.resume(dispatcher.console, 0)
    assert len(dispatcher.pipe.data) == 2


def test_a_call_that_joins_a_protected_incident_is_covered_from_then_on(hub: Hub) -> None:
    auditor, wall = Desk(hub, Role.AUDITOR), Desk(hub, Role.WALL_OPERATOR)
    hub.publish([opened(1)])
    linked = {"state": "linked", "incident_id": str(INCIDENT)}
    hub.publish([entry(2, "call.linked", CALL, **linked)])
    assert (auditor.resnapshots, wall.resnapshots) == (1, 0)
    auditor.console.session.snapshot_sent(seq=2, incidents=set())
    changed = entry(3, "call.changed", CALL, caller_number="0981", incident=None)
    hub.publish([changed])
    assert auditor.pipe.data[-1] == {"caller_number": None}


def test_what_was_protected_before_this_process_began_is_known_to_it() -> None:
    hub = Hub(ManualClock(START))
    known = Protection(frozenset({INCIDENT}), {CALL: INCIDENT})
    old = entry(1, "incident.changed", narrative="secreto")
    hub.start(head=1, entries=[old], protection=known)
    wall = Desk(hub, Role.WALL_OPERATOR)
    hub.resume(wall.console, 0)
    hub.publish([entry(2, "incident.changed", address="secreto")])
    assert wall.pipe.data == [{"narrative": None}, {"address": None}]


def test_a_person_sent_there_gets_the_whole_and_loses_it_again(hub: Hub) -> None:
    crew = Desk(hub, Role.WALL_OPERATOR, unit=UNIT)
    hub.publish([opened(1)])
    for seq, kind in ((2, "unit.assigned"), (3, "unit.released")):
        hub.publish([entry(seq, kind, UNIT, units=(UNIT,))])
        assert crew.resnapshots == seq - 1
        crew.console.session.snapshot_sent(seq=seq, incidents=set())


def test_an_entry_is_encoded_at_most_twice_however_many_follow(hub: Hub) -> None:
    desks = [Desk(hub, role) for role in (Role.DISPATCHER, Role.WALL_OPERATOR) * 50]
    hub.publish([opened(1)])
    assert len({id(desk.pipe.sent[-1]) for desk in desks}) == 2


def test_why_a_unit_was_sent_to_a_protected_incident_is_masked(hub: Hub) -> None:
    dispatcher, wall = Desk(hub, Role.DISPATCHER), Desk(hub, Role.WALL_OPERATOR)
    hub.publish([opened(1)])
    order = {"id": "o", "override_reason": "secreto", "release_reason": None}
    hub.publish([entry(2, "unit.assigned", UNIT, assignment=order)])
    assert dispatcher.pipe.data[-1] == {"assignment": order}
    assert wall.pipe.data[-1] == {"assignment": {**order, "override_reason": None}}


def test_the_picture_is_masked_by_who_looks() -> None:
    place = {"lon": -57.6333, "lat": -25.2822, "uncertainty_m": 5.0, "confidence": 0.9}
    order = {
        "unit_id": str(UNIT),
        "incident_id": str(INCIDENT),
        "released_at": None,
        "override_reason": "secreto",
    }
    incident: dict[str, Any] = {
        "id": str(INCIDENT),
        "narrative": "secreto",
        "location": place,
        "protected": True,
    }
    call: dict[str, Any] = {"id": str(CALL), "incident_id": str(INCIDENT), "caller_number": "0981"}
    other: dict[str, Any] = {"id": "x", "incident_id": None, "caller_number": "0982"}
    picture: dict[str, dict[str, Any]] = {
        "incidents": {str(INCIDENT): {**incident, "assignments": [order]}},
        "calls": {str(CALL): call, "x": other},
        "units": {str(UNIT): {"assignment": order}, "free": {"assignment": None}},
    }
    for roles, unit, whole in (
        ((Role.DISPATCHER,), None, True),
        ((Role.AUDITOR,), None, False),
        ((Role.AUDITOR,), UNIT, True),
    ):
        shown = covered_picture(picture, picture, person(*roles, unit=unit))
        assert (shown == picture) is whole
        assert shown["calls"]["x"] == other
        if not whole:
            assert shown["calls"][str(CALL)]["caller_number"] is None
            assert shown["incidents"][str(INCIDENT)]["masked"]
            assert "secreto" not in str(shown)
            assert shown["units"]["free"] == {"assignment": None}
    # A gateway reads calls but no incidents: theirs are masked all the same.
    machine = covered_picture({**picture, "incidents": {}}, picture, person(Role.MACHINE))
    assert machine["calls"][str(CALL)]["caller_number"] is None


def test_a_note_is_covered_while_it_is_protected_and_for_those_who_come_back(hub: Hub) -> None:
    note = new_id()
    words = {"incident": None, "text": "secreto"}
    hub.publish([entry(1, "premise.added", note, protected=False, **words)])
    hub.publish([entry(2, "premise.changed", note, protected=True, incident=None)])
    hub.publish([entry(3, "premise.changed", note, protected=True, **words)])
    wall = Desk(hub, Role.WALL_OPERATOR)
    hub.resume(wall.console, 0)
    assert [one.get("text") for one in wall.pipe.data] == ["", None, ""]
