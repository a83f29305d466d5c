"""A really running centre for the stories: web process, background and database of its own."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from ops_center.bench.own_centre import OwnCentre
from tests.running import SETTINGS
from tests.story.people import People, people_of

REPO = Path(__file__).resolve().parents[2]
CITY = "Helsinki.osm.pbf"
OTHER_CITY = "spo_osm.pbf"


def city_file() -> Path:
    """The demo city where `./ops` put it, else a real extract of the shared data."""
    data = Path(os.environ.get("OPS_DATA_DIR", REPO / "var"))
    shared = Path(os.environ.get("OPS_SHARED_DATA", REPO.parent / "shared" / "data"))
    for file in (data / "assets" / CITY, shared / "gis" / OTHER_CITY):
        if file.is_file():
            return file
    pytest.skip(f"no city: neither {data}/assets/{CITY} nor {shared}/gis/{OTHER_CITY} is there")


@pytest.fixture(scope="session")
def running_centre() -> Iterator[OwnCentre]:
    """A centre that no test may stop; those that do take `mortal_centre`."""
    with _started() as centre:
        yield centre


@pytest.fixture
def mortal_centre() -> Iterator[OwnCentre]:
    """A centre of this test's own, to kill and restart."""
    with _started() as centre:
        yield centre


class _started:  # noqa: N801  reads as a verb
    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="ops-story-")
        Path(self._place.name).chmod(0o711)  # the database's own user passes through
        self._centre = OwnCentre(Path(self._place.name), durable=False, settings=SETTINGS)

    def __enter__(self) -> OwnCentre:
        try:
            self._centre.prepare(city_file())
            self._centre.start("app", "background")
        except BaseException:
            self.__exit__()
            raise
        return self._centre

    def __exit__(self, *_: object) -> None:
        self._centre.stop()
        self._place.cleanup()


@pytest_asyncio.fixture
async def people(running_centre: OwnCentre) -> AsyncIterator[People]:
    """Everybody who works at the running centre, with a console each."""
    async with people_of(running_centre) as everybody:
        yield everybody
