"""Says a journey in words: where to turn, into which street, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.travel import Step
from ops_center.kernel.measure import Metres, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geometry import Point

# Below this a bend is the road's own; from the last on it is a turn back.
BEND_DEG, TURN_DEG, SHARP_DEG, BACK_DEG = 25.0, 60.0, 120.0, 165.0

# Guaraní has no settled words for driving yet: it is told in Spanish, as crews say it.
WORDS = {
    "es": {
        "depart": "Salga",
        "arrive": "Llegó a su destino",
        "continue": "Siga",
        "slight_right": "Gire levemente a la derecha",
        "right": "Gire a la derecha",
        "sharp_right": "Gire cerrado a la derecha",
        "slight_left": "Gire levemente a la izquierda",
        "left": "Gire a la izquierda",
        "sharp_left": "Gire cerrado a la izquierda",
        "turn_back": "Dé la vuelta",
        "by": "por",
        "into": "en",
    },
    "en": {
        "depart": "Set out",
        "arrive": "You have arrived",
        "continue": "Continue",
        "slight_right": "Turn slightly right",
        "right": "Turn right",
        "sharp_right": "Turn sharply right",
        "slight_left": "Turn slightly left",
        "left": "Turn left",
        "sharp_left": "Turn sharply left",
        "turn_back": "Turn back",
        "by": "on",
        "into": "into",
    },
}
SPOKEN = "es"
ALONG = frozenset(["depart", "continue"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One edge as it is driven: its street, where it begins, the turn into it in degrees."""

    street: str | None
    at: Point
    turned_deg: float
    junction: bool
    seconds: float
    metres: float


def steps_of(legs: Sequence[Leg], *, end: Point, language: str) -> tuple[Step, ...]:
    """The manoeuvres of a journey; pieces of one street that need no turning are one step."""
    words = WORDS.get(language.lower().partition("-")[0], WORDS[SPOKEN])
    groups: list[list[Leg]] = []
    for leg in legs:
        if groups and _goes_on(groups[-1][-1], leg):
            groups[-1].append(leg)
        else:
            groups.append([leg])
    steps = [
        _step(group, "depart" if i == 0 else manoeuvre_of(group[0].turned_deg), words)
        for i, group in enumerate(groups)
    ]
    arrival = Step(
        instruction=words["arrive"],
        manoeuvre="arrive",
        street=None,
        seconds=Seconds(0.0),
        metres=Metres(0.0),
        at=end,
    )
    return (*steps, arrival)


def manoeuvre_of(turned_deg: float) -> str:
    """The name of a change of direction, degrees to the right positive."""
    size = abs(turned_deg)
    if size < BEND_DEG:
        return "continue"
    if size >= BACK_DEG:
        return "turn_back"
    side = "right" if turned_deg > 0 else "left"
    if size < TURN_DEG:
        return f"slight_{side}"
    return side if size < SHARP_DEG else f"sharp_{side}"


def _goes_on(before: Leg, after: Leg) -> bool:
    """Whether nobody needs to be told of the joint between two legs."""
    if not after.junction and abs(after.turned_deg) < BACK_DEG:
        return before.street == after.street or after.street is None
    return before.street == after.street and abs(after.turned_deg) < TURN_DEG


def _step(group: Sequence[Leg], manoeuvre: str, words: dict[str, str]) -> Step:
    street = next((leg.street for leg in group if leg.street), None)
    link = words["by" if manoeuvre in ALONG else "into"]
    told = words[manoeuvre] if street is None else f"{words[manoeuvre]} {link} {street}"
    return Step(
        instruction=told,
        manoeuvre=manoeuvre,
        street=street,
        seconds=Seconds(sum(leg.seconds for leg in group)),
        metres=Metres(sum(leg.metres for leg in group)),
        at=group[0].at,
    )
