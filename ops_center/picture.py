"""The whole picture, from the tables and as the fold of the journal: both sides in one place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from camera_ingest.domain import fold as cameras
from camera_ingest.domain.camera import public_view
from camera_ingest.repository import list_cameras
from dispatch import queries
from dispatch.domain import fold as dispatch
from dispatch.repository import rules_picture
from gis.closures import closures_picture
from gis.closures import fold as closures
from gis.layers import fold as layers
from gis.layers.events import public_view as layer_view
from gis.layers.store import list_layers
from ops_center.kernel.database import Connection
from ops_center.kernel.events import Entry

Folded: TypeAlias = Mapping[str, Mapping[str, Mapping[str, object]]]
Source: TypeAlias = Callable[[Connection], Awaitable[dict[str, dict[str, Any]]]]

EMPTY: Final[Folded] = {**dispatch.EMPTY, **cameras.EMPTY, **closures.EMPTY, **layers.EMPTY}
_FOLD_OF: Final = {
    "camera": cameras.fold,
    "closure": closures.fold,
    "layer": layers.fold,
}


async def camera_picture(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return the cameras' section of the picture."""
    return {"cameras": {str(one.id): public_view(one) for one in await list_cameras(connection)}}


async def layer_picture(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return the layers' section of the picture."""
    return {"layers": {str(one.id): layer_view(one) for one in await list_layers(connection)}}


SOURCES: Final[tuple[Source, ...]] = (
    queries.picture,
    rules_picture,
    camera_picture,
    layer_picture,
    closures_picture,
)


async def from_tables(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return every section as the tables have it now."""
    picture: dict[str, dict[str, Any]] = {}
    for source in SOURCES:
        picture.update(await source(connection))
    return picture


def fold(picture: Folded, entry: Entry) -> Folded:
    """Return the picture after one entry, of whichever package."""
    step = _FOLD_OF.get(entry.kind.partition(".")[0], dispatch.fold)
    return step(picture, entry.kind, entry.subject, version=entry.version, data=entry.data)
