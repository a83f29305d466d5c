"""Unit statuses: labels, what may follow what, welfare intervals, and how positions are read.

What no document may change stands in `_laws`: a unit without an order is never on scene, nobody
leaves an order but by `clear`, and nobody is trapped in a status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final

from dispatch.domain.codes import Activity, Availability, UnitKind
from dispatch.domain.labels import Labels
from dispatch.domain.response_plan import AGENCIES
from dispatch.domain.rules.reading import Part, read, unique
from dispatch.domain.unit import ASSIGNED_ACTIVITIES, AVAILABILITY_OF, CLEAR, CROSS_STAFFED
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import Invalid

REASON: Final = "reason"
OUT_REASON: Final = "out_reason"
HOSPITAL: Final = "hospital"
ASKED: Final = (REASON, OUT_REASON, HOSPITAL)
# Statuses that the centre itself reports, or that every crew must be able to say.
NEEDED: Final[Mapping[str, Activity]] = {
    **{one.value: one for one in Activity if one is not Activity.DISPATCHED},
    CLEAR: Activity.IN_SERVICE,
}
# What a unit that left a scene may be doing, beside having ended its order.
LEAVING: Final = frozenset({Activity.TRANSPORTING})
INTERVAL_MIN_S: Final = 5
INTERVAL_MAX_S: Final = 86_400
EXCEPTIONS_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStatus:
    """A status a crew can report: its two levels, its names in EIDO, what it asks and needs."""

    code: str
    availability: Availability
    activity: Activity
    labels: Labels
    eido: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutReason:
    """Why a unit is out of service; `active` ones can be chosen."""

    code: str
    labels: Labels
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Other transitions for units of these agencies and kinds (none named: all)."""

    agencies: tuple[str, ...]
    kinds: tuple[UnitKind, ...]
    start: Activity
    to: frozenset[str]

    def covers(self, agency: str, kind: UnitKind) -> bool:
        return (not self.agencies or agency in self.agencies) and (
            not self.kinds or kind in self.kinds
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WelfareInterval:
    """How often a unit that does this is asked for; of these incident types, or of all."""

    activity: Activity
    types: tuple[str, ...]
    interval_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WelfareRules:
    """`repeat_s` after a miss it is asked again; `alarm_after` misses raise an alarm."""

    repeat_s: int
    alarm_after: int
    intervals: tuple[WelfareInterval, ...]

    def interval_s(self, activity: Activity, incident_type: str | None) -> int | None:
        """Return the seconds between check-ins, None where nobody is asked."""
        fitting = [one for one in self.intervals if one.activity is activity]
        of_type = [one for one in fitting if incident_type in one.types]
        of_all = [one for one in fitting if not one.types]
        return next((one.interval_s for one in (*of_type, *of_all)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicsRules:
    """When positions propose a status: metres, seconds, metres per second."""

    arrive_m: int
    leave_m: int
    dwell_s: int
    slow_mps: int
    set_out_m: int
    hospital_m: int
    far_m: int
    fix_age_max_s: int
    left: Mapping[UnitKind, str]


@dataclass(frozen=True, kw_only=True)
class UnitStatuses:
    """All of it, by code and in the order of the document."""

    statuses: Mapping[str, UnitStatus]
    out_reasons: Mapping[str, OutReason]
    transitions: Mapping[Activity, frozenset[str]]
    exemptions: tuple[Exemption, ...]
    welfare: WelfareRules
    rest_after_s: int
    late_after_s: int
    physics: PhysicsRules

    def status(self, code: str) -> UnitStatus:
        """Return the status of that code, or Invalid naming those there are."""
        found = self.statuses.get(code)
        if found is None:
            raise Invalid(f"status must be one of: {', '.join(self.statuses)}.", field="status")
        return found

    def next(self, agency: str, kind: UnitKind, activity: Activity) -> frozenset[str]:
        """Return the codes that such a unit may report next."""
        for one in self.exemptions:
            if one.start is activity and one.covers(agency, kind):
                return one.to
        return self.transitions[activity]

    def out_reason(self, code: str) -> str:
        """Return the code when a person may choose it, or Invalid naming those there are."""
        if code not in self.usable_out_reasons:
            raise Invalid(
                f"out_reason must be one of: {', '.join(self.usable_out_reasons)}.",
                field=OUT_REASON,
            )
        return code

    @property
    def rest_after(self) -> timedelta:
        """How long a crew may work on orders without a break."""
        return timedelta(seconds=self.rest_after_s)

    @cached_property
    def usable_out_reasons(self) -> tuple[str, ...]:
        """The codes a person may choose; `cross_staffed` is the centre's own."""
        active = (one.code for one in self.out_reasons.values() if one.active)
        return tuple(code for code in active if code != CROSS_STAFFED)


def parse(document: JsonValue) -> UnitStatuses:
    """Return the rules of a document of unit statuses, or raise RulesInvalid."""
    return read(document, _statuses)


def _statuses(part: Part) -> UnitStatuses:
    part.only(
        "statuses", "out_reasons", "transitions", "exemptions", "welfare",
        "rest_after_s", "late_after_s", "physics",
    )  # fmt: skip
    rows = part["statuses"].each()
    unique(rows, "code", "status")
    known = {one.code: one for one in map(_status, rows)}
    for code, activity in NEEDED.items():
        if code not in known:
            part["statuses"].fault(f"lacks {code!r}, which the centre itself works with")
        elif known[code].activity is not activity:
            part["statuses"].fault(f"{code!r} must keep activity {activity.value}")
    transitions = _transitions(part["transitions"], known)
    return UnitStatuses(
        statuses=known,
        out_reasons=_out_reasons(part["out_reasons"]),
        transitions=transitions,
        exemptions=tuple(
            _exemption(one, known) for one in part["exemptions"].each(limit=EXCEPTIONS_MAX)
        ),
        welfare=_welfare(part["welfare"]),
        rest_after_s=part["rest_after_s"].whole(600, 86_400),
        late_after_s=part["late_after_s"].whole(0, 86_400),
        physics=_physics(part["physics"], known),
    )


def _status(part: Part) -> UnitStatus:
    part.only("code", "labels", "availability", "activity", "eido", "asks", "needs")
    activity = Activity(part["activity"].one_of(Activity))
    availability = Availability(part["availability"].one_of(Availability))
    if activity is Activity.DISPATCHED:
        part["activity"].fault("dispatched is what an order makes of a unit; nobody reports it")
    if availability is not AVAILABILITY_OF[activity]:
        part["availability"].fault(
            f"{activity.value} always means {AVAILABILITY_OF[activity].value}"
        )
    needs = tuple(one.one_of(ASKED) for one in part["needs"].each())
    return UnitStatus(
        code=part["code"].code(),
        availability=availability,
        activity=activity,
        labels=part["labels"].labels(),
        eido=tuple(one.text(limit=64) for one in part["eido"].each()),
        asks=tuple(dict.fromkeys([*(one.one_of(ASKED) for one in part["asks"].each()), *needs])),
        needs=needs,
    )


def _out_reasons(part: Part) -> Mapping[str, OutReason]:
    rows = part.each()
    unique(rows, "code", "reason")
    found = {}
    for row in rows:
        row.only("code", "labels", "active")
        code = row["code"].code()
        found[code] = OutReason(
            code=code, labels=row["labels"].labels(), active=row["active"].flag(default=True)
        )
    if CROSS_STAFFED not in found:
        part.fault(f"lacks {CROSS_STAFFED!r}, which the centre itself writes")
    if not any(one.active and code != CROSS_STAFFED for code, one in found.items()):
        part.fault("has no active reason: nobody could go out of service")
    return found


def _transitions(part: Part, known: Mapping[str, UnitStatus]) -> Mapping[Activity, frozenset[str]]:
    part.only(*Activity)
    found = {one: _to(part[one.value], one, known) for one in Activity}
    _laws(part, found, known)
    return found


def _to(part: Part, start: Activity, known: Mapping[str, UnitStatus]) -> frozenset[str]:
    """Read what may follow, and refuse what would break the tie between order and status."""
    if part.absent:
        part.fault("is missing: it must list what may follow")
    codes = frozenset(one.one_of(known) for one in part.each())
    busy = start in ASSIGNED_ACTIVITIES
    for code in sorted(codes & known.keys()):
        working = known[code].activity in ASSIGNED_ACTIVITIES
        if busy and not working and code != CLEAR:
            part.fault(f"{code!r} would leave the order open: only {CLEAR!r} ends it")
        if not busy and working:
            part.fault(f"{code!r} needs an order: a unit without one cannot be {code}")
        if not busy and code == CLEAR:
            part.fault(f"{CLEAR!r} ends an order, and here is none")
    if busy and CLEAR not in codes:
        part.fault(f"must allow {CLEAR!r}: a crew must be able to end its order")
    return codes


def _laws(
    part: Part, found: Mapping[Activity, frozenset[str]], known: Mapping[str, UnitStatus]
) -> None:
    """Refuse a document in which a unit without an order cannot come back into service."""
    reached = {Activity.IN_SERVICE}
    for _ in Activity:
        reached |= {
            one
            for one in Activity
            if any(known[code].activity in reached for code in found[one] if code in known)
        }
    for one in Activity:
        if one not in ASSIGNED_ACTIVITIES and one not in reached:
            part[one.value].fault("must lead back into service, directly or by other statuses")


def _exemption(part: Part, known: Mapping[str, UnitStatus]) -> Exemption:
    part.only("agencies", "kinds", "from", "to")
    start = Activity(part["from"].one_of(Activity))
    to = _to(part["to"], start, known)
    if start not in ASSIGNED_ACTIVITIES and start is not Activity.IN_SERVICE:
        back = any(known[code].activity is Activity.IN_SERVICE for code in to if code in known)
        if not back:
            part["to"].fault("must allow a status of activity in_service: nobody may be trapped")
    return Exemption(
        agencies=tuple(one.one_of(AGENCIES) for one in part["agencies"].each()),
        kinds=tuple(UnitKind(one.one_of(UnitKind)) for one in part["kinds"].each()),
        start=start,
        to=to,
    )


def _welfare(part: Part) -> WelfareRules:
    part.only("repeat_s", "alarm_after", "intervals")
    return WelfareRules(
        repeat_s=part["repeat_s"].whole(INTERVAL_MIN_S, INTERVAL_MAX_S),
        alarm_after=part["alarm_after"].whole(1, 10),
        intervals=tuple(_interval(one) for one in part["intervals"].each()),
    )


def _interval(part: Part) -> WelfareInterval:
    part.only("activity", "types", "interval_s")
    reported = [one for one in Activity if one is not Activity.DISPATCHED]
    return WelfareInterval(
        activity=Activity(part["activity"].one_of(reported)),
        types=tuple(one.code() for one in part["types"].each()),
        interval_s=part["interval_s"].whole(INTERVAL_MIN_S, INTERVAL_MAX_S),
    )


def _physics(part: Part, known: Mapping[str, UnitStatus]) -> PhysicsRules:
    part.only(
        "arrive_m", "leave_m", "dwell_s", "slow_mps", "set_out_m", "hospital_m", "far_m",
        "fix_age_max_s", "left",
    )  # fmt: skip
    allowed = [code for code, one in known.items() if code == CLEAR or one.activity in LEAVING]
    left = {
        UnitKind(name): row.one_of(allowed)
        for name, row in part["left"].members().items()
        if name in set(UnitKind)
    }
    part["left"].only(*UnitKind)
    return PhysicsRules(
        arrive_m=part["arrive_m"].whole(10, 1_000),
        leave_m=part["leave_m"].whole(20, 5_000),
        dwell_s=part["dwell_s"].whole(5, 600),
        slow_mps=part["slow_mps"].whole(1, 30),
        set_out_m=part["set_out_m"].whole(20, 5_000),
        hospital_m=part["hospital_m"].whole(20, 1_000),
        far_m=part["far_m"].whole(100, 50_000),
        fix_age_max_s=part["fix_age_max_s"].whole(10, 3_600),
        left=left,
    )
