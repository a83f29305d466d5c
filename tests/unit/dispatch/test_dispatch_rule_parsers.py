"""What rule documents may hold: every fault found, nothing nasty gets through, shipped ones fit."""

import copy
import random
from typing import Any

import pytest

from dispatch.domain.rules import alarm_handling, clocks, dispositions, incident_types, protocols
from dispatch.domain.rules.protocols import Protocol
from dispatch.domain.rules.reading import RulesInvalid
from dispatch.domain.rules.ruleset import DOCUMENTS
from dispatch.repository import SHIPPED, shipped_rules
from ops_center.kernel.errors import Invalid

NASTY: tuple[Any, ...] = (
    None, [], {}, "", " ", "\x00", "\ud800", "x" * 5_000, -1, 0, 10**30, float("nan"), True,
    [[[]]], {"\ud800": 1}, {"a/b~c": {"d": []}},
)  # fmt: skip
SPOTS, VALUES = 25, 5
LABELS = {"es": "a", "gn": "b", "en": "c"}


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document, the first two rows of each list."""
    found = [path]
    if isinstance(value, dict):
        found += [spot for name in value for spot in spots(value[name], (*path, name))]
    elif isinstance(value, list):
        found += [
            spot for at in range(min(2, len(value))) for spot in spots(value[at], (*path, at))
        ]
    return found


def with_at(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    whole = copy.deepcopy(document)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return whole


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nasty_values_anywhere_are_refused_or_read_but_break_nothing(name: str) -> None:
    refused = 0
    rng = random.Random(name)
    places = spots(SHIPPED[name])
    for spot in rng.sample(places, min(SPOTS, len(places))):
        for value in rng.sample(NASTY, VALUES):
            try:
                DOCUMENTS[name].parse(with_at(SHIPPED[name], spot, value))
            except RulesInvalid as refusal:
                refused += 1
                told = [fault.path + fault.message for fault in refusal.faults]
                assert all(told)
                "".join(told).encode()
    assert refused > 10


def test_every_shipped_document_is_right_and_knows_the_common_types() -> None:
    rules = shipped_rules()
    assert list(rules.types.by_code)[:3] == ["noise", "family_violence", "traffic_accident"]
    hidden = {kind.code for kind in rules.types if kind.protected}
    assert hidden == {"family_violence", "violence_against_child", "sexual_assault"}
    keys = {one.key: one.code for one in rules.dispositions.calls.values() if one.key}
    assert [keys[key] for key in "12345"] == [
        "silent", "children", "misdial", "prank", "information",
    ]  # fmt: skip
    assert rules.alarms.shelve_limit_min(1) == 0


# -- protocols


def protocol(code: str) -> Protocol:
    return shipped_rules().protocols[code]


def asked(code: str, **answers: str | int) -> list[str]:
    return [question.code for question in protocol(code).next(answers)]


def test_questions_follow_from_the_answers() -> None:
    assert asked("family_violence")[:2] == ["can_speak", "attacker_present"]
    assert "safe_place" not in asked("family_violence", attacker_present="no")
    assert "safe_place" in asked("family_violence", attacker_present="yes")
    whole = {"injured": "no", "hazard": "none", "blocking": "yes"}
    assert protocol("traffic_accident").is_done(whole)


def test_answers_move_the_priority_and_say_why() -> None:
    answers: dict[str, str | int] = {"injured": "no", "hazard": "fuel", "blocking": "yes"}
    priority, told = protocol("traffic_accident").priority(3, answers)
    assert priority == 1
    moves = [
        (one.question, one.answer, one.before, one.after) for one in told if one.after != one.before
    ]
    assert moves == [("hazard", "fuel", 3, 1)]
    assert next(one for one in told if one.question == "hazard").read_out is not None


def test_what_raises_has_the_last_word_in_whatever_order_it_was_asked() -> None:
    answers: dict[str, str | int] = {"attacker_present": "no", "weapon": "firearm"}
    priority, told = protocol("family_violence").priority(1, answers)
    assert priority == 1
    assert [(one.question, one.before, one.after) for one in told] == [
        ("attacker_present", 1, 2),
        ("weapon", 2, 1),
    ]


@pytest.mark.parametrize(("floor", "expected"), [(None, 4), (3, 3), (2, 2), (1, 1)])
def test_answers_never_make_less_urgent_what_a_person_set(floor: int | None, expected: int) -> None:
    answers: dict[str, str | int] = {"injured": "no", "blocking": "no"}
    assert protocol("traffic_accident").priority(3, answers, floor=floor)[0] == expected
    assert protocol("traffic_accident").priority(4, {}, floor=floor)[0] == (floor or 4)


def test_compressions_are_read_out_when_nobody_breathes() -> None:
    answers: dict[str, str | int] = {"responds": "no", "breathing": "unknown"}
    [effect] = protocol("cardiac_arrest").effects(1, answers)
    assert effect.flag == "cardiac_arrest"
    assert effect.read_out is not None
    assert "pecho" in effect.read_out.es


def test_numbers_are_compared_and_an_unknown_number_is_not() -> None:
    fire = protocol("fire")
    high: dict[str, str | int] = {"burning": "building", "floors": 12}
    assert "high_building" in [one.flag for one in fire.effects(2, high)]
    for floors in (2, "unknown"):
        low: dict[str, str | int] = {"burning": "building", "floors": floors}
        assert "high_building" not in [one.flag for one in fire.effects(2, low)]


@pytest.mark.parametrize(
    ("question", "answer", "kept"),
    [
        ("injured", "yes", "yes"), ("injured", "maybe", None), ("injured", 1, None),
        ("how_many", 3, 3), ("how_many", "3", 3), ("how_many", -1, None), ("how_many", "x", None),
        ("how_many", "unknown", "unknown"), ("hazard", "fuel", "fuel"), ("hazard", "gold", None),
    ],
)  # fmt: skip
def test_only_answers_that_fit_are_kept(question: str, answer: Any, kept: Any) -> None:
    one = protocol("traffic_accident").question(question)
    if kept is None:
        with pytest.raises(Invalid):
            one.accepts(answer)
    else:
        assert one.accepts(answer) == kept


def question(**changes: Any) -> dict[str, Any]:
    return {"code": "q", "kind": "yesno", "text": LABELS, **changes}


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (question(kind="oracle"), "/kind"),
        (question(kind="choice"), "/choices"),
        (question(when={"later": "yes"}), "/when/later"),
        (question(when={"q": "yes"}), "/when/q"),
        (question(effects=[{"when": {"q": "perhaps"}, "flag": "x", "why": LABELS}]), "/when/q"),
        (question(effects=[{"when": {"q": "yes"}, "why": LABELS}]), "/effects/0"),
        (question(effects=[{"when": {}, "flag": "x", "why": LABELS}]), "/effects/0/when"),
        (question(effects=[{"when": {"q": {"at_least": 2}}, "flag": "x", "why": LABELS}]),
         "/effects/0/when/q"),
        (question(effects=[{"when": {"q": "yes"}, "raise_to": 1, "lower_to": 2, "why": LABELS}]),
         "/effects/0"),
        (question(text={"es": "a", "en": "b"}), "/text/gn"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused_at_its_place(wrong: dict[str, Any], path: str) -> None:
    document: Any = {"protocols": [{"code": "p", "labels": LABELS, "questions": [wrong]}]}
    with pytest.raises(RulesInvalid) as refused:
        protocols.parse(document)
    assert any(one.path.endswith(path) for one in refused.value.faults), refused.value.faults


# -- clocks, alarms and the rest


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"clock": "lunch", "target_s": 1, "source": "x"}, "/clock"),
        ({"clock": "answer", "priority": 1, "target_s": 1, "source": "x"}, "/priority"),
        ({"clock": "scene", "target_s": 9, "alarm_s": 5, "type": "fight", "source": "x"},
         "/alarm_s"),
        ({"clock": "scene", "target_s": 0, "type": "theft", "source": "x"}, "/target_s"),
        ({"clock": "scene", "target_s": 10, "share": 90, "type": "theft", "source": "x"}, "/share"),
        ({"clock": "scene", "target_s": 10, "type": "theft"}, "/source"),
        ({"clock": "scene", "target_s": 10, "source": "x"}, ""),
    ],
)  # fmt: skip
def test_a_wrong_clock_is_refused_at_its_place(row: dict[str, Any], path: str) -> None:
    document: Any = copy.deepcopy(SHIPPED["clocks"])
    document["clocks"].append(row)
    with pytest.raises(RulesInvalid) as refused:
        clocks.parse(document)
    last = f"/clocks/{len(document['clocks']) - 1}"
    assert f"{last}{path}" in {one.path for one in refused.value.faults}


def test_every_clock_needs_a_row_for_everything_else() -> None:
    document: Any = copy.deepcopy(SHIPPED["clocks"])
    document["clocks"] = [one for one in document["clocks"] if one["clock"] != "travel"]
    with pytest.raises(RulesInvalid, match="travel"):
        clocks.parse(document)


def test_the_most_that_may_be_shelved_cannot_be_raised() -> None:
    document: Any = copy.deepcopy(SHIPPED["alarm-handling"])
    document["shelve"] |= {"priority_1_min": 1, "priority_2_min": 11}
    with pytest.raises(RulesInvalid) as refused:
        alarm_handling.parse(document)
    places = {one.path for one in refused.value.faults}
    assert places == {"/shelve/priority_1_min", "/shelve/priority_2_min"}


def test_two_codes_of_one_key_and_lists_without_a_way_out_are_refused() -> None:
    document: Any = copy.deepcopy(SHIPPED["dispositions"])
    document["calls"][0]["key"] = "1"
    for one in document["incidents"]:
        one["active"] = False
    with pytest.raises(RulesInvalid) as refused:
        dispositions.parse(document)
    assert {one.path for one in refused.value.faults} == {"/calls/1/key", "/incidents"}


def test_a_type_without_active_sibling_is_refused() -> None:
    document: Any = copy.deepcopy(SHIPPED["incident-types"])
    for one in document["types"]:
        one["active"] = False
    with pytest.raises(RulesInvalid, match="active"):
        incident_types.parse(document)
