"""The hand-made centre of Asunción with more around it: avenues, a second town, two routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.geodesy import destination
from tests.osm_town import OsmTown, asuncion_centre, spot

if TYPE_CHECKING:
    from gis.geometry import Point

# Blocks east and north of the centre's south-west corner.
AVENUES = (30.0, 5.0)
SECOND_TOWN = (110.0, -20.0)
ROUTE_ROW = -25.0
KM_M = 1_000.0


def avenue_corner(column: float, row: float) -> Point:
    """Mariscal López is row 0, Eusebio Ayala row 3; Brasilia column 0, then 1, 2, 3."""
    return spot(AVENUES[0] + column * 3, AVENUES[1] + row)


def second_town(column: float, row: float) -> Point:
    return spot(SECOND_TOWN[0] + column, SECOND_TOWN[1] + row)


def route_km(km: float) -> Point:
    """On Ruta PY02, counted from its start."""
    return destination(spot(40, ROUTE_ROW), bearing_deg=90, distance_m=km * KM_M)


def asuncion_wide() -> OsmTown:
    """What the examples of callers need: twin names, routes with posts, a mall, bus stops."""
    town = asuncion_centre()
    _add_avenues(town)
    _add_second_town(town)
    _add_routes(town)
    _add_landmarks(town)
    return town


def _grid(
    town: OsmTown, eastward: list[str], northward: list[str], at: object, kind: str = "primary"
) -> None:
    assert callable(at)
    nodes = {
        (column, row): town.node(at(column, row))
        for row in range(len(eastward))
        for column in range(len(northward))
    }
    for row, name in enumerate(eastward):
        line = [nodes[column, row] for column in range(len(northward))]
        town.way(line, {"highway": kind, "name": name})
    for column, name in enumerate(northward):
        line = [nodes[column, row] for row in range(len(eastward))]
        town.way(line, {"highway": "secondary", "name": name})


def _add_avenues(town: OsmTown) -> None:
    _grid(
        town,
        ["Avenida Mariscal Francisco Solano López", "Avenida España", "Teniente Benítez",
         "Avenida Eusebio Ayala"],
        ["Avenida Brasilia", "Avenida República Argentina", "De la Victoria", "Madame Lynch",
         "Sargento Gauto"],
        avenue_corner,
    )  # fmt: skip
    # The twin of the avenue, of the same name, a kilometre further.
    _grid(town, ["Capitán Chávez", "Ingeniero Vásquez"], ["Brasilia", "Zeballos"],
          lambda column, row: spot(60 + column, 5 + row), "residential")  # fmt: skip


def _add_second_town(town: OsmTown) -> None:
    """Streets that the centre of the capital has as well."""
    _grid(town, ["Estrella", "Saturio Ríos"], ["14 de Mayo", "Nuestra Señora de la Asunción"],
          second_town, "residential")  # fmt: skip
    town.node(second_town(0.5, 0.5), name="San Lorenzo", place="town", population="260000")


def _add_routes(town: OsmTown) -> None:
    nodes = [town.node(route_km(km)) for km in range(0, 61, 5)]
    town.way(nodes, {"highway": "trunk", "ref": "PY02", "name": "Ruta Mariscal Estigarribia"})
    for km in (10, 20, 45):
        town.node(route_km(km), highway="milestone", distance=str(km), ref="PY02")
    south = [
        town.node(destination(spot(42, -27), bearing_deg=180, distance_m=km * KM_M))
        for km in range(0, 26, 5)
    ]
    town.way(south, {"highway": "trunk", "ref": "PY01", "name": "Ruta Mariscal Francisco Solano"})


def _add_landmarks(town: OsmTown) -> None:
    town.square(avenue_corner(0.2, 1.2), 150, {"shop": "mall", "name": "Shopping del Sol"})
    town.node(avenue_corner(1.5, 0.05), name="Parada 4", highway="bus_stop", ref="1204")
    town.node(avenue_corner(2.5, 0.5), name="Sajonia", place="neighbourhood")
    town.node(avenue_corner(0.5, 2.5), name="Banco Nacional de Fomento", amenity="bank")
