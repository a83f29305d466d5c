"""What can have happened: incident types with Paraguayan defaults, their priority and plan.

The Guaraní labels are drafts and must be reviewed by a native speaker before they are relied on.
Priority 1 is life in danger now, 2 urgent, 3 soon, 4 when a unit is free.
"""

from dataclasses import dataclass
from typing import Final

from dispatch.domain.response_plan import Plan, plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    es: str
    gn: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentType:
    """A type's code, leading agency, default priority (1 to 4) and default plan."""

    code: str
    agency: str
    priority: int
    plan: Plan
    labels: Labels


# Columns: code - agency - priority - plan - Spanish - Guaraní (draft) - English.
_ROWS: Final = (
    ("noise", "POL", 4, "patrol:1", "Polución sonora", "Ayvu rasa", "Noise"),
    ("family_violence", "POL", 1, "patrol:1", "Violencia familiar", "Mbarete ogapýpe",
     "Family violence"),
    ("violence_against_child", "POL", 1, "patrol:1", "Violencia contra niño o niña",
     "Mbarete mitã rehe", "Violence against a child"),
    ("sexual_assault", "POL", 1, "patrol:1 ambulance:1", "Abuso sexual", "Jeporavai",
     "Sexual assault"),
    ("restraining_order", "POL", 1, "patrol:1", "Violación de medida de protección",
     "Ñangareko rembiapo jejapi", "Protection order breached"),
    ("disturbance", "POL", 3, "patrol:1", "Disturbio", "Sarambi", "Disturbance"),
    ("drunk_person", "POL", 4, "patrol:1", "Persona alcoholizada", "Oka'úva", "Drunk person"),
    ("fight", "POL", 2, "patrol:2", "Riña", "Ñorairõ", "Fight"),
    ("weapon", "POL", 1, "patrol:2", "Persona armada", "Tapicha iñarmáva", "Person with a weapon"),
    ("shots_fired", "POL", 1, "patrol:2", "Disparos de arma de fuego", "Mboka pu", "Shots fired"),
    ("robbery_in_progress", "POL", 1, "patrol:2", "Asalto en curso", "Mondaha oñemonda ko'ág̃a",
     "Robbery in progress"),
    ("robbery", "POL", 2, "patrol:1", "Asalto", "Mondaha mbarete rupi", "Robbery"),
    ("theft", "POL", 3, "patrol:1", "Hurto", "Monda", "Theft"),
    ("burglary", "POL", 2, "patrol:1", "Robo domiciliario", "Monda ógape", "Burglary"),
    ("vehicle_theft", "POL", 2, "patrol:1", "Robo de vehículo", "Mba'yrumýi monda",
     "Vehicle theft"),
    ("homicide", "POL", 1, "patrol:2 ambulance:1", "Homicidio", "Jejuka", "Homicide"),
    ("kidnapping", "POL", 1, "patrol:2", "Secuestro", "Jeguerahahai", "Kidnapping"),
    ("threat", "POL", 3, "patrol:1", "Amenaza", "Ñemongyhyje", "Threat"),
    ("drugs", "POL", 3, "patrol:1", "Drogas", "Ñanandy vai", "Drugs"),
    ("property_damage", "POL", 4, "patrol:1", "Daño a la propiedad", "Mba'e mbyai",
     "Property damage"),
    ("trespass", "POL", 3, "patrol:1", "Invasión de propiedad", "Jeike rei", "Trespass"),
    ("missing_person", "POL", 2, "patrol:1", "Persona desaparecida", "Tapicha okañýva",
     "Missing person"),
    ("suspicious_person", "POL", 3, "patrol:1", "Persona sospechosa", "Tapicha ojejesareko va'erã",
     "Suspicious person"),
    ("suicide_attempt", "SEME", 1, "ambulance:1 patrol:1", "Intento de suicidio",
     "Ojejukaséva", "Suicide attempt"),
    ("silent_call", "POL", 3, "patrol:1", "Verificar llamada silenciosa", "Ñehenói kirirĩ jehecha",
     "Check on a silent call"),
    ("panic_button", "POL", 1, "patrol:1", "Botón de pánico", "Votõ kyhyje", "Panic button"),
    ("unit_emergency", "POL", 1, "patrol:2", "Emergencia de un móvil", "Mba'yrumýi oikotevẽ pytyvõ",
     "Unit in danger"),
    ("camera_alarm", "POL", 3, "patrol:1", "Alarma de cámara", "Ta'ãngamýi momarandu",
     "Camera alarm"),
    ("assist_agency", "POL", 3, "patrol:1", "Apoyo a otra institución", "Pytyvõ ambue atýpe",
     "Assist another agency"),
    ("traffic_accident", "PMT", 3, "traffic:1", "Accidente de tránsito sin heridos",
     "Jejapi tapépe, ndaipóri ojejapíva", "Traffic accident, nobody injured"),
    ("traffic_accident_injured", "SEME", 1, "ambulance:1 patrol:1 rescue:1",
     "Accidente de tránsito con heridos", "Jejapi tapépe, oĩ ojejapíva",
     "Traffic accident with injured"),
    ("traffic_obstruction", "PMT", 4, "traffic:1", "Obstrucción de la vía", "Tape jejoko",
     "Road obstructed"),
    ("traffic_light", "PMT", 4, "traffic:1", "Semáforo averiado", "Semáforo oñembyaíva",
     "Traffic light out of order"),
    ("structure_fire", "CBVP", 1, "fire:2 rescue:1 ambulance:1", "Incendio de vivienda o edificio",
     "Óga okáiva", "Structure fire"),
    ("vehicle_fire", "CBVP", 2, "fire:1", "Incendio de vehículo", "Mba'yrumýi okáiva",
     "Vehicle fire"),
    ("grass_fire", "CBVP", 3, "fire:1", "Incendio de pastizal", "Kapi'i okáiva", "Grass fire"),
    ("rubbish_fire", "CBVP", 4, "fire:1", "Quema de basura", "Yty jehapy", "Rubbish fire"),
    ("gas_leak", "CBVP", 1, "fire:1", "Fuga de gas", "Gas oñehẽva", "Gas leak"),
    ("explosion", "CBVP", 1, "fire:2 ambulance:1", "Explosión", "Mbopu guasu", "Explosion"),
    ("hazmat", "CBVP", 1, "fire:1 rescue:1", "Materiales peligrosos", "Mba'e ipeligróva",
     "Hazardous materials"),
    ("rescue", "CBVP", 1, "rescue:1 ambulance:1", "Rescate", "Jepe'a jejopy guýgui", "Rescue"),
    ("drowning", "CBVP", 1, "rescue:1 ambulance:1", "Persona ahogándose", "Ojahogáva", "Drowning"),
    ("electric_hazard", "CBVP", 2, "fire:1", "Cable eléctrico caído", "Tatarendy sã ho'áva",
     "Power line down"),
    ("cardiac_arrest", "SEME", 1, "ambulance:1", "Paro cardíaco", "Ñe'ã opytáva", "Cardiac arrest"),
    ("chest_pain", "SEME", 1, "ambulance:1", "Dolor de pecho", "Pyti'a rasy", "Chest pain"),
    ("breathing", "SEME", 1, "ambulance:1", "Dificultad para respirar", "Pytu'ẽ jejoko",
     "Breathing difficulty"),
    ("unconscious", "SEME", 1, "ambulance:1", "Persona inconsciente", "Oikuaa'ỹva ijehe",
     "Unconscious person"),
    ("stroke", "SEME", 1, "ambulance:1", "Posible accidente cerebrovascular", "Akã rasy vai",
     "Possible stroke"),
    ("childbirth", "SEME", 1, "ambulance:1", "Parto", "Mitã heñói", "Childbirth"),
    ("injury", "SEME", 2, "ambulance:1", "Persona herida", "Tapicha ojejapíva", "Injured person"),
    ("overdose", "SEME", 1, "ambulance:1", "Intoxicación", "Ñembopohãvai", "Poisoning or overdose"),
    ("sick_person", "SEME", 3, "ambulance:1", "Persona enferma", "Tapicha hasýva", "Sick person"),
    ("flood", "CBVP", 2, "rescue:1", "Inundación o raudal", "Y syry guasu", "Flood"),
    ("storm", "CBVP", 3, "rescue:1", "Daños por temporal", "Yvytu vai rembyaikue", "Storm damage"),
    ("tree_down", "CBVP", 4, "rescue:1", "Árbol caído", "Yvyra ho'áva", "Tree down"),
    ("dangerous_animal", "CBVP", 3, "rescue:1", "Animal peligroso", "Mymba ipochýva",
     "Dangerous animal"),
    ("animal_abuse", "POL", 4, "patrol:1", "Maltrato animal", "Mymba jejapo vai", "Animal abuse"),
    ("other", "POL", 3, "patrol:1", "Otro", "Ambue", "Other"),
)  # fmt: skip

INCIDENT_TYPES: Final[dict[str, IncidentType]] = {
    code: IncidentType(
        code=code,
        agency=agency,
        priority=priority,
        plan=plan_of(plan),
        labels=Labels(es=es, gn=gn, en=en),
    )
    for code, agency, priority, plan, es, gn, en in _ROWS
}
assert len(INCIDENT_TYPES) == len(_ROWS), "two incident types share a code"
