"""The short lists of a control room: dispositions, unit statuses, reasons, kinds of unit.

The Guaraní labels are drafts and must be reviewed by a native speaker before they are relied on.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dispatch.domain.incident_types import INCIDENT_TYPES, IncidentType, Labels
from dispatch.domain.response_plan import AGENCIES
from gis.travel import Profile
from ops_center.kernel.errors import Invalid

PRIORITY_HIGHEST = 1
PRIORITY_LOWEST = 4


class Availability(StrEnum):
    """First level of a unit's status: EIDO primaryUnitStatus (NENA-STA-021.1b)."""

    AVAILABLE = "available"
    CONDITIONALLY_AVAILABLE = "conditionally_available"
    NOT_AVAILABLE = "not_available"


class Activity(StrEnum):
    """Second level: what the unit does, a subset of EIDO secondaryUnitStatus."""

    IN_SERVICE = "in_service"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    TRANSPORTING = "transporting"
    AT_HOSPITAL = "at_hospital"
    BREAK = "break"
    OFF_DUTY = "off_duty"
    OUT_OF_SERVICE = "out_of_service"


class UnitKind(StrEnum):
    PATROL = "patrol"
    MOTORCYCLE = "motorcycle"
    AMBULANCE = "ambulance"
    FIRE_ENGINE = "fire_engine"
    RESCUE = "rescue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    code: str
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCode:
    """A status a crew can report, and the two levels it stands for."""

    code: str
    availability: Availability
    activity: Activity
    labels: Labels


def _codes(*rows: tuple[str, str, str, str]) -> dict[str, Code]:
    return {code: Code(code=code, labels=Labels(es=es, gn=gn, en=en)) for code, es, gn, en in rows}


CALL_DISPOSITIONS: Final = _codes(
    ("emergency", "Emergencia atendida", "Apañuãi ojehecháva", "Emergency handled"),
    ("silent", "No contesta", "Noñe'ẽi", "Nobody speaks"),
    ("children", "Niños jugando", "Mitã oñembosaráiva", "Children playing"),
    ("information", "Pide información", "Oikuaaséva", "Asks for information"),
    ("misdial", "Número equivocado", "Papapy jejavy", "Wrong number"),
    ("accidental", "Llamada accidental", "Ñehenói oiko reíva", "Accidental call"),
    ("insult", "Insultos", "Ñe'ẽ rei", "Insults"),
    ("prank", "Broma", "Ñembohory", "Prank"),
    ("test", "Prueba", "Ñeha'ã", "Test"),
    ("duplicate", "Hecho ya registrado", "Ojekuaáma", "Already known"),
    ("transferred", "Derivada a otra institución", "Oñembohasáva ambue atýpe", "Transferred"),
    ("not_emergency", "No es emergencia", "Ndaha'éi apañuãi", "Not an emergency"),
    ("dropped", "Se cortó", "Oñekytĩva", "Line dropped"),
)

INCIDENT_DISPOSITIONS: Final = _codes(
    ("resolved", "Resuelto en el lugar", "Oñemoĩporãva upépe", "Resolved on scene"),
    ("arrest", "Con aprehendido", "Oñeñapytĩva", "Arrest made"),
    ("report_taken", "Denuncia tomada", "Ñemombe'u ojejapóva", "Report taken"),
    ("transported", "Trasladado a un hospital", "Ojegueraháva tasyópe", "Taken to hospital"),
    ("treated", "Atendido sin traslado", "Oñepohãnóva upépe", "Treated on scene"),
    ("deceased", "Fallecido", "Omanóva", "Deceased"),
    ("extinguished", "Fuego extinguido", "Tata oñembogue", "Fire put out"),
    ("not_found", "No se encontró nada", "Ndojejuhúi mba'eve", "Nothing found"),
    ("refused", "Rechazó la ayuda", "Ndoipotái pytyvõ", "Help refused"),
    ("handed_over", "Entregado a otra institución", "Oñeme'ẽva ambue atýpe", "Handed over"),
    ("false_alarm", "Falsa alarma", "Marandu japu", "False alarm"),
    ("no_unit", "Sin móvil disponible", "Ndaipóri mba'yrumýi", "No unit available"),
    ("cancelled", "Cancelado por quien llamó", "Ohenóiva omboyke", "Cancelled by the caller"),
)

ALARM_REASONS: Final = _codes(
    ("false_alarm", "Falsa alarma", "Marandu japu", "False alarm"),
    ("nothing_seen", "No se ve nada", "Ndojehechái mba'eve", "Nothing to be seen"),
    ("animal", "Animal", "Mymba", "Animal"),
    ("weather", "Lluvia, viento o sombra", "Ama, yvytu térã kuarahy'ã", "Rain, wind or shadow"),
    ("authorised", "Actividad autorizada", "Oguerekóva ñemoneĩ", "Authorised activity"),
    ("camera_fault", "Falla de la cámara", "Ta'ãngamýi oñembyaíva", "Camera fault"),
    ("test", "Prueba", "Ñeha'ã", "Test"),
    ("duplicate", "Ya registrada", "Ojekuaáma", "Already known"),
    ("pressed_by_mistake", "Pulsado sin querer", "Oñembopu jejavy rupi", "Pressed by mistake"),
    ("resolved", "Resuelto", "Oñemoĩporãma", "Resolved"),
)


def _status(
    activity: Activity, availability: Availability, labels: Labels, *, code: str | None = None
) -> StatusCode:
    return StatusCode(
        code=code or activity.value, availability=availability, activity=activity, labels=labels
    )


_BUSY = Availability.NOT_AVAILABLE
_STATUSES: Final = (
    _status(Activity.ACKNOWLEDGED, _BUSY, Labels(es="Recibido", gn="Ohupytýma", en="Acknowledged")),
    _status(Activity.EN_ROUTE, _BUSY, Labels(es="En camino", gn="Oho hína", en="En route")),
    _status(Activity.ON_SCENE, _BUSY, Labels(es="En el lugar", gn="Oĩma upépe", en="On scene")),
    _status(
        Activity.TRANSPORTING,
        _BUSY,
        Labels(es="Trasladando", gn="Ogueraha hína", en="Transporting"),
    ),
    _status(
        Activity.AT_HOSPITAL, _BUSY, Labels(es="En el hospital", gn="Tasyópe", en="At hospital")
    ),
    _status(
        Activity.IN_SERVICE,
        Availability.AVAILABLE,
        Labels(es="Liberado", gn="Opáma", en="Clear"),
        code="clear",
    ),
    _status(
        Activity.IN_SERVICE,
        Availability.AVAILABLE,
        Labels(es="En servicio", gn="Omba'apo hína", en="In service"),
    ),
    _status(
        Activity.BREAK,
        Availability.CONDITIONALLY_AVAILABLE,
        Labels(es="En descanso", gn="Opytu'u", en="On a break"),
    ),
    _status(Activity.OFF_DUTY, _BUSY, Labels(es="Fuera de turno", gn="Nomba'apói", en="Off duty")),
    _status(
        Activity.OUT_OF_SERVICE,
        _BUSY,
        Labels(es="Fuera de servicio", gn="Ndoikói", en="Out of service"),
    ),
)
UNIT_STATUSES: Final[dict[str, StatusCode]] = {status.code: status for status in _STATUSES}

DEFAULT_CAPABILITIES: Final[dict[UnitKind, tuple[str, ...]]] = {
    UnitKind.PATROL: ("patrol",),
    UnitKind.MOTORCYCLE: ("patrol",),
    UnitKind.AMBULANCE: ("ambulance",),
    UnitKind.FIRE_ENGINE: ("fire",),
    UnitKind.RESCUE: ("rescue",),
}
DEFAULT_PROFILES: Final[dict[UnitKind, Profile]] = {
    UnitKind.PATROL: Profile.PATROL,
    UnitKind.MOTORCYCLE: Profile.MOTORCYCLE,
    UnitKind.AMBULANCE: Profile.AMBULANCE,
    UnitKind.FIRE_ENGINE: Profile.FIRE_ENGINE,
    UnitKind.RESCUE: Profile.FIRE_ENGINE,
}


def incident_type(code: str) -> IncidentType:
    """Return the type of that code, or Invalid."""
    found = INCIDENT_TYPES.get(code)
    if found is None:
        raise Invalid(
            f"There is no incident type {code!r}. GET /api/v1/codes lists them.", field="type"
        )
    return found


def one_of(table: dict[str, Code], code: str, *, field: str) -> str:
    """Return `code` when the table has it, or Invalid naming the ones it has."""
    if code not in table:
        raise Invalid(f"{field} must be one of: {', '.join(table)}.", field=field)
    return code


def unit_status(code: str) -> StatusCode:
    """Return the two levels a reported status stands for, or Invalid."""
    found = UNIT_STATUSES.get(code)
    if found is None:
        raise Invalid(f"status must be one of: {', '.join(UNIT_STATUSES)}.", field="status")
    return found


def unit_kind(code: str) -> UnitKind:
    """Return the kind of that code, or Invalid."""
    try:
        return UnitKind(code)
    except ValueError:
        raise Invalid(f"kind must be one of: {', '.join(UnitKind)}.", field="kind") from None


def profile(code: str) -> str:
    """Return the routing profile of that code, or Invalid."""
    try:
        return Profile(code).value
    except ValueError:
        raise Invalid(f"profile must be one of: {', '.join(Profile)}.", field="profile") from None


def agency(code: str) -> str:
    """Return the agency's code when it is one of ours, or Invalid."""
    if code not in AGENCIES:
        raise Invalid(f"agency must be one of: {', '.join(AGENCIES)}.", field="agency")
    return code


def priority(value: int) -> int:
    """Return the priority when it is 1 to 4, or Invalid."""
    if not PRIORITY_HIGHEST <= value <= PRIORITY_LOWEST:
        raise Invalid("priority is 1 (life in danger now) to 4 (can wait).", field="priority")
    return value
