"""Road times from everywhere to some places: looked up, against asked for."""

from statistics import median

import numpy as np
import pytest

from gis.routing.reach_table import (
    CELLS_MAX,
    HORIZON_S,
    MEASURED_WITH,
    grid_over,
    slower_than_measured,
    work_out,
)
from gis.routing.router import Router, build_router
from gis.travel import Profile
from tests.roads import at, grid

# Half a cell on the slowest road there is, driven both ways, and the turns on it.
HALF_A_CELL_S = 60.0


@pytest.fixture(scope="module")
def router() -> Router:
    return build_router(grid(12, 12).arrays())


def test_a_look_up_is_within_half_a_cell_of_the_search(router: Router) -> None:
    places = [at(150, 150), at(900, 500)]
    table = work_out(router, places)
    assert table is not None
    origins = [at(east, north) for east in range(50, 1_000, 110) for north in (60, 420, 830)]
    cells = table.grid.cells_of(
        np.array([one.lon for one in origins]), np.array([one.lat for one in origins])
    )
    off = []
    for column, place in enumerate(places):
        exact = router.travel_times(to=place, origins=origins, profile=MEASURED_WITH)
        for cell, time in zip(cells.tolist(), exact, strict=True):
            if time.seconds is not None:
                off.append(abs(float(table.seconds[cell, column]) - time.seconds))
    assert median(off) < HALF_A_CELL_S / 2
    assert max(off) < 2 * HALF_A_CELL_S


def test_whoever_cannot_come_within_the_hour_counts_as_not_coming(router: Router) -> None:
    table = work_out(router, [at(150, 150)])
    assert table is not None
    reached = table.seconds[np.isfinite(table.seconds)]
    assert len(reached)
    assert reached.max() <= HORIZON_S


def test_without_roads_or_places_there_is_no_table(router: Router) -> None:
    assert work_out(Router(), [at(0, 0)]) is None
    assert work_out(router, []) is None


def test_a_large_country_has_larger_cells_not_more() -> None:
    wide = grid_over([at(0, 0), at(400_000, 300_000)])
    assert wide.columns * wide.rows <= 1.1 * CELLS_MAX
    assert len(wide.middles) == wide.columns * wide.rows


def test_a_point_beside_the_grid_belongs_to_the_nearest_cell() -> None:
    cells = grid_over([at(0, 0), at(1_000, 1_000)])
    middles = cells.middles
    lons, lats = np.array([m.lon for m in middles]), np.array([m.lat for m in middles])
    assert cells.cells_of(lons, lats).tolist() == list(range(len(middles)))
    assert cells.cells_of(np.array([-179.0]), np.array([-80.0])).tolist() == [0]


def test_a_fire_engine_takes_longer_than_a_patrol() -> None:
    assert slower_than_measured(MEASURED_WITH) == 1.0
    assert slower_than_measured(Profile.FIRE_ENGINE) > 1.0
