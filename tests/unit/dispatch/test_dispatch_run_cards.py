"""Which run card an incident gets, and what a document of them may say."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain.place import Zone
from dispatch.domain.response_plan import Plan, plan_from
from dispatch.domain.rules.reading import RulesInvalid
from dispatch.domain.rules.ruleset import parsed_beside
from dispatch.domain.rules.run_cards import RunCards, Situation, parse
from dispatch.domain.wire import to_json
from dispatch.repository import SHIPPED, shipped_rules

LABELS = {"es": "Ficha", "gn": "Kuatia", "en": "Card"}
ROLES: list[dict[str, Any]] = [{"capability": "fire", "count": 2}]
CENTRE = Zone(id="1", kind="district", code="C", name="Centro")
# A Saturday, 01:30 local: the night that began on Friday.
NIGHT = datetime(2026, 1, 3, 1, 30, tzinfo=UTC)


def card(identity: str, **when: Any) -> dict[str, Any]:
    return {"id": identity, "labels": LABELS, "when": when, "roles": ROLES}


def cards(*rows: dict[str, Any]) -> RunCards:
    return parse({"cards": list(rows)})


def used(
    known: RunCards,
    kind: str = "structure_fire",
    *,
    priority: int = 1,
    zones: tuple[Zone, ...] = (CENTRE,),
    at: datetime = NIGHT,
) -> Plan:
    found = shipped_rules().types.chosen(kind)
    situation = Situation(type=found, priority=priority, zones=zones, at=at)
    return known.plan_for(situation, version=7, types_version=3)


def name(plan: Plan) -> str:
    assert plan.run_card is not None
    return plan.run_card.id


def test_without_a_card_the_types_own_plan_is_used_and_said() -> None:
    plan = used(cards())
    assert plan.requirements == shipped_rules().types.chosen("structure_fire").plan.requirements
    assert plan.run_card is not None
    assert (plan.run_card.id, plan.run_card.version) == ("type:structure_fire", 3)
    assert [one.code for one in plan.run_card.because] == ["type_plan"]


@pytest.mark.parametrize("kind", [one.code for one in shipped_rules().types])
@pytest.mark.parametrize("hour", [3, 14])
def test_the_shipped_cards_leave_every_types_plan_as_it_is(kind: str, hour: int) -> None:
    plan = used(shipped_rules().run_cards, kind, at=NIGHT.replace(hour=hour))
    assert plan.requirements == shipped_rules().types.chosen(kind).plan.requirements


def test_the_most_specific_card_counts_whatever_its_place() -> None:
    rows = [
        card("weekday", weekdays=["sat"]),
        card("hours", hours="22:00-06:00"),
        card("priority", priorities=[1]),
        card("zone", zones=[{"name": "centro"}]),
        card("group", groups=["fire"]),
        card("type", types=["structure_fire"]),
        card("type_zone", types=["structure_fire"], zones=[{"kind": "district", "code": "c"}]),
    ]
    for _ in range(len(rows)):
        assert name(used(cards(*rows))) == rows[-1]["id"]
        assert name(used(cards(*reversed(rows)))) == rows[-1]["id"]
        rows.pop()
        if not rows:
            break
    assert name(used(cards(card("first"), card("second")))) == "first"


def test_a_card_says_which_conditions_held() -> None:
    row = card("all", types=["structure_fire"], priorities=[1, 2], zones=[{"name": "Centro"}],
               weekdays=["fri"], hours="22:00-06:00", dates="12-24/01-06")  # fmt: skip
    plan = used(cards(row))
    assert plan.run_card is not None
    assert [(one.code, dict(one.params)) for one in plan.run_card.because] == [
        ("type", {"type": "structure_fire"}),
        ("zone", {"kind": "district", "zone": "Centro"}),
        ("priority", {"priority": 1}),
        ("date", {"dates": "12-24/01-06"}),
        ("hours", {"hours": "22:00-06:00"}),
        ("weekday", {"weekday": 4}),
    ]


@pytest.mark.parametrize(
    ("when", "at", "holds"),
    [
        ({"hours": "22:00-06:00"}, NIGHT.replace(hour=6, minute=0), False),
        ({"hours": "22:00-06:00"}, NIGHT.replace(hour=22, minute=0), True),
        ({"hours": "08:00-24:00"}, NIGHT.replace(hour=23, minute=59), True),
        ({"hours": "08:00-24:00"}, NIGHT, False),
        ({"weekdays": ["sat"]}, NIGHT, True),
        ({"weekdays": ["sat"], "hours": "22:00-06:00"}, NIGHT, False),
        ({"dates": "2026-01-02", "hours": "22:00-06:00"}, NIGHT, True),
        ({"dates": "2026-01-03/2026-01-05"}, NIGHT, True),
        ({"dates": "2026-01-04/2026-01-05"}, NIGHT, False),
        ({"dates": ["03-01/04-01", "12-31/01-03"]}, NIGHT, True),
        ({"zones": [{"name": "Otro"}]}, NIGHT, False),
        ({"priorities": [2]}, NIGHT, False),
        ({"types": ["gas_leak"]}, NIGHT, False),
        ({"types": ["gas_leak"], "groups": ["fire"]}, NIGHT, True),
    ],
)
def test_each_condition_holds_when_it_should(when: Any, at: datetime, holds: bool) -> None:
    assert (name(used(cards(card("it", **when)), at=at)) == "it") is holds


def test_a_card_that_is_not_active_is_kept_and_not_used() -> None:
    assert name(used(cards({**card("off"), "active": False}))) == "type:structure_fire"


def test_a_plan_is_the_same_after_it_was_stored() -> None:
    role = {"capability": "rescue", "count": 1, "crew_min": 4, "equipment": ["escalera"],
            "agency": "CBVP", "or": [[{"capability": "fire", "count": 2}]]}  # fmt: skip
    plan = used(cards({**card("rich", types=["structure_fire"]), "roles": [role]}))
    stored = to_json(plan)
    assert isinstance(stored, dict)
    assert plan_from(stored) == plan
    assert plan_from({"requirements": [{"capability": "fire", "count": 1}]}).run_card is None
    assert plan.capabilities == ("rescue", "fire")


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({**card("x"), "roles": []}, "/cards/0/roles"),
        ({**card("x"), "roles": [{"capability": "fire", "count": 0}]}, "/cards/0/roles/0/count"),
        ({**card("x"), "roles": [{"capability": "fire", "or": [[]]}]}, "/cards/0/roles/0/or"),
        (
            {**card("x"), "roles": [{"capability": "fire", "agency": "X"}]},
            "/cards/0/roles/0/agency",
        ),
        ({**card("x"), "roles": [{"capability": "fire", "count": 20}] * 3}, "/cards/0/roles"),
        (
            {
                **card("x"),
                "roles": [{"capability": "fire", "or": [[{"capability": "a"}]] * 6}] * 2,
            },
            "/cards/0/roles",
        ),
        (card("x", hours="25:00-06:00"), "/cards/0/when/hours"),
        (card("x", hours="06:00-06:00"), "/cards/0/when/hours"),
        (card("x", dates="2026-02-30"), "/cards/0/when/dates"),
        (card("x", dates="2026-02-03/2026-02-01"), "/cards/0/when/dates"),
        (card("x", dates="2026-02-03/03-01"), "/cards/0/when/dates"),
        (card("x", zones=[{"kind": "district"}]), "/cards/0/when/zones/0"),
        (card("x", moon=1), "/cards/0/when/moon"),
        (card("x", priorities=[5]), "/cards/0/when/priorities/0"),
    ],
)
def test_a_wrong_card_is_refused_with_its_place(row: dict[str, Any], path: str) -> None:
    with pytest.raises(RulesInvalid) as refused:
        cards(row)
    assert [one.path for one in refused.value.faults] == [path]


def test_cards_for_types_or_groups_that_are_not_there_are_refused() -> None:
    document: Any = {"cards": [card("x", types=["nothing"], groups=["nobody"])]}
    with pytest.raises(RulesInvalid) as refused:
        parsed_beside(shipped_rules(), "run-cards", document)
    assert [one.path for one in refused.value.faults] == [
        "/cards/0/when/types/0",
        "/cards/0/when/groups/0",
    ]


def test_two_cards_with_one_id_are_refused() -> None:
    with pytest.raises(RulesInvalid, match="twice"):
        cards(card("x"), card("x"))


def test_the_shipped_document_is_read() -> None:
    known = parse(SHIPPED["run-cards"])
    assert known.cards
    assert not any(one.active for one in known.cards)


def test_every_reason_code_is_explained() -> None:
    """What the code says and what docs/recommendation.md explains are the same."""
    root = Path(__file__).resolve().parents[3]
    sources = [
        *(root / "dispatch/domain/recommending").glob("*.py"),
        root / "dispatch/domain/rules/run_cards.py",
    ]
    said = {
        code
        for source in sources
        for code in re.findall(r'Reason\(\s*code="([a-z_]+)"', source.read_text())
    } - {"not_capable"}
    text = (root / "docs/recommendation.md").read_text()
    table = text[text.index("## All reason codes") : text.index("## Limits")]
    told = {code for line in table.splitlines() if line.startswith("| `")
            for code in re.findall(r"`([a-z_]+)`", line.split("|")[1])}  # fmt: skip
    assert said == told
