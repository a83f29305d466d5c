"""Unit statuses: what follows what, late reports, and how the incident follows."""

from datetime import datetime

import pytest

from dispatch.domain import status_report
from dispatch.domain.assigning import Order, assign, release
from dispatch.domain.codes import Activity
from dispatch.domain.incident import Incident, waiting_since
from dispatch.domain.status_report import CLOCK_SKEW, StatusReport
from dispatch.domain.unit import ASSIGNED_ACTIVITIES, Unit
from dispatch.domain.unit_change import Change
from dispatch.repository import shipped_rules
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.ids import new_id
from tests.builders import a_unit, an_incident, at

ORDER = Order(id=new_id(), eta_s=90.0, distance_m=700.0, override_reason=None)
RULES = shipped_rules().statuses


def report(unit: Unit, incident: Incident | None, said: StatusReport, *, now: datetime) -> Change:
    return status_report.report(unit, incident, said, rules=RULES, now=now)


def said(
    status: str, *, occurred_at: datetime | None = None, reason: str | None = None
) -> StatusReport:
    known = RULES.status(status)
    return StatusReport(
        status=known.code,
        activity=known.activity,
        occurred_at=occurred_at,
        reason=reason,
    )


def sent() -> tuple[Unit, Incident]:
    change = assign(a_unit(), an_incident(), ORDER, now=at(0))
    assert change.incident is not None
    return change.unit, change.incident


def after(*steps: tuple[str, float]) -> Change:
    unit, incident = sent()
    change = Change(unit=unit, incident=incident, facts=())
    for status, seconds in steps:
        change = report(change.unit, change.incident, said(status), now=at(seconds))
    return change


@pytest.mark.parametrize("activity", sorted(ASSIGNED_ACTIVITIES))
def test_unit_on_an_incident_cannot_be_dispatched(activity: str) -> None:
    with pytest.raises(Conflict) as refused:
        assign(a_unit(activity), an_incident(), ORDER, now=at(0))
    assert refused.value.problem_code == "unit-not-available"


@pytest.mark.parametrize("activity", ["off_duty", "out_of_service"])
def test_unit_off_duty_cannot_be_dispatched(activity: str) -> None:
    with pytest.raises(Conflict, match=activity.replace("_", " ")):
        assign(a_unit(activity), an_incident(), ORDER, now=at(0))


def test_crew_on_a_break_can_be_called() -> None:
    assert assign(a_unit("break"), an_incident(), ORDER, now=at(0)).unit.activity == "dispatched"


@pytest.mark.parametrize("activity", list(Activity))
@pytest.mark.parametrize("status", sorted(RULES.statuses))
def test_only_listed_transitions_are_accepted(activity: Activity, status: str) -> None:
    unit = a_unit(activity)
    incident = None
    if unit.assignment is not None:
        incident = an_incident(id=unit.assignment.incident_id, assignments=(unit.assignment,))
    known = RULES.status(status)
    repeated = status == activity.value or (status == "clear" and activity == "in_service")
    if status in RULES.transitions[activity]:
        assert report(unit, incident, said(status), now=at(9)).unit.activity == known.activity
    elif repeated:
        assert report(unit, incident, said(status), now=at(9)).facts == ()
    else:
        with pytest.raises(Conflict) as refused:
            report(unit, incident, said(status), now=at(9))
        assert refused.value.extra["allowed"] == sorted(RULES.transitions[activity])


def test_a_skipped_acknowledgement_is_implied_by_going() -> None:
    change = after(("en_route", 20))
    order = change.unit.assignment
    assert order is not None
    assert (order.acknowledged_at, order.en_route_at, order.on_scene_at) == (at(20), at(20), None)


def test_clear_frees_the_unit_and_keeps_the_incident_on_scene() -> None:
    change = after(("acknowledged", 5), ("en_route", 10), ("on_scene", 60), ("clear", 90))
    assert change.incident is not None
    assert (change.unit.activity, change.unit.assignment) == ("in_service", None)
    assert change.incident.status == "on_scene"
    assert change.incident.assignments[0].released_at == at(90)
    assert waiting_since(change.incident) is None


def test_incident_follows_its_furthest_unit_and_never_goes_back_for_a_second_one() -> None:
    change = after(("on_scene", 60))
    assert change.incident is not None
    second = assign(a_unit(callsign="L02"), change.incident, replace_order(), now=at(70))
    assert second.incident is not None
    assert second.incident.status == "on_scene"
    assert [fact.kind for fact in second.facts] == ["unit.assigned"]


def replace_order() -> Order:
    return Order(id=new_id(), eta_s=None, distance_m=None, override_reason=None)


def test_incident_is_new_again_when_all_units_were_called_off() -> None:
    unit, incident = sent()
    change = release(unit, incident, reason="Otro más grave", now=at(30))
    assert change.incident is not None
    assert change.incident.status == "new"
    assert waiting_since(change.incident) == at(30)
    assert [fact.kind for fact in change.facts] == ["unit.released", "incident.progressed"]
    versions = [fact.version for fact in change.facts]
    assert versions == [change.unit.version, change.incident.version]


def test_late_report_fills_its_stamp_and_never_overwrites_the_status() -> None:
    change = after(("on_scene", 100))
    late = report(change.unit, change.incident, said("en_route", occurred_at=at(50)), now=at(110))
    assert (late.unit.activity, late.unit.status_at) == ("on_scene", at(100))
    assert late.unit.reason == "late:en_route"
    assert late.unit.assignment is not None
    assert late.unit.assignment.en_route_at == at(50)
    [fact] = late.facts
    assert (fact.kind, fact.occurred_at) == ("unit.status_changed", at(50))


def test_late_report_from_before_the_order_touches_no_stamp() -> None:
    unit, incident = sent()
    late = report(unit, incident, said("on_scene", occurred_at=at(-300)), now=at(5))
    assert late.unit.assignment == unit.assignment
    assert late.unit.activity == "dispatched"
    assert late.unit.reason == "late:on_scene"


def test_phone_whose_clock_is_a_little_slow_is_heard() -> None:
    unit, incident = sent()
    slow = at(0) - CLOCK_SKEW / 2
    change = report(unit, incident, said("acknowledged", occurred_at=slow), now=at(3))
    assert (change.unit.activity, change.unit.status_at) == ("acknowledged", at(0))


def test_reports_queued_on_a_phone_apply_in_order_with_their_own_times() -> None:
    unit, incident = sent()
    change = Change(unit=unit, incident=incident, facts=())
    for status, happened in (("en_route", 10), ("on_scene", 200), ("clear", 500)):
        change = report(
            change.unit, change.incident, said(status, occurred_at=at(happened)), now=at(900)
        )
    assert change.incident is not None
    [order] = change.incident.assignments
    assert (order.en_route_at, order.on_scene_at, order.released_at) == (at(10), at(200), at(500))
    assert change.unit.status_at == at(500)


def test_report_from_the_future_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        report(a_unit(), None, said("break", occurred_at=at(120)), now=at(0))
    assert refused.value.problem_code == "future-report"


def test_audience_of_an_order_is_the_unit_its_agency_and_the_incidents() -> None:
    change = assign(a_unit(agency="SEME"), an_incident("homicide"), ORDER, now=at(0))
    assert change.facts[0].audience == (
        "agency:SEME",
        f"unit:{change.unit.id}",
        "agency:POL",
    )


def test_released_crew_is_among_those_who_are_told() -> None:
    unit, incident = sent()
    change = release(unit, incident, reason="x", now=at(9))
    assert all(f"unit:{unit.id}" in fact.audience for fact in change.facts)
