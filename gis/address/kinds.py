"""The kinds of place people name: which words say a bus stop, a barrio, a hospital."""

from __future__ import annotations

from enum import StrEnum


class PlaceKind(StrEnum):
    """What sort of place a name says it is; the words for it are in `KIND_WORDS`."""

    BARRIO = "barrio"
    CITY = "city"
    BUS_STOP = "bus_stop"
    BUS_STATION = "bus_station"
    HOSPITAL = "hospital"
    HEALTH_POST = "health_post"
    PHARMACY = "pharmacy"
    POLICE = "police"
    FIRE_STATION = "fire_station"
    SCHOOL = "school"
    UNIVERSITY = "university"
    CHURCH = "church"
    MARKET = "market"
    SHOP = "shop"
    MALL = "mall"
    BANK = "bank"
    FUEL = "fuel"
    HOTEL = "hotel"
    PARK = "park"
    SQUARE = "square"
    SPORTS = "sports"
    BRIDGE = "bridge"
    CEMETERY = "cemetery"
    AIRPORT = "airport"
    GOVERNMENT = "government"
    BUILDING = "building"


# Folded words with which a name begins; several words are matched as a whole.
_SAID = {
    PlaceKind.BARRIO: "barrio|bairro|asentamiento|compania|loteamiento|conjunto|kaupunginosa",
    PlaceKind.CITY: "ciudad de|cidade de|city of|distrito de|municipio de",
    PlaceKind.BUS_STATION: (
        "terminal de omnibus|terminal|terminal de buses|estacion de buses|terminal rodoviario|"
        "rodoviaria|linja autoasema|bus station"
    ),
    PlaceKind.BUS_STOP: (
        "parada de colectivos|parada de colectivo|parada de bus|parada de buses|parada de omnibus|"
        "parada|ponto de onibus|ponto|bus stop|pysakki|hallplats"
    ),
    PlaceKind.HEALTH_POST: (
        "puesto de salud|centro de salud|unidad de salud|usf|dispensario|posto de saude|ubs|"
        "terveysasema"
    ),
    PlaceKind.HOSPITAL: "hospital|sanatorio|clinica|maternidad|ips|sairaala|sjukhus",
    PlaceKind.PHARMACY: "farmacia|apteekki|apotek|pharmacy",
    PlaceKind.POLICE: (
        "comisaria|subcomisaria|destacamento policial|puesto policial|delegacia|policia|"
        "police station|poliisiasema"
    ),
    PlaceKind.FIRE_STATION: (
        "cuartel de bomberos|estacion de bomberos|compania de bomberos|bomberos|bombeiros|"
        "corpo de bombeiros|fire station|paloasema"
    ),
    PlaceKind.SCHOOL: "escuela|colegio|jardin de infantes|escola|colegio|liceo|school|koulu",
    PlaceKind.UNIVERSITY: "universidad|facultad de|facultad|universidade|faculdade|university",
    PlaceKind.CHURCH: (
        "iglesia|parroquia|capilla|catedral|oratorio|templo|igreja|capela|paroquia|church|"
        "kirkko|kyrka|tupao"
    ),
    PlaceKind.MARKET: "mercado|feria|abasto|market|kauppatori",
    PlaceKind.MALL: "shopping|centro comercial|paseo|kauppakeskus",
    PlaceKind.SHOP: (
        "supermercado|super|hipermercado|despensa|almacen|autoservice|ferreteria|tienda|bodega|"
        "panaderia|padaria|loja|kauppa"
    ),
    PlaceKind.BANK: "banco|cajero|bank|pankki|cooperativa",
    PlaceKind.FUEL: (
        "estacion de servicio|gasolinera|surtidor|servicentro|posto de gasolina|posto|gas station|"
        "huoltoasema"
    ),
    PlaceKind.HOTEL: "hotel|motel|hostal|pension|hospedaje|pousada|hotelli",
    PlaceKind.PARK: "parque|park|puisto",
    PlaceKind.SQUARE: "plaza|plazoleta|largo|square|tori|torg",
    PlaceKind.SPORTS: "cancha|club|estadio|polideportivo|gimnasio|quadra|stadium|campo",
    PlaceKind.BRIDGE: "puente|viaducto|pasarela|ponte|viaduto|bridge|silta",
    PlaceKind.CEMETERY: "cementerio|cemiterio|cemetery|hautausmaa",
    PlaceKind.AIRPORT: "aeropuerto|aeroporto|airport|lentoasema",
    PlaceKind.BUILDING: "edificio|torre|galeria|complejo|condominio|predio|building|talo",
    PlaceKind.GOVERNMENT: (
        "municipalidad|intendencia|gobernacion|ministerio|palacio|prefeitura|juzgado|"
        "palacio de justicia"
    ),
}
KIND_WORDS: dict[str, PlaceKind] = {
    words: kind for kind, said in _SAID.items() for words in said.split("|")
}
LONGEST_KIND_WORDS = max(len(words.split()) for words in KIND_WORDS)
_JOINING = frozenset(["de", "del", "la", "las", "los", "el", "da", "do", "das", "dos", "of"])


def kind_of(folded: str) -> tuple[PlaceKind | None, str]:
    """The kind of place a folded name begins with, and the rest of the name.

    The rest is empty when only the kind was said ("el hospital"); None when no kind was.
    """
    words = folded.split()
    if len(words) > 1 and words[0] in {"el", "la", "o", "a", "the"}:
        words = words[1:]
    for length in range(min(LONGEST_KIND_WORDS, len(words)), 0, -1):
        kind = KIND_WORDS.get(" ".join(words[:length]))
        if kind is not None:
            return kind, " ".join(_without_joining(words[length:]))
    return None, folded


def _without_joining(words: list[str]) -> list[str]:
    start = next((i for i, word in enumerate(words) if word not in _JOINING), len(words))
    return words[start:]
