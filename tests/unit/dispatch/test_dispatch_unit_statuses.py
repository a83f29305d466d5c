"""The rule document of unit statuses: what it may say, and what no document may change."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.domain.codes import Activity, UnitKind
from dispatch.domain.rules.reading import RulesInvalid
from dispatch.domain.rules.unit_statuses import parse
from dispatch.domain.unit import ASSIGNED_ACTIVITIES
from dispatch.repository import SHIPPED

DOCUMENT: Any = SHIPPED["unit-statuses"]
STATUSES = parse(DOCUMENT)


def changed(edit: Callable[[Any], None]) -> Any:
    document = copy.deepcopy(DOCUMENT)
    edit(document)
    return document


def test_shipped_document_holds_what_crews_could_say_before() -> None:
    """The transitions that were code until they became data."""
    was = {
        "in_service": {"break", "off_duty", "out_of_service"},
        "break": {"in_service", "off_duty", "out_of_service"},
        "off_duty": {"in_service", "out_of_service"},
        "out_of_service": {"in_service", "off_duty"},
        "dispatched": {"acknowledged", "en_route", "on_scene", "clear"},
        "acknowledged": {"en_route", "on_scene", "clear"},
        "en_route": {"on_scene", "clear"},
        "on_scene": {"transporting", "clear"},
        "transporting": {"at_hospital", "clear"},
        "at_hospital": {"transporting", "clear"},
    }
    for activity, codes in was.items():
        assert STATUSES.transitions[Activity(activity)] >= codes
    assert {"en_route", "acknowledged"}.isdisjoint(STATUSES.transitions[Activity.ON_SCENE])


def test_statuses_have_names_of_eido_and_say_what_they_ask() -> None:
    assert STATUSES.status("acknowledged").eido == ("AcknowledgedTransmission",)
    assert STATUSES.status("out_of_service").needs == ("out_reason",)
    assert STATUSES.status("transporting").asks == ("hospital",)
    assert "cross_staffed" not in STATUSES.usable_out_reasons


def test_exemption_gives_a_kind_of_unit_other_transitions() -> None:
    def edit(document: Any) -> None:
        document["exemptions"] = [
            {"agencies": ["POL"], "kinds": ["patrol"], "from": "on_scene", "to": ["clear"]}
        ]

    rules = parse(changed(edit))
    patrol = rules.next("POL", UnitKind.PATROL, Activity.ON_SCENE)
    assert patrol == {"clear"}
    assert "transporting" in rules.next("POL", UnitKind.AMBULANCE, Activity.ON_SCENE)
    assert "transporting" in rules.next("SEME", UnitKind.PATROL, Activity.ON_SCENE)


def _transition(start: str, *codes: str) -> Callable[[Any], None]:
    return lambda document: document["transitions"].update({start: list(codes)})


def _status(code: str, **fields: Any) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        next(one for one in document["statuses"] if one["code"] == code).update(fields)

    return edit


def _without(code: str) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        document["statuses"] = [one for one in document["statuses"] if one["code"] != code]

    return edit


def _exempt(start: str, *codes: str) -> Callable[[Any], None]:
    return lambda document: document.update(exemptions=[{"from": start, "to": list(codes)}])


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_transition("in_service", "on_scene"), "needs an order"),
        (_transition("off_duty", "in_service", "clear"), "ends an order, and here is none"),
        (_transition("on_scene", "in_service", "clear"), "would leave the order open"),
        (_transition("en_route", "on_scene"), "must be able to end its order"),
        (_transition("break", "off_duty"), ""),
        (_transition("off_duty", "out_of_service"), ""),
        (_transition("in_service", "nonsense"), "must be one of"),
        (_status("break", availability="available"), "always means conditionally_available"),
        (_status("staging", activity="dispatched"), "nobody reports it"),
        (_status("on_scene", activity="en_route"), "must keep activity on_scene"),
        (_without("at_hospital"), "lacks 'at_hospital'"),
        (_exempt("in_service", "on_scene"), "needs an order"),
        (_exempt("off_duty", "out_of_service"), "nobody may be trapped"),
        (lambda d: d["welfare"].update(repeat_s=0), "whole number"),
        (lambda d: d["welfare"]["intervals"].append({"activity": "dispatched"}), "must be one of"),
        (lambda d: d["physics"]["left"].update(patrol="break"), "must be one of"),
        (lambda d: d["physics"]["left"].update(submarine="clear"), "not known here"),
        (lambda d: d["out_reasons"].clear(), "cross_staffed"),
        (lambda d: d.update(colour="red"), "not known here"),
        (lambda d: d["transitions"].pop("break"), "missing"),
    ],
)
def test_document_against_the_law_is_refused_saying_where(
    edit: Callable[[Any], None], words: str
) -> None:
    if not words:  # allowed: it only takes a detour back into service
        assert parse(changed(edit)).statuses
        return
    with pytest.raises(RulesInvalid) as refused:
        parse(changed(edit))
    assert any(words in fault.message for fault in refused.value.faults), refused.value.faults


def test_unit_that_could_never_come_back_is_refused() -> None:
    def edit(document: Any) -> None:
        document["transitions"]["off_duty"] = ["out_of_service"]
        document["transitions"]["out_of_service"] = ["off_duty"]

    with pytest.raises(RulesInvalid) as refused:
        parse(changed(edit))
    paths = {fault.path for fault in refused.value.faults}
    assert paths == {"/transitions/off_duty", "/transitions/out_of_service"}


def test_every_status_of_an_order_can_be_ended() -> None:
    assert all("clear" in STATUSES.transitions[one] for one in ASSIGNED_ACTIVITIES)


def test_interval_of_the_type_comes_before_the_general_one() -> None:
    rules = STATUSES.welfare
    assert rules.interval_s(Activity.ON_SCENE, "family_violence") == 600
    assert rules.interval_s(Activity.ON_SCENE, "noise") == 1200
    assert rules.interval_s(Activity.ON_SCENE, None) == 1200
    assert rules.interval_s(Activity.IN_SERVICE, None) is None
