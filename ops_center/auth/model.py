"""Roles, permissions and what an Actor may see: pure, deny by default, one table each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from ops_center.kernel.errors import Forbidden
from ops_center.kernel.events import Author

CENTRE_AGENCY = "CENTRO"
EVERYONE = "everyone"  # the audience of facts about the city: whoever has the permission
FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
SESSION_LENGTH = timedelta(hours=12)  # one shift


class Permission(StrEnum):
    CALLS_READ = "calls.read"
    CALLS_WRITE = "calls.write"
    INCIDENTS_READ = "incidents.read"
    INCIDENTS_WRITE = "incidents.write"
    PROTECTED_READ = "protected.read"
    PREMISES_WRITE = "premises.write"
    UNITS_READ = "units.read"
    UNITS_WRITE = "units.write"
    UNITS_REPORT_OWN = "units.report_own"
    UNITS_REPORT_ANY = "units.report_any"
    UNITS_ASSIGN = "units.assign"
    ALARMS_READ = "alarms.read"
    ALARMS_HANDLE = "alarms.handle"
    ALARMS_RAISE = "alarms.raise"
    ALARM_SOURCES_WRITE = "alarm_sources.write"
    CAMERAS_READ = "cameras.read"
    CAMERAS_VIEW = "cameras.view"
    CAMERAS_WRITE = "cameras.write"
    HISTORY_READ = "history.read"
    GEOGRAPHY_READ = "geography.read"
    GEOGRAPHY_WRITE = "geography.write"
    RULES_WRITE = "rules.write"
    REPORTS_READ = "reports.read"
    PLACES_REPORT = "places.report"
    CLOSURES_WRITE = "closures.write"
    USERS_WRITE = "users.write"


class Role(StrEnum):
    CALL_TAKER = "call_taker"
    DISPATCHER = "dispatcher"
    WALL_OPERATOR = "wall_operator"
    RESPONDER = "responder"
    SUPERVISOR = "supervisor"
    GIS = "gis_officer"
    ADMIN = "admin"
    AUDITOR = "auditor"
    MACHINE = "machine"  # gateways: telephony, vehicle location


P = Permission
_WATCH = frozenset(
    {P.INCIDENTS_READ, P.UNITS_READ, P.ALARMS_READ, P.CAMERAS_READ, P.GEOGRAPHY_READ}
)
_TAKE_CALLS = _WATCH | {
    P.CALLS_READ,
    P.CALLS_WRITE,
    P.INCIDENTS_WRITE,
    P.PROTECTED_READ,
    P.PLACES_REPORT,
}
_DISPATCH = _TAKE_CALLS | {
    P.UNITS_ASSIGN,
    P.UNITS_REPORT_ANY,
    P.PREMISES_WRITE,
    P.ALARMS_HANDLE,
    P.CAMERAS_VIEW,
    P.CLOSURES_WRITE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CALL_TAKER: _TAKE_CALLS,
    Role.DISPATCHER: _DISPATCH,
    Role.WALL_OPERATOR: _WATCH | {P.ALARMS_HANDLE, P.CAMERAS_VIEW, P.INCIDENTS_WRITE},
    Role.RESPONDER: frozenset(
        {P.INCIDENTS_READ, P.UNITS_READ, P.UNITS_REPORT_OWN, P.GEOGRAPHY_READ}
    ),
    Role.SUPERVISOR: _DISPATCH
    | {
        P.HISTORY_READ,
        P.UNITS_WRITE,
        P.GEOGRAPHY_WRITE,
        P.RULES_WRITE,
        P.ALARM_SOURCES_WRITE,
        P.REPORTS_READ,
    },
    Role.GIS: frozenset({P.GEOGRAPHY_READ, P.GEOGRAPHY_WRITE, P.PLACES_REPORT, P.CLOSURES_WRITE}),
    Role.ADMIN: _WATCH
    | {
        P.REPORTS_READ,
        P.GEOGRAPHY_WRITE,
        P.PLACES_REPORT,
        P.CLOSURES_WRITE,
        P.UNITS_WRITE,
        P.RULES_WRITE,
        P.ALARM_SOURCES_WRITE,
        P.CAMERAS_WRITE,
        P.CAMERAS_VIEW,
        P.HISTORY_READ,
        P.USERS_WRITE,
    },
    Role.AUDITOR: _WATCH | {P.REPORTS_READ, P.CALLS_READ, P.HISTORY_READ},
    Role.MACHINE: frozenset(
        {
            P.CALLS_WRITE,
            P.CALLS_READ,
            P.UNITS_READ,
            P.UNITS_REPORT_ANY,
            P.GEOGRAPHY_READ,
            P.ALARMS_RAISE,
        }
    ),
}

# Which permission lets a person see an entry. A kind that stands in no row is shown to nobody.
_FAMILY_PERMISSION = {
    "call": P.CALLS_READ,
    "incident": P.INCIDENTS_READ,
    "premise": P.INCIDENTS_READ,
    "unit": P.UNITS_READ,
    "shift": P.UNITS_READ,
    "alarm": P.ALARMS_READ,
    "alarm_source": P.ALARMS_READ,
    "camera": P.CAMERAS_READ,
    "closure": P.GEOGRAPHY_READ,
    "layer": P.GEOGRAPHY_READ,
    "gazetteer": P.GEOGRAPHY_READ,
    "rules": P.INCIDENTS_READ,
    "records": P.REPORTS_READ,
    "session": P.HISTORY_READ,
    "user": P.HISTORY_READ,
}
_KIND_PERMISSION = {
    "incident.viewed": P.HISTORY_READ,
    "camera.viewing_started": P.HISTORY_READ,
    "camera.viewing_ended": P.HISTORY_READ,
    "camera.still_viewed": P.HISTORY_READ,
    "unit.movements_read": P.HISTORY_READ,
}
# Facts of one family that also change an incident: whoever is shown the incident must hear them,
# or their copy of it would grow stale. They hold nothing that the incident does not show.
_CHANGE_INCIDENTS_TOO = frozenset({"call.linked", "alarm.verified"})


def permission_for_kind(kind: str) -> Permission | None:
    """Return what it takes to see entries of `kind`; None means nobody may."""
    return _KIND_PERMISSION.get(kind) or _FAMILY_PERMISSION.get(kind.partition(".")[0])


@cache
def _permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """What several roles may do together; asked for every entry on its way to every console."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How far a person's sight reaches: None in both means the whole centre."""

    agency: str | None = None
    unit: UUID | None = None

    @property
    def whole(self) -> bool:
        return self.agency is None and self.unit is None

    def covers(self, audience: frozenset[str]) -> bool:
        """Whether facts told to `audience` reach this person."""
        if EVERYONE in audience:
            return True
        if self.unit is not None:
            return f"unit:{self.unit}" in audience
        return self.agency is None or f"agency:{self.agency}" in audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or machine that signed in, with all that decides what it may do."""

    id: UUID
    username: str
    display_name: str
    roles: frozenset[Role]
    agency: str
    unit_id: UUID | None = None

    @property
    def author(self) -> Author:
        return Author(id=self.id, name=self.username)

    @property
    def permissions(self) -> frozenset[Permission]:
        return _permissions_of(self.roles)

    @property
    def access(self) -> Access:
        """Return the reach of this person's sight."""
        if self.roles == {Role.RESPONDER}:
            return Access(unit=self.unit_id or self.id)
        return Access(agency=None if self.agency == CENTRE_AGENCY else self.agency)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def knows(self, units: Collection[UUID]) -> bool:
        """Whether a protected incident that `units` work on is shown to this person unmasked."""
        return self.may(Permission.PROTECTED_READ) or self.unit_id in units

    def require(self, permission: Permission) -> None:
        """Raise Forbidden, naming what is missing, unless the permission is held."""
        if not self.may(permission):
            raise Forbidden(
                f"Your roles ({', '.join(sorted(self.roles))}) do not include {permission}. "
                "Ask an administrator.",
                permission=str(permission),
            )

    def sees(self, kind: str, audience: frozenset[str]) -> bool:
        """Whether an entry of `kind`, told to `audience`, may be shown to this person."""
        needed = permission_for_kind(kind)
        if needed is None or not self.access.covers(audience):
            return False
        through_incident = kind in _CHANGE_INCIDENTS_TOO and self.may(Permission.INCIDENTS_READ)
        return self.may(needed) or through_incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How often in a row a password was wrong, and until when no further try counts."""

    failures: int = 0
    until: datetime | None = None

    def closed(self, now: datetime) -> bool:
        return self.until is not None and now < self.until

    def after_failure(self, now: datetime) -> "Lock":
        failures = (0 if self.until and now >= self.until else self.failures) + 1
        until = now + LOCKED_FOR if failures >= FAILURES_BEFORE_LOCK else None
        return Lock(failures=failures, until=until)
