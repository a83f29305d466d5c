"""Is the unit offered first really the soonest by road? Against the road times of all units."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import numpy as np

from dispatch.domain.codes import DEFAULT_CAPABILITIES, DEFAULT_PROFILES, Activity, UnitKind
from dispatch.domain.positions import Fix
from dispatch.domain.recommending.advice import Known, recommend
from dispatch.domain.recommending.model import Candidate, Travel
from dispatch.domain.response_plan import Plan, Requirement
from dispatch.domain.unit import AVAILABILITY_OF, Unit
from dispatch.services.recommending import NEAR_MAX
from gis.geodesy import distances_m
from gis.geometry import Extent, Point
from gis.routing import Router
from gis.routing.combined import NEAREST
from gis.travel import Profile
from ops_center.bench.report import Measurement
from ops_center.simulator.survey import somewhere

INCIDENTS: Final = 1_000
UNITS: Final = 500
SEED: Final = 44
SHARE_WANTED: Final = 99.0
# Two units that are there within a second of each other are both the soonest.
SAME_S: Final = 1.0
AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Crew:
    unit: Unit
    fix: Fix

    @property
    def origin(self) -> tuple[Point, Profile]:
        return self.fix.point, Profile(self.unit.profile)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How often the first offered was the soonest, %, and the seconds lost where it was not."""

    share: float
    incidents: int
    worst_s: float


def measure(router: Router, extent: Extent, *, incidents: int = INCIDENTS) -> list[Measurement]:
    """Return the share of incidents whose first offered unit is the soonest, blocking."""
    verdict = judged(router, extent, incidents=incidents, units=UNITS)
    return [
        Measurement(
            name=f"first unit offered is the soonest by road, {verdict.incidents} incidents",
            unit="%",
            ours=verdict.share,
            reference=SHARE_WANTED,
            reference_name="share wanted",
            note=f"{UNITS} units; truth: exact road times of all of them",
            details={"most seconds lost": verdict.worst_s},
        )
    ]


def judged(router: Router, extent: Extent, *, incidents: int, units: int) -> Verdict:
    """Compare for random incidents whom the recommendation offers first with all road times."""
    rng = random.Random(SEED)  # noqa: S311  repeatable, and nothing secret
    crews = [_crew(number, extent, rng) for number in range(units)]
    lost = []
    for _ in range(incidents):
        capability = rng.choice(("patrol", "fire", "rescue", "ambulance"))
        place = somewhere(extent, extent.centre, rng)
        able = [one for one in crews if capability in one.unit.capabilities]
        lost.append(_lost_s(router, able, place, capability))
    known = np.array([one for one in lost if one is not None])
    return Verdict(
        share=100 * float((known <= SAME_S).mean()),
        incidents=len(known),
        worst_s=float(known.max()),
    )


def _lost_s(router: Router, able: Sequence[Crew], place: Point, capability: str) -> float | None:
    """How much later the first offered is there than the soonest; None where nobody gets there."""
    times = router.travel_times_by_profile(to=place, origins=[one.origin for one in able])
    truth = {one.unit.id: t.seconds for one, t in zip(able, times, strict=True) if t.seconds}
    offered = _first_offered(router, able, place, capability)
    if not truth or offered not in truth:
        return None if not truth else np.inf
    return truth[offered] - min(truth.values())


def _first_offered(
    router: Router, able: Sequence[Crew], place: Point, capability: str
) -> UUID | None:
    """As the service does it: the nearest by the straight line, then the road."""
    lons = np.array([one.fix.point.lon for one in able])
    lats = np.array([one.fix.point.lat for one in able])
    order = np.argsort(distances_m(place, lons=lons, lats=lats), kind="stable")[:NEAR_MAX]
    near = [able[at] for at in order.tolist()]
    times = router.travel_times_by_profile(
        to=place, origins=[one.origin for one in near], nearest=NEAREST
    )
    candidates = [
        Candidate(
            unit=one.unit,
            fix=one.fix,
            travel=Travel(duration_s=time.seconds, distance_m=time.metres, estimated=time.estimated)
            if time.seconds is not None and time.metres is not None
            else None,
        )
        for one, time in zip(near, times, strict=True)
    ]
    plan = Plan(requirements=(Requirement(capability=capability, count=1),))
    advice = recommend(plan, Known(candidates=candidates), now=AT)
    return advice.units[0].unit_id if advice.units else None


def _crew(number: int, extent: Extent, rng: random.Random) -> Crew:
    kind = list(UnitKind)[number % len(UnitKind)]
    identity = UUID(int=number + 1)
    unit = Unit(
        id=identity,
        callsign=f"Q{number:05}",
        version=1,
        agency="POL",
        kind=kind,
        profile=DEFAULT_PROFILES[kind].value,
        capabilities=DEFAULT_CAPABILITIES[kind],
        availability=AVAILABILITY_OF[Activity.IN_SERVICE],
        activity=Activity.IN_SERVICE,
        assignment=None,
        emergency=False,
        status_at=AT,
        reason=None,
    )
    fix = Fix(
        unit_id=identity,
        point=somewhere(extent, extent.centre, rng),
        occurred_at=AT,
        recorded_at=AT,
        accuracy_m=10.0,
        speed_mps=None,
        heading_deg=None,
    )
    return Crew(unit, fix)
