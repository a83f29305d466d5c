"""Timers, duplicates, codes, words and shapes."""

import pytest

from dispatch.domain import codes, timers
from dispatch.domain.alarm import Snapshot
from dispatch.domain.duplicates import WINDOW, possible_duplicates
from dispatch.domain.incident import IncidentStatus
from dispatch.domain.response_plan import AGENCIES, AGENCY_OF_CAPABILITY, agencies_of, plan_of
from dispatch.domain.text import optional_text, required_text, tag
from dispatch.domain.wire import object_json, to_json
from dispatch.repository import shipped_rules
from gis.geometry import Location
from ops_center.kernel.errors import Invalid
from tests.builders import (
    CENTRE_POINT,
    a_call,
    a_unit,
    an_alarm,
    an_assignment,
    an_incident,
    at,
    location,
)

CLOCKS = shipped_rules().clocks


@pytest.mark.parametrize(("seconds", "overdue"), [(19.9, False), (20, True)])
def test_call_is_overdue_after_its_limit(seconds: float, overdue: bool) -> None:
    call, facts = timers.overdue_call(a_call(), CLOCKS, now=at(seconds))
    assert (call.overdue, len(facts)) == (overdue, int(overdue))


def test_call_in_somebodys_hands_is_never_overdue() -> None:
    assert timers.overdue_call(a_call(state="taken"), CLOCKS, now=at(900))[1] == []


@pytest.mark.parametrize(("priority", "limit_s"), [(1, 60), (2, 120), (3, 600), (4, 1800)])
def test_incident_without_unit_is_overdue_by_priority(priority: int, limit_s: int) -> None:
    incident = an_incident(priority=priority)
    assert timers.overdue_incident(incident, CLOCKS, now=at(limit_s - 1))[1] == []
    marked, [fact] = timers.overdue_incident(incident, CLOCKS, now=at(limit_s + 1))
    assert fact.data() == {"overdue": True, "waited_s": limit_s + 1}
    assert timers.overdue_incident(marked, CLOCKS, now=at(limit_s + 99))[1] == []


def test_unacknowledged_order_is_told_once_and_an_acknowledged_one_never() -> None:
    incident = an_incident()
    order = an_assignment(incident_id=incident.id)
    incident = an_incident(id=incident.id, assignments=(order,), status=IncidentStatus.DISPATCHED)
    unit = a_unit("dispatched", id=order.unit_id, assignment=order)
    change = timers.overdue_dispatch(unit, incident, CLOCKS, now=at(60))
    assert [fact.kind for fact in change.facts] == ["unit.dispatch_overdue"]
    assert change.incident is not None
    assert change.incident.active[0].overdue
    again = timers.overdue_dispatch(change.unit, change.incident, CLOCKS, now=at(99))
    assert again.facts == ()


def test_uncertain_location_widens_the_search_for_duplicates() -> None:
    far = an_incident(location=location(east_m=700))
    for uncertainty_m, expected in ((20, []), (600, ["uncertain_place"])):
        found = possible_duplicates(
            [far],
            location=location(uncertainty_m=uncertainty_m),
            of_caller=frozenset(),
            now=at(60),
        )
        assert [one.reason for one in found] == expected


def test_old_and_closed_incidents_are_no_duplicates() -> None:
    old = an_incident(opened_at=at(0) - WINDOW)
    closed = an_incident(status=IncidentStatus.CLOSED)
    found = possible_duplicates(
        [old, closed], location=location(), of_caller=frozenset([old.id]), now=at(60)
    )
    assert found == ()


def test_every_type_has_a_leading_agency_labels_and_a_plan_somebody_can_fill() -> None:
    assert len(shipped_rules().types.by_code) >= 40
    for kind in shipped_rules().types:
        assert kind.agency in AGENCIES
        assert all([kind.labels.es, kind.labels.gn, kind.labels.en])
        assert kind.plan.requirements
        assert set(kind.plan.capabilities) <= set(AGENCY_OF_CAPABILITY)


def test_agencies_of_an_incident_are_those_its_plan_needs() -> None:
    kind = shipped_rules().types.chosen("traffic_accident_injured")
    assert agencies_of(kind.agency, kind.plan) == ("SEME", "POL", "CBVP")
    assert plan_of("fire:2 rescue:1").slots == ("fire", "fire", "rescue")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: shipped_rules().types.chosen("ufo"),
        lambda: codes.priority(0),
        lambda: codes.priority(5),
        lambda: codes.agency("FBI"),
        lambda: codes.unit_kind("ufo"),
        lambda: codes.profile("ufo"),
        lambda: shipped_rules().statuses.status("dispatched"),
        lambda: shipped_rules().dispositions.of_alarm("why not"),
        lambda: tag("Not a tag", field="source"),
        lambda: required_text(" \x00 ", field="text", limit=10),
        lambda: optional_text("x" * 11, field="text", limit=10),
        lambda: optional_text("\ud800", field="text", limit=10),
    ],
)
def test_what_is_not_in_the_lists_is_refused(wrong: object) -> None:
    with pytest.raises(Invalid):
        wrong()  # type: ignore[operator]


def test_text_keeps_lines_and_guarani_and_drops_what_storage_refuses() -> None:
    assert optional_text(" Ñ\x00andé\nrógape g̃ \x07", field="text", limit=99) == "Ñandé\nrógape g̃"
    assert optional_text("   ", field="text", limit=99) is None


def test_shapes_are_those_of_the_protocol() -> None:
    unit = object_json(a_unit("dispatched"))
    assert list(unit)[:13] == [
        *("id", "callsign", "version", "agency", "kind", "profile", "capabilities"),
        *("availability", "activity", "assignment", "emergency", "status_at", "reason"),
    ]
    call = object_json(a_call(location=Location(point=CENTRE_POINT, uncertainty_m=10.0)))
    assert call["received_at"] == "2026-11-22T14:00:00.000Z"
    assert call["location"] == {
        "lon": -57.6333,
        "lat": -25.2822,
        "uncertainty_m": 10.0,
        "confidence": 0.95,
    }
    alarm = object_json(an_alarm(unit_id=a_unit().id, snapshot=Snapshot(sha256="9f", url="/x")))
    assert "unit_id" not in alarm
    assert alarm["snapshot"] == {"sha256": "9f", "url": "/x"}
    assert to_json({"one": (1, None)}) == {"one": [1, None]}
