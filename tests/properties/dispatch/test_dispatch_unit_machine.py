"""The unit machine under any sequence of orders, reports and releases."""

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain import assigning, status_report
from dispatch.domain.assigning import Order
from dispatch.domain.fold import EMPTY, Picture, fold
from dispatch.domain.incident import Incident, progress
from dispatch.domain.status_report import StatusReport
from dispatch.domain.unit import AVAILABILITY_OF, Unit, is_legal
from dispatch.domain.unit_change import Change
from dispatch.domain.wire import object_json
from dispatch.repository import shipped_rules
from ops_center.kernel.errors import DomainError
from ops_center.kernel.ids import new_id
from tests.builders import a_unit, an_incident, at

RULES = shipped_rules().statuses
STATUSES = sorted(RULES.statuses)
MOVES = st.one_of(
    st.tuples(st.just("assign"), st.just(0)),
    st.tuples(st.just("release"), st.just(0)),
    st.tuples(st.just("overdue"), st.just(0)),
    st.tuples(st.sampled_from(STATUSES), st.integers(min_value=-400, max_value=90)),
)
STARTS = ("in_service", "break", "off_duty", "out_of_service")


def moved(unit: Unit, incident: Incident, move: tuple[str, int], now: datetime) -> Change:
    verb, seconds = move
    mine = incident if unit.assignment else None
    match verb:
        case "assign":
            order = Order(id=new_id(), eta_s=None, distance_m=None, override_reason=None)
            return assigning.assign(unit, incident, order, now=now)
        case "release":
            return assigning.release(unit, incident, reason="x", now=now)
        case "overdue":
            if unit.assignment is None:
                return Change(unit=unit, incident=incident, facts=())
            return assigning.mark_dispatch_overdue(unit, incident)
        case _:
            pass
    status = RULES.status(verb)
    said = StatusReport(
        status=status.code,
        activity=status.activity,
        occurred_at=at(now.timestamp() - at(0).timestamp() + seconds),
        reason=None,
    )
    return status_report.report(unit, mine, said, rules=RULES, now=now)


@given(start=st.sampled_from(STARTS), moves=st.lists(MOVES, max_size=25))
def test_no_sequence_leads_to_an_illegal_pair_a_lost_version_or_another_picture(
    start: str, moves: list[tuple[str, int]]
) -> None:
    unit, incident = a_unit(start), an_incident()
    picture = shown(unit, incident)
    for number, move in enumerate(moves):
        try:
            change = moved(unit, incident, move, at(60 * number))
        except DomainError as refused:
            assert refused.problem_code in {  # noqa: PT017
                "illegal-transition",
                "unit-not-available",
                "unit-not-on-incident",
                "future-report",
            }
            continue
        assert change.unit.status_at >= unit.status_at
        unit, incident = change.unit, change.incident or incident
        for fact in change.facts:
            picture = fold(picture, fact.kind, fact.subject, version=fact.version, data=fact.data())
        assert is_legal(unit)
        assert unit.availability is AVAILABILITY_OF[unit.activity]
        assert [a.unit_id for a in incident.active] == ([unit.id] if unit.assignment else [])
        assert incident.status is progress(incident)
        assert picture == shown(unit, incident)


def shown(unit: Unit, incident: Incident) -> Picture:
    held: dict[str, Any] = {
        "units": {str(unit.id): object_json(unit)},
        "incidents": {str(incident.id): object_json(incident)},
    }
    return {**EMPTY, **held}


@given(status=st.sampled_from(STATUSES), start=st.sampled_from(STARTS))
def test_a_status_repeated_at_once_changes_nothing(status: str, start: str) -> None:
    unit, incident = a_unit(start), an_incident()
    try:
        first = moved(unit, incident, (status, 0), at(10))
    except DomainError:
        return
    again = moved(first.unit, incident, (status, 0), at(11))
    assert again.facts == ()
