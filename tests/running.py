"""Really running centres for tests: prepared once, copied for every test that kills something."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops_center.bench.own_centre import OwnCentre

REPO = Path(__file__).resolve().parents[1]
CITY = "Helsinki.osm.pbf"
OTHER_CITY = "spo_osm.pbf"
PREFIX = "ops-run-"
COPY_WITHIN_S = 60.0
# Tests sign in more often in a minute than a room full of people.
AML_KEY = "clave compartida de prueba"
SETTINGS = {"OPS_SIGN_INS_PER_MINUTE": "300", "OPS_AML_KEY": AML_KEY}


def city_file() -> Path:
    """The demo city where `./ops` put it, else a real extract of the shared data."""
    data = Path(os.environ.get("OPS_DATA_DIR", REPO / "var"))
    shared = Path(os.environ.get("OPS_SHARED_DATA", REPO.parent / "shared" / "data"))
    for file in (data / "assets" / CITY, shared / "gis" / OTHER_CITY):
        if file.is_file():
            return file
    pytest.skip(f"no city: neither {data}/assets/{CITY} nor {shared}/gis/{OTHER_CITY} is there")


@contextmanager
def _place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix=PREFIX))
    place.chmod(0o711)  # the database's own user passes through
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def centre_from(prepared: Path, *, durable: bool = False) -> Iterator[OwnCentre]:
    """A running centre on a copy of what was prepared: web process and background."""
    with _place() as place:
        subprocess.run(
            ["cp", "-a", f"{prepared}/data", f"{prepared}/pg", str(place)],
            check=True,
            timeout=COPY_WITHIN_S,
        )
        with OwnCentre(place, durable=durable, settings=SETTINGS) as centre:
            centre.database.start()
            centre.start("background", "app")
            yield centre


@pytest.fixture(scope="session")
def prepared_centre() -> Iterator[Path]:
    """A place with schema, city and one person for each role, where nothing runs."""
    with _place() as place:
        with OwnCentre(place, durable=False, settings=SETTINGS) as centre:
            centre.prepare(city_file())
        yield place


@pytest.fixture(scope="session")
def running_centre(prepared_centre: Path) -> Iterator[OwnCentre]:
    """A centre that no test may stop; those that do take `mortal_centre`."""
    with centre_from(prepared_centre) as centre:
        yield centre


@pytest.fixture
def mortal_centre(prepared_centre: Path) -> Iterator[OwnCentre]:
    """A centre of this test's own, to kill and restart; its database survives a kill -9 too."""
    with centre_from(prepared_centre, durable=True) as centre:
        yield centre
