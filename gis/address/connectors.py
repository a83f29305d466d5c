"""Words that stand between the parts of an address, in bare form: what they join, and how.

Spanish first, then Guaraní, English, Portuguese, Finnish and Swedish. The Guaraní words marked
in docs/address-forms.md wait for a native speaker's review.
"""

from __future__ import annotations

from enum import Enum, auto

from gis.address.reading import Relation

# What "c/" becomes while the text is read: "casi" to most, "con" or "entre" to some.
SLASHED_C = "cslash"


class Link(Enum):
    """How a connecting word joins what stands before it to what comes after."""

    NEAR = auto()  # casi: on the first street, close to the second
    CORNER = auto()  # esquina: the crossing of two streets
    AND = auto()  # y, con: a crossing too, but the word may belong to a name
    BETWEEN = auto()  # entre
    BESIDE = auto()  # frente a, detrás de: a landmark; its Relation says how


def _phrases(*said: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for line in said for phrase in line.split("|"))


_LINKS: dict[Link, tuple[str, ...]] = {
    Link.NEAR: _phrases(
        SLASHED_C,
        "casi|casi esquina|casi esq|casi con|y casi|esquina casi|esq casi|llegando a",
        "casi llegando a",
        "a la altura de|a la altura del|altura de|near|nearly at|quase|quase esquina com",
        "quase na esquina com|quase com|na altura da|na altura do|lahella|nara",
    ),
    Link.CORNER: _phrases(
        "esquina|esq|ezquina|esquina con|esq con|en esquina con|en la esquina con|en esquina",
        "en la esquina de|en la esquina|haciendo esquina con|y su esquina con|y su cruce con",
        "en su cruce con|su cruce con|y su interseccion con|en su interseccion con|cruce con|cruce",
        "en el cruce con|en la interseccion con|en el cruce de|cruza con|cruzando|interseccion con",
        "interseccion|esquina y|esq y|doblando en",
        "corner of|at the corner of|on the corner of|corner|corner with|intersection with|crossing",
        "esquina com|na esquina com|esq com|com a esquina da|na esquina da|na esquina do",
        "cruzamento com|no cruzamento com|cruzamento|kulma|kulmassa|i hornet av|hornet av",
    ),
    Link.AND: _phrases("y|con|x|e|ha|and|at|com|ja|och|and at"),
    Link.BETWEEN: _phrases("entre|ent|entre calles|entre las calles|between|in between"),
}
LINKS: dict[tuple[str, ...], Link] = {
    tuple(phrase.split()): link for link, phrases in _LINKS.items() for phrase in phrases
}

# Each phrase stands before its landmark; a trailing article is dropped with it.
_RELATIONS: dict[Relation, tuple[str, ...]] = {
    Relation.IN_FRONT: _phrases(
        "frente a|frente al|frente de|frente del|enfrente de|enfrente del|enfrente a|enfrente al",
        "en frente de|en frente del|en frente a|en frente al|al frente de|al frente del|frente",
        "delante de|delante del|justo frente a|justo frente al|in front of|opposite|across from",
        "em frente ao|em frente a|em frente da|em frente do|em frente|defronte ao|diante do",
    ),
    Relation.BEHIND: _phrases(
        "detras de|detras del|atras de|atras del|por detras de|por detras del|behind|atras do",
        "atras da|por tras do|por tras da|al fondo de|al fondo del",
    ),
    Relation.BESIDE: _phrases(
        "al lado de|al lado del|junto a|junto al|pegado a|pegado al|contiguo a|contiguo al",
        "al costado de|al costado del|lindero a|lindero al|next to|beside|ao lado do|ao lado da",
        "ao lado de|junto ao|lindante con|lado de|lado del",
    ),
    Relation.NEAR: _phrases(
        "cerca de|cerca del|cerca|cercano a|cercano al|a la vuelta de|a la vuelta del|close to",
        "cerquita de|cerquita del|alrededor de|alrededor del|zona de|zona del",
        "por la zona de|por la zona del|en la zona de|en la zona del",
        "perto do|perto da|perto de|proximo ao|proximo a|around",
    ),
    Relation.PAST: _phrases(
        "pasando|pasado|pasando por|despues de|despues del|mas alla de|mas alla del|past|after",
        "passando|passando o|passando a|depois do|depois da|depois de",
    ),
    Relation.BEFORE: _phrases(
        "antes de|antes del|llegando al|antes de llegar a|antes de llegar al|before|antes do",
        "antes da",
    ),
    Relation.AT: _phrases(
        "dentro de|dentro del|adentro de|adentro del|inside|dentro do|dentro da|en el predio de",
        "en el predio del|bajo el|debajo de|debajo del|under",
    ),
}
RELATIONS: dict[tuple[str, ...], Relation] = {
    tuple(phrase.split()): relation
    for relation, phrases in _RELATIONS.items()
    for phrase in phrases
}

# These follow their landmark: Guaraní and Finnish put the relation last.
POSTPOSITIONS: dict[str, Relation] = {
    "renondepe": Relation.IN_FRONT,
    "rovai": Relation.IN_FRONT,
    "rovaipe": Relation.IN_FRONT,
    "kupepe": Relation.BEHIND,
    "rapykuepe": Relation.BEHIND,
    "ypype": Relation.NEAR,
    "ykere": Relation.BESIDE,
    "ijykere": Relation.BESIDE,
    "agui": Relation.NEAR,
    "mboyve": Relation.BEFORE,
    "paume": Relation.BETWEEN,
    "mbytepe": Relation.BETWEEN,
    "apytepe": Relation.BETWEEN,
    "guype": Relation.AT,
    "edessa": Relation.IN_FRONT,
    "vastapaata": Relation.IN_FRONT,
    "takana": Relation.BEHIND,
    "vieressa": Relation.BESIDE,
    "lahella": Relation.NEAR,
    "valissa": Relation.BETWEEN,
}
# "Palma ha Chile esquínape": the crossing is said by the words before it.
CORNER_ENDINGS = frozenset(["esquinape", "eskinape", "kulma", "kulmassa", "korner"])

# What comes before an address and says nothing about it; the longest is tried first.
NOISE: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in _phrases(
        "estoy en|estamos en|es en|queda en|vivo en|fue en|paso en|aca en|aqui en|alla en",
        "estoy|estamos|queda|es|direccion|la direccion es|ubicacion|mi ubicacion es",
        "sobre la calle|sobre la avenida|en la calle|en la avenida|por la calle|en|sobre|por",
        "i am at|i m at|we are at|it is at|at|on|in|address|em|na",
        "estou na|estou em|estou no|fica na|fica em|che aime|aime|roime",
    )
)
# Connectors long enough to be seen half typed.
BEGUN_WORDS = ("casi", "esquina", "entre", "frente", "detras", "cerca", "barrio", "pasando")
ARTICLES = frozenset(["el", "la", "los", "las", "lo", "o", "a", "os", "as", "the", "su"])
OF_WORDS = frozenset(["de", "del", "da", "do", "of", "entre", "between"])
PHRASE_WORDS_MAX = max(len(phrase) for phrase in (*LINKS, *RELATIONS))
