"""What goes out over HTTP as reports."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from ops_center.api.shapes import Out


class ReportName(StrEnum):
    RESPONSE_TIMES = "response-times"
    CALLS = "calls"
    QUEUES = "queues"
    WORKLOAD = "workload"
    OVERRIDES = "overrides"
    ALARMS = "alarms"


class Language(StrEnum):
    ES = "es"
    GN = "gn"
    EN = "en"


class SourceOut(Out):
    """Another centre's records; `basis` is what one row of them is."""

    name: str
    title: str
    basis: str
    timezone: str
    read: int
    kept: int
    refused: dict[str, int]
    doubtful: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    imported_at: datetime


class SourcesOut(Out):
    items: list[SourceOut]


class ReportOut(Out):
    """Every report says what it is about; `source` is null for the centre's own work."""

    name: str
    start: datetime
    end: datetime
    timezone: str
    source: str | None


class IntervalOut(Out):
    """`basis`: what it is counted for; `label`: the stamps it lies between."""

    name: str
    label: str
    start: str
    ends: list[str]
    basis: str
    clock: str | None


class FigureOut(Out):
    """Seconds. `target_s` is null where there is none or several; `within` is a share of n."""

    n: int
    p50: float | None
    p90: float | None
    p95: float | None
    mean: float | None
    missing: int
    negative: int
    target_s: float | None
    within: float | None


class IntervalsOut(Out):
    """One group; `withheld`: its few protected incidents are left out."""

    group: str | None
    label: str
    count: int
    calls: int
    withheld: bool
    answer: FigureOut
    entry: FigureOut
    process: FigureOut
    dispatch: FigureOut
    turnout: FigureOut
    travel: FigureOut
    arrival: FigureOut
    response: FigureOut
    first_arrival: FigureOut
    scene: FigureOut
    transport: FigureOut
    hospital: FigureOut
    task: FigureOut


class ResponseTimesOut(ReportOut):
    group_by: str
    intervals: list[IntervalOut]
    rows: list[IntervalsOut]
    truncated: bool


class ClassOut(Out):
    code: str
    n: int
    real: int | None
    not_real: int | None


class CallClassesOut(ReportOut):
    total: int
    real: int | None
    not_real: int | None
    undecided: int | None
    real_share: float | None
    answered: int | None
    abandoned: int | None
    lists: dict[str, list[ClassOut]]


class QueuePointOut(Out):
    at: datetime
    mean: float
    most: int


class QueueHourOut(Out):
    hour: int
    mean: float
    most: int


class QueueOut(Out):
    most: int
    series: list[QueuePointOut]
    over_the_day: list[QueueHourOut]


class QueuesOut(ReportOut):
    """`calls` is null for people of one agency: that queue is the centre's alone."""

    step_s: int
    calls: QueueOut | None
    incidents: QueueOut


class OperatorOut(Out):
    """`dispatches` and `handling_s` are null for periods over 31 days: the journal tells them."""

    name: str
    calls: int
    real_calls: int
    handling_s: float | None
    alarms: int
    notes: int
    dispatches: int | None


class UnitLoadOut(Out):
    callsign: str
    agency: str
    kind: str
    orders: int
    incidents: int
    busy_s: float
    duty_s: float | None
    utilisation: float | None


class WorkloadOut(ReportOut):
    operators: list[OperatorOut] | None
    units: list[UnitLoadOut]


class OverrideOut(Out):
    number: str | None
    type: str | None
    priority: int
    callsign: str
    agency: str
    at: datetime
    reason: str | None
    eta_s: float | None
    best_eta_s: float | None
    actual_s: float | None
    foreseen_s: float | None
    measured_s: float | None


class OverridesOut(ReportOut):
    """Seconds lost (above 0) or gained against the best that was offered."""

    orders: int
    advised: int
    followed: int
    overrides: int
    share: float | None
    foreseen_n: int
    foreseen_s: float | None
    measured_n: int
    measured_s: float | None
    items: list[OverrideOut]


class AlarmLoadOut(ReportOut):
    raised: int
    per_hour: float
    most_in_10_min: int
    flood_windows: int
    windows: int
    sources: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    hours: list[dict[str, Any]]
    operators: list[dict[str, Any]]
