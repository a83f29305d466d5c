"""Values for tests: ordinary in everything that a test does not name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dispatch.domain.alarm import Alarm, AlarmState
from dispatch.domain.call import Call, CallState
from dispatch.domain.codes import Activity, UnitKind
from dispatch.domain.incident import Assignment, Incident, IncidentStatus
from dispatch.domain.positions import Fix, RawFix
from dispatch.domain.response_plan import agencies_of, plan_of
from dispatch.domain.unit import ASSIGNED_ACTIVITIES, AVAILABILITY_OF, Unit
from dispatch.repository import shipped_rules
from gis.geodesy import destination
from gis.geometry import Location, Point
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id

T0 = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
CENTRE_POINT = Point(lon=-57.6333, lat=-25.2822)
DISPATCHER = Author(id=UUID("01930000-0000-7000-8000-000000000014"), name="despacho1")
OTHER_DISPATCHER = Author(id=UUID("01930000-0000-7000-8000-000000000015"), name="despacho2")


def at(seconds: float) -> datetime:
    """The instant that many seconds after T0."""
    return T0 + timedelta(seconds=seconds)


def point(*, east_m: float = 0.0, north_m: float = 0.0) -> Point:
    """A point that far from the centre of the test city."""
    eastward = destination(CENTRE_POINT, bearing_deg=90.0, distance_m=east_m)
    return destination(eastward, bearing_deg=0.0, distance_m=north_m)


def location(*, east_m: float = 0.0, north_m: float = 0.0, uncertainty_m: float = 10.0) -> Location:
    return Location(point=point(east_m=east_m, north_m=north_m), uncertainty_m=uncertainty_m)


def a_call(**changes: object) -> Call:
    call = Call(
        id=new_id(),
        number="2026-000001",
        version=1,
        state=CallState.WAITING,
        source="phone",
        caller_number="+595981000001",
        narrative="Humo en un edificio",
        address_text=None,
        location=location(),
        address=None,
        zones=(),
        incident_id=None,
        taken_by=None,
        disposition=None,
        received_at=T0,
        occurred_at=T0,
        overdue=False,
    )
    return replace(call, **changes)  # type: ignore[arg-type]


def an_incident(kind: str = "disturbance", **changes: object) -> Incident:
    known = shipped_rules().types.chosen(kind)
    incident = Incident(
        id=new_id(),
        number="2026-000001",
        version=1,
        status=IncidentStatus.NEW,
        type=kind,
        priority=known.priority,
        location=location(),
        address=None,
        zones=(),
        narrative=None,
        plan=known.plan,
        agencies=agencies_of(known.agency, known.plan),
        call_ids=(),
        alarm_ids=(),
        notes=(),
        assignments=(),
        disposition=None,
        merged_into=None,
        opened_at=T0,
        closed_at=None,
        overdue=False,
    )
    if "plan" in changes and isinstance(changes["plan"], str):
        changes["plan"] = plan_of(changes["plan"])
    return replace(incident, **changes)  # type: ignore[arg-type]


def an_assignment(**changes: object) -> Assignment:
    made = Assignment(
        id=new_id(), incident_id=new_id(), unit_id=new_id(), callsign="L01", assigned_at=T0
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def a_unit(activity: str = "in_service", **changes: object) -> Unit:
    doing = Activity(activity)
    unit_id = new_id()
    busy = doing in ASSIGNED_ACTIVITIES
    values: dict[str, object] = {
        "id": unit_id,
        "callsign": "L01",
        "version": 1,
        "agency": "POL",
        "kind": UnitKind.PATROL,
        "profile": "patrol",
        "capabilities": ("patrol",),
        "availability": AVAILABILITY_OF[doing],
        "activity": doing,
        "assignment": an_assignment(unit_id=unit_id) if busy else None,
        "emergency": False,
        "status_at": T0,
        "reason": None,
    }
    return Unit(**(values | changes))  # type: ignore[arg-type]


def an_alarm(**changes: object) -> Alarm:
    alarm = Alarm(
        id=new_id(),
        number="2026-000001",
        version=1,
        state=AlarmState.RAISED,
        kind="intrusion",
        priority=2,
        agency="POL",
        camera_id=new_id(),
        camera_name="Puerto 041",
        zone_name="Portón norte",
        location=location(),
        detected_at=T0,
        raised_at=T0,
        snapshot=None,
        incident_id=None,
        reason=None,
        by=None,
    )
    return replace(alarm, **changes)  # type: ignore[arg-type]


def a_raw_fix(
    seconds: float = 0.0, *, east_m: float = 0.0, north_m: float = 0.0, **changes: object
) -> RawFix:
    where = point(east_m=east_m, north_m=north_m)
    fix = RawFix(lon=where.lon, lat=where.lat, occurred_at=at(seconds), accuracy_m=5.0)
    return replace(fix, **changes)  # type: ignore[arg-type]


def a_fix(
    seconds: float = 0.0, *, east_m: float = 0.0, north_m: float = 0.0, **changes: object
) -> Fix:
    fix = Fix(
        unit_id=new_id(),
        point=point(east_m=east_m, north_m=north_m),
        occurred_at=at(seconds),
        recorded_at=at(seconds),
        accuracy_m=5.0,
        speed_mps=None,
        heading_deg=None,
    )
    return replace(fix, **changes)  # type: ignore[arg-type]
