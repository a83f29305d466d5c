"""What a silent call's number and place suggest: urgency from anything, calm only from nothing."""

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.text import caller_digits
from dispatch.domain.triage import AtPlace, Coded, Known, Nearby, Repeat, Suggestion, suggest
from ops_center.kernel.ids import new_id
from tests.builders import T0


def known(**changes: object) -> Known:
    values: dict[str, Any] = {
        "repeat": Repeat(count=0, window_s=1_800, dispositions=()),
        "earlier": (),
        "nearby": (),
        "violence_notes": 0,
        "line_lost": False,
        "unsure_m": 15.0,
    } | changes
    return Known(**values)


def before(days: float, *, violence: bool = True) -> AtPlace:
    return AtPlace(
        incident_id=new_id(),
        number="2026-000001",
        type="family_violence",
        opened_at=T0 - timedelta(days=days),
        distance_m=12.0,
        violence=violence,
    )


def rang(count: int, **coded: int) -> Repeat:
    ends = tuple(Coded(code=code, count=n) for code, n in coded.items())
    return Repeat(count=count, window_s=1_800, dispositions=ends)


def nearby(*, violence: bool) -> Nearby:
    return Nearby(
        incident_id=new_id(), number="2026-1", type="fight", distance_m=90, violence=violence
    )


@pytest.mark.parametrize(
    ("changes", "priority", "why"),
    [
        ({}, None, ()),
        ({"violence_notes": 1}, 1, ("violence_note",)),
        ({"earlier": (before(3),)}, 1, ("violence_at_place_recently",)),
        ({"earlier": (before(90),)}, 2, ("violence_at_place",)),
        ({"earlier": (before(3),), "unsure_m": 900.0}, 3, ("violence_in_area",)),
        ({"earlier": (before(3, violence=False),)}, None, ()),
        ({"nearby": (nearby(violence=True),)}, 2, ("open_incident_nearby",)),
        ({"nearby": (nearby(violence=False),)}, None, ()),
        ({"repeat": rang(1, silent=1)}, 3, ("number_repeats",)),
        ({"repeat": rang(2, silent=2)}, 2, ("number_repeats",)),
        ({"repeat": rang(2, silent=2), "line_lost": True}, 2, ("line_lost", "number_repeats")),
        ({"repeat": rang(0, children=4)}, 4, ("mostly_nuisance",)),
        ({"repeat": rang(9, children=9)}, 4, ("mostly_nuisance",)),
        ({"repeat": rang(0, children=2)}, None, ()),
        ({"repeat": rang(0, children=3, silent=9)}, None, ()),
        (
            {"repeat": rang(9, children=9), "earlier": (before(3),)},
            1,
            ("violence_at_place_recently",),
        ),
    ],
)
def test_the_most_urgent_thing_known_decides_and_every_reason_is_told(
    changes: dict[str, Any], priority: int | None, why: tuple[Any, ...]
) -> None:
    assert suggest(known(**changes), now=T0) == Suggestion(priority=priority, why=why)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("0981 000 123", "81000123"),
        ("+595 981 000123", "81000123"),
        ("911", "911"),
        ("anónimo", None),
        ("", None),
        (None, None),
        ("٠٩٨١", None),
    ],
)
def test_a_number_is_known_by_its_last_eight_figures(
    number: str | None, digits: str | None
) -> None:
    assert caller_digits(number) == digits
