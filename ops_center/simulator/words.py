"""What callers say, in the Spanish and Jopara of Asunción: made-up sentences, nobody's words.

The Guaraní in them is a draft and must be reviewed by a native speaker.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What can have happened: incident type, how often (weight), and ways to tell it.

    `other_words` is how a second caller tells the same.
    """

    type: str
    weight: float
    words: tuple[str, ...]
    other_words: str


def _story(type_: str, weight: float, *words: str) -> Story:
    return Story(type=type_, weight=weight, words=words[:-1], other_words=words[-1])


# Weights follow what 911 in Asunción says it is called for most: noise, violence at home, traffic.
STORIES: Final = (
    _story(
        "noise", 20,
        "Buenas noches, el vecino tiene la música a todo volumen hace tres horas.",
        "Hay una farra acá al lado, no se puede dormir, hay criaturas.",
        "Polución sonora otra vez, ya llamé la semana pasada también.",
        "Quiero denunciar la música fuerte de la esquina.",
    ),
    _story(
        "family_violence", 12,
        "Mi vecino le está pegando a su señora, se escuchan los gritos.",
        "Por favor manden una patrullera, mi marido está muy agresivo, pya'e.",
        "Se escuchan gritos y cosas que se rompen en la casa de enfrente.",
    ),
    _story(
        "disturbance", 9,
        "Hay un grupo de gente haciendo lío frente a la despensa.",
        "Están tirando piedras unos muchachos en la calle.",
        "Hay sarambi acá en la esquina, son como diez.",
    ),
    _story(
        "drunk_person", 6,
        "Hay un señor ka'u tirado en la vereda, no se levanta.",
        "Un borracho está molestando a la gente en la parada.",
    ),
    _story(
        "fight", 5,
        "Se están peleando con botellas a la salida del local.",
        "Hay una pelea grande, dos están sangrando.",
        "Hay una riña, vengan rápido.",
    ),
    _story(
        "traffic_accident", 10,
        "Chocaron dos autos, no hay heridos pero están tapando la calle.",
        "Un colectivo rozó a un auto y se están discutiendo.",
        "Hay un choque acá, el tráfico está parado.",
    ),
    _story(
        "traffic_accident_injured", 9,
        "Una moto chocó contra una camioneta, el muchacho está en el suelo y no se mueve.",
        "Accidente con motociclista, está consciente pero le sangra mucho la pierna.",
        "Vi un accidente de moto, hay uno tirado en la calle.",
    ),
    _story(
        "robbery_in_progress", 3,
        "Están asaltando el almacén ahora mismo, son dos en moto, están armados.",
        "Están robando en el negocio de la esquina, uno tiene un arma.",
    ),
    _story(
        "robbery", 8,
        "Me sacaron el celular recién, dos en una moto, se fueron para el centro.",
        "Me asaltaron con cuchillo, estoy bien pero me llevaron la cartera.",
        "Le robaron a una señora acá, está llorando.",
    ),
    _story(
        "burglary", 4,
        "Llegué a mi casa y la puerta está forzada, creo que todavía hay alguien adentro.",
        "Hay gente extraña saltando la muralla del vecino.",
    ),
    _story(
        "suspicious_person", 5,
        "Hay un tipo mirando por las ventanas de los autos.",
        "Dos personas en moto dan vueltas y vueltas por la cuadra.",
    ),
    _story(
        "structure_fire", 2,
        "Se está quemando una casa, sale mucho humo, no sé si hay gente adentro. ¡Pya'e!",
        "Hay fuego en el segundo piso del edificio.",
        "Veo mucho humo negro y llamas, creo que es una vivienda.",
    ),
    _story(
        "rubbish_fire", 4,
        "Están quemando basura en el baldío y el humo entra a la casa.",
        "Hay humo de un baldío, no se aguanta.",
    ),
    _story(
        "gas_leak", 1,
        "Hay un olor muy fuerte a gas en el pasillo del edificio.",
        "Se siente olor a gas en toda la cuadra.",
    ),
    _story(
        "tree_down", 2,
        "Se cayó un árbol sobre los cables, está tapando toda la calle.",
        "Hay una rama grande en medio de la calle.",
    ),
    _story(
        "chest_pain", 3,
        "A mi papá le duele mucho el pecho y le cuesta respirar, tiene setenta años.",
        "Necesito una ambulancia, mi jefe tiene dolor en el pecho y el brazo.",
        "Mi compañero está mal del corazón, ya llamaron pero no llega nadie.",
    ),
    _story(
        "unconscious", 3,
        "Mi abuela se desmayó y no reacciona.",
        "Hay una persona inconsciente en la plaza, no responde.",
        "Hay una señora desmayada, la gente se está juntando.",
    ),
    _story(
        "sick_person", 5,
        "Mi hijo tiene mucha fiebre y está convulsionando, pya'e por favor.",
        "Mi mamá está con vómitos desde anoche, no puede ni caminar.",
        "Una persona se siente muy mal en la parada.",
    ),
    _story(
        "childbirth", 1,
        "Mi señora está por dar a luz, no llegamos al hospital.",
        "Una chica va a tener su bebé en el auto.",
    ),
    _story(
        "missing_person", 2,
        "Mi hija salió del colegio a las once y no llegó a casa.",
        "Se perdió un señor mayor, tiene Alzheimer, salió a caminar y no vuelve.",
        "Hay un abuelo perdido acá, no sabe decir dónde vive.",
    ),
    _story(
        "dangerous_animal", 2,
        "Hay un perro suelto que ya mordió a dos personas.",
        "Una víbora se metió en el patio de la escuela.",
        "El perro anda suelto por la vereda, cuidado.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuisance:
    """A call that needs no unit: its disposition, how often (weight), and what is heard."""

    disposition: str
    weight: float
    words: tuple[str, ...]


# Shares among calls that need nobody: a day of Asunción's 911, three in four of them silent.
SILENT: Final = "silent"
NUISANCES: Final = (
    Nuisance(disposition=SILENT, weight=76, words=("", "", "Se escucha una radio de fondo.")),
    Nuisance(
        disposition="children",
        weight=6,
        words=("Ja ja ja. ¿Está Batman?", "Mi hermanito agarró el teléfono.", "Hola… hola… ja ja."),
    ),
    Nuisance(
        disposition="information",
        weight=4,
        words=(
            "Buenas, ¿cuál es el número de la ANDE? Se cortó la luz acá.",
            "¿Qué farmacia está de turno?",
            "Quería saber cómo se hace para denunciar una cédula perdida.",
            "¿El hospital atiende hoy consultas?",
        ),
    ),
    Nuisance(
        disposition="misdial",
        weight=7,
        words=("Perdón, marqué mal.", "¿No es la pizzería? Ah, disculpe.", "Quería saldo nomás."),
    ),
    Nuisance(disposition="accidental", weight=3, words=("", "Se activó solo en el bolsillo.")),
    Nuisance(disposition="dropped", weight=2, words=("Por fav—", "")),
    Nuisance(disposition="prank", weight=1.5, words=("Hay un elefante en mi patio, ja ja.",)),
    Nuisance(disposition="insult", weight=0.5, words=("Solo insulta y corta.",)),
)

# How an incident of a type mostly ends, as the simulated colleague closes it.
ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "robbery": ("report_taken", "report_taken", "not_found", "arrest"),
    "robbery_in_progress": ("arrest", "not_found", "report_taken"),
    "burglary": ("report_taken", "not_found", "arrest"),
    "family_violence": ("resolved", "arrest", "report_taken", "refused"),
    "fight": ("resolved", "not_found", "arrest"),
    "traffic_accident_injured": ("transported", "treated", "transported"),
    "traffic_accident": ("report_taken", "resolved"),
    "structure_fire": ("extinguished", "extinguished", "false_alarm"),
    "rubbish_fire": ("extinguished", "not_found"),
    "chest_pain": ("transported", "treated"),
    "unconscious": ("transported", "treated"),
    "sick_person": ("treated", "transported", "refused"),
    "childbirth": ("transported",),
    "suspicious_person": ("not_found", "resolved"),
    "drunk_person": ("resolved", "not_found"),
}
ENDINGS_ELSE: Final = ("resolved", "resolved", "not_found")
