"""Forty calls about one fire become one card with forty witnesses; the other emergency stays."""

import random
from itertools import cycle

import pytest

from gis.geodesy import destination
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Refused
from ops_center.simulator.survey import survey
from tests.story.people import People

CALLS = 40
SAYINGS = cycle(
    (
        "Se está quemando una casa, sale mucho humo.",
        "Hay un incendio grande, se ven las llamas.",
        "Okái peteĩ óga, tata guasu, pya'e!",
        "Fuego en el segundo piso, hay gente adentro.",
    )
)
OTHERS = {
    "Le están pegando a una señora en la esquina, tiene un cuchillo.": "other_type",
    "Mi papá tiene un infarto, le duele mucho el pecho.": "other_type",
    "Hay otro incendio a dos cuadras, en el depósito.": "another",
}


async def test_forty_calls_about_a_fire_become_one_card_and_the_second_emergency_stays(
    people: People,
) -> None:
    taker, chance = people.call_taker, random.Random(7)
    known = await survey(people.machine.http, random.Random(new_id().hex))
    corner = known.corners[0].point

    def near(metres: float) -> dict[str, float]:
        where = destination(
            corner,
            bearing_deg=chance.uniform(0, 360),
            distance_m=chance.uniform(0, metres),
        )
        return {"lon": where.lon, "lat": where.lat, "uncertainty_m": 20, "confidence": 0.95}

    async def call(words: str | None) -> str:
        body = {
            "source": "phone",
            "caller_number": f"0971 {new_id().int % 1_000_000:06d}",
            "location": near(180),
        }
        if words is not None:
            body["narrative"] = words
        made = await people.machine.post("/calls", body)
        return str(made["id"])

    # 1. Forty people tell of the fire; among them three of something else, and one says nothing.
    witnesses = [await call(next(SAYINGS)) for _ in range(CALLS)]
    others = {await call(words): why for words, why in OTHERS.items()}
    silent = await call(None)

    # 2. They are offered as one; the others are named beside it, and nothing is merged.
    offered = (await taker.get("/calls/storms"))["storms"]
    storm = next(one for one in offered if witnesses[0] in one["call_ids"])
    assert set(storm["call_ids"]) & set(witnesses) == set(storm["call_ids"])
    assert len(storm["call_ids"]) >= 0.95 * CALLS
    assert storm["type"] == "structure_fire"
    assert {"same_place", "same_time", "same_type"} <= set(storm["why"])
    assert set(others) <= set(storm["outlier_call_ids"])
    why = {one["call_id"]: one["why"] for one in storm["outliers"]}
    assert {key: why[key] for key in others} == others
    assert silent in storm["unheard_call_ids"]
    for identity in (*witnesses, *others, silent):
        assert (await taker.get(f"/calls/{identity}"))["state"] == "waiting"

    # 3. One card, one command: everybody is a witness, the first who called is the reporter.
    incident = await taker.post(
        "/incidents", {"call_id": storm["call_ids"][0], "type": storm["type"]}
    )
    rest = [one for one in witnesses if one != storm["call_ids"][0]]
    path = f"/incidents/{incident['id']}/witnesses"
    with pytest.raises(Refused) as all_or_none:
        await taker.post(path, {"call_ids": [*rest, str(new_id())]})
    assert all_or_none.value.status == 404
    grown = await taker.post(path, {"call_ids": rest})
    assert set(grown["call_ids"]) == set(witnesses)
    calls = [await taker.get(f"/calls/{identity}") for identity in witnesses]
    assert sorted(one["witness"] for one in calls) == ["reporter"] + (CALLS - 1) * ["witness"]
    assert len({one["caller_number"] for one in calls}) == CALLS, "no contact is lost"
    await people.dispatcher.sees(
        lambda f: len(f.picture["incidents"][incident["id"]]["call_ids"]) == CALLS
    )

    # 4. A late caller is offered to the same card; the second emergencies are still in the queue.
    late = [await call(next(SAYINGS)) for _ in range(2)]
    offered = (await taker.get("/calls/storms"))["storms"]
    after = next(one for one in offered if one["incident_id"] == incident["id"])
    assert set(after["call_ids"]) == set(late)
    assert set(others) <= set(after["outlier_call_ids"])
    for identity in (*others, silent):
        assert people.dispatcher.shown("calls", identity)["state"] == "waiting"
