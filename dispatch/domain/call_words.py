"""What callers' words are about: Spanish, Guaraní and jopará, accents folded, no model, no guess
beyond a table that a person can read. The Guaraní is a draft for a native speaker to review.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

TOKEN_MIN: Final = 3
# Callers use few words: those of a day fit.
TOKENS_KEPT: Final = 20_000
_LETTERS = re.compile(r"[^\W\d_]+")
_APOSTROPHES = re.compile(r"['’ʼ`´]")

# Words that say nothing of what happened: they are in every call.
_EVERYWHERE: Final = (
    "a al algo algun alguien alguna alguno alla alli ahi ahora ante antes aqui aca asi "
    "aun aunque bien buen buena buenas bueno buenos cada casi cerca como con contra creo "
    "cual cuando cuanto de del desde despues dia dias dice dicen donde dos durante el "
    "ella ellos en enfrente entonces entre era eramos es esa ese eso esta estaba estaban "
    "estan estar estas este esto estos estoy favor fue fueron fuerte gente gracias grande "
    "ha habia hace hacia hacen han hasta hay he hola hora horas hoy la las le les lo los "
    "llamo llame llamar llamada luego mal manden mande mandar mas me mi mis mientras "
    "mismo mucha muchas mucho muchos muy nada ni ninguna ninguno no nomas nos nosotros "
    "noches nunca o os otra otras otro otros para pero persona personas poco por porfa "
    "porque pronto pues puede pueden que quien quiere quiero rapido recien se sea sean "
    "senor senora ser si siempre sin sobre solo son soy su sus tambien tan tanto tardes "
    "te tengo ti tiene tienen toda todas todavia todo todos tres tu un una unas uno unos "
    "urgente va van vea veces veo venga vengan venir ver vez vi viene vienen vos voy y ya "
    "yo calle esquina barrio casa lado frente zona lugar acaite ape upe upepe koape kova "
    "ko che nde hae hina hikuai oi oime ndaipori heta pyae pya peju eju pejumina eme mina "
    "ningo niko voi avei aipo pee gui pe re rehe ndive ndaikuaai nte katu piko pa ramo "
    "haguere mbae "
)
_STOP: Final = frozenset(_EVERYWHERE.split())

# Beginnings of words, by what they are about. `=` marks a whole word.
_TOPICS: Final[Mapping[str, str]] = {
    "fire": "fuego incend quem =humo humare =llamas llamarada bombero =tata tatati okai ohapy "
    "explo hoguera arde ardiendo =arde",
    "crash": "choc choqu accident atropell volco volcad volcar colisi rozo estrell embisti ombota "
    "motociclist =triple vuelco impact",
    "robbery": "asalt =robo =robos robaro robando =roban =robar ladron monda hurt arrebat motocho "
    "=sacaron encanon",
    "violence": "pele rina golpea golpes =pega =pegan pegando =pego marido =esposo =esposa "
    "pareja violen cuchill punal norairo machete apunal ombopaga agresiv",
    "shots": "dispar =tiro =tiros tirote bala =balas mboka",
    "noise": "musica ruido volumen farra fiesta parlante sonor ayvu karaoke",
    "illness": "infart corazon pecho parto embaraz convuls derrame fiebre vomit diabet sobredos "
    "intoxic hasy epilep paro",
    "hurt": "desmay inconsc respir reaccion ahog herid sangr fractur lastim ambulanc",
    "gas": "=gas garrafa fuga",
    "electric": "cable electr chispa transformador",
    "tree": "arbol =rama =ramas yvyra",
    "flood": "inund raudal desbord",
    "animal": "perro vibora abeja caballo vaca mordi jagua",
    "missing": "perdid desaparec extravi secuestr okany",
    "disturbance": "borrach =kau sarambi =lio piedra vandal molest",
    "suspicious": "sospech merode =mirando muralla",
}
# What belongs to a happening without being another one: those it hurts, what it breaks.
_COMPANIONS: Final[Mapping[str, frozenset[str]]] = {
    "fire": frozenset({"hurt", "gas", "electric"}),
    "crash": frozenset({"hurt", "electric", "tree"}),
    "robbery": frozenset({"hurt", "violence", "shots", "suspicious"}),
    "violence": frozenset({"hurt", "disturbance"}),
    "shots": frozenset({"hurt", "violence", "robbery"}),
    "illness": frozenset({"hurt"}),
    "gas": frozenset({"fire", "hurt"}),
    "electric": frozenset({"fire", "tree", "hurt"}),
    "tree": frozenset({"electric"}),
    "flood": frozenset({"hurt", "tree"}),
    "noise": frozenset({"disturbance"}),
    "disturbance": frozenset({"noise", "violence"}),
}
# The topic of each incident type that has one, and the type a topic is offered as.
TOPIC_OF_TYPE: Final[Mapping[str, str]] = {
    "structure_fire": "fire",
    "vehicle_fire": "fire",
    "grass_fire": "fire",
    "rubbish_fire": "fire",
    "explosion": "fire",
    "traffic_accident": "crash",
    "traffic_accident_injured": "crash",
    "robbery": "robbery",
    "robbery_in_progress": "robbery",
    "burglary": "robbery",
    "theft": "robbery",
    "fight": "violence",
    "family_violence": "violence",
    "weapon": "violence",
    "shots_fired": "shots",
    "noise": "noise",
    "chest_pain": "illness",
    "cardiac_arrest": "illness",
    "childbirth": "illness",
    "sick_person": "illness",
    "stroke": "illness",
    "overdose": "illness",
    "unconscious": "hurt",
    "injury": "hurt",
    "breathing": "hurt",
    "gas_leak": "gas",
    "electric_hazard": "electric",
    "tree_down": "tree",
    "flood": "flood",
    "dangerous_animal": "animal",
    "missing_person": "missing",
    "disturbance": "disturbance",
    "drunk_person": "disturbance",
    "suspicious_person": "suspicious",
}
TYPE_OF_TOPIC: Final[Mapping[str, str]] = {
    "fire": "structure_fire",
    "crash": "traffic_accident_injured",
    "robbery": "robbery",
    "violence": "fight",
    "shots": "shots_fired",
    "noise": "noise",
    "illness": "sick_person",
    "hurt": "injury",
    "gas": "gas_leak",
    "electric": "electric_hazard",
    "tree": "tree_down",
    "flood": "flood",
    "animal": "dangerous_animal",
    "missing": "missing_person",
    "disturbance": "disturbance",
    "suspicious": "suspicious_person",
}
_STEMS: Final = tuple(
    (stem.removeprefix("="), stem.startswith("="), topic)
    for topic, stems in _TOPICS.items()
    for stem in stems.split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A caller's words: those that tell, the topics they touch, and whether they say "another"."""

    tokens: frozenset[str]
    topics: Mapping[str, int]
    another: bool = False

    @property
    def topic(self) -> str | None:
        """What it is mostly about, None when it says nothing, or two things alike."""
        ranked = sorted(self.topics.items(), key=lambda one: (-one[1], one[0]))
        # Somebody hurt is part of nearly everything: alone it is a topic, beside others it is not.
        ranked = [one for one in ranked if one[0] != "hurt"] or ranked
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return self._of_companions(ranked)
        return ranked[0][0]

    def _of_companions(self, ranked: list[tuple[str, int]]) -> str | None:
        """Two topics alike are one where the second only goes with the first."""
        for topic, _ in ranked:
            if all(other in company(topic) for other, _ in ranked):
                return topic
        return None

    def says_more_than(self, topic: str) -> bool:
        """Whether there is more in it than what goes with the topic."""
        return bool(set(self.topics) - company(topic))


NO_WORDS: Final = Words(tokens=frozenset(), topics={})


def company(topic: str) -> frozenset[str]:
    """Return the topic and what goes with it without being a happening of its own."""
    return _COMPANIONS.get(topic, frozenset()) | {topic}


def read_words(text: str | None) -> Words:
    """Return what the words say; nothing for none."""
    if not text:
        return NO_WORDS
    spoken = spoken_tokens(text)
    telling = frozenset(one for one in spoken if len(one) >= TOKEN_MIN and one not in _STOP)
    topics = Counter(topic for one in telling for topic in _topics_of(one))
    return Words(tokens=telling, topics=dict(topics), another=_says_another(spoken))


def spoken_tokens(text: str) -> list[str]:
    """Return the words in order, lower case, without accents, tildes and apostrophes."""
    plain = unicodedata.normalize("NFD", _APOSTROPHES.sub("", text.lower()))
    return _LETTERS.findall("".join(c for c in plain if not unicodedata.combining(c)))


@lru_cache(maxsize=TOKENS_KEPT)
def _topics_of(token: str) -> frozenset[str]:
    return frozenset(
        topic
        for stem, is_whole, topic in _STEMS
        if (token == stem if is_whole else token.startswith(stem))
    )


def _says_another(spoken: list[str]) -> bool:
    """Whether "otro" stands right before a happening: otro choque, otra pelea."""
    pairs = pairwise(spoken)
    return any(one in {"otro", "otra", "ambue"} and _topics_of(after) for one, after in pairs)
