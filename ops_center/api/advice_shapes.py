"""A recommendation and coverage as they go out over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from ops_center.api.shapes import Out


class ReasonOut(Out):
    """`code` is one of docs/recommendation.md; `params` go into its sentence."""

    code: str
    params: dict[str, Any]


class NextBestOut(Out):
    unit_id: UUID
    callsign: str
    eta_s: float | None
    loses_s: float
    reasons: list[ReasonOut]


class RecommendedUnitOut(Out):
    unit_id: UUID
    callsign: str
    role: str
    eta_s: float | None
    distance_m: float | None
    position_age_s: float | None
    reasons: list[ReasonOut]
    instead_of: list[NextBestOut]


class ShortfallOut(Out):
    capability: str
    missing: int
    reason: str
    because: list[ReasonOut]


class DivertedFromOut(Out):
    incident_id: UUID
    number: str
    type: str
    priority: int


class DivertOut(Out):
    unit_id: UUID
    callsign: str
    role: str
    eta_s: float
    saves_s: float | None
    from_: DivertedFromOut = Field(alias="from")
    reasons: list[ReasonOut]


class LostOut(Out):
    zone_id: UUID
    zone: str
    capability: str
    before_s: float | None
    after_s: float | None
    lost_s: float
    weight: float


class GainOut(Out):
    zone_id: UUID
    zone: str
    capability: str
    gained_s: float


class SpotOut(Out):
    lon: float
    lat: float


class PostOut(Out):
    label: str
    location: SpotOut


class MoveUpOut(Out):
    unit_id: UUID
    callsign: str
    capability: str
    to: PostOut
    eta_s: float
    gain_s: float
    gains: list[GainOut]


class RunCardOut(Out):
    id: str
    name: str
    labels: dict[str, str]
    version: int
    because: list[ReasonOut]


class LeftBehindOut(Out):
    """`coverage_state` is ready, coverage-not-ready, or unavailable."""

    coverage: dict[str, list[LostOut]]
    move_ups: list[MoveUpOut]
    coverage_state: str


class RecommendationOut(LeftBehindOut):
    plan: dict[str, Any]
    run_card: RunCardOut | None
    units: list[RecommendedUnitOut]
    runners_up: list[RecommendedUnitOut]
    shortfalls: list[ShortfallOut]
    first_arrival_s: float | None
    complete_arrival_s: float | None
    diverts: list[DivertOut]
    as_of: datetime


class CoverageRowOut(Out):
    zone_id: UUID
    zone: str
    capability: str
    expected_s: float | None
    nearest: str | None
    weight: float


class CoverageOut(Out):
    capability: str
    coverage_state: str
    zones: list[CoverageRowOut]
    as_of: datetime
