"""Rendered tiles of one process: drawn once for each revision of their layer, within bounds."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.tiles.operational import TileLayer, layer_now, require_tile, tile
from ops_center.kernel.database import DATABASE_TROUBLE
from ops_center.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops_center.kernel.database import Database

REVISION_FRESH_S: Final = 1.0
DRAWN_AT_ONCE: Final = 4  # all others keep their connections
DRAWN_WITHIN_S: Final = 5.0
ASKED_WITHIN_S: Final = 10.0
CACHE_MAX_BYTES: Final = 64_000_000
CACHE_MAX_TILES: Final = 20_000
LAYERS_KNOWN_MAX: Final = 1_000
GZIP_LEVEL: Final = 5
# Packing more than this takes long enough to be worth a thread.
PACKED_HERE_MAX_BYTES: Final = 64_000

Place = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class PackedTile:
    """A tile, gzip encoded; no bytes where there is nothing."""

    etag: str
    content: bytes


class TileStore:
    """Asks the database at most once a second for a layer's revision, and draws what is new."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, TileLayer]] = OrderedDict()
        self._tiles: OrderedDict[Place, PackedTile] = OrderedDict()
        self._bytes = 0
        self._drawing = asyncio.Semaphore(DRAWN_AT_ONCE)

    async def layer(self, name: str) -> TileLayer:
        """What the layer is now, or was within the last second. Raises NotFound."""
        asked_at, found = self._known.get(name, (0.0, None))
        if found is not None and self._clock() - asked_at < REVISION_FRESH_S:
            return found
        now = self._clock()
        try:
            async with asyncio.timeout(ASKED_WITHIN_S), self._database.reading() as connection:
                found = await layer_now(connection, name)
        except DATABASE_TROUBLE as trouble:
            raise Unavailable("The layers cannot be read now. Try again shortly.") from trouble
        self._known[name] = (now, found)
        if len(self._known) > LAYERS_KNOWN_MAX:
            self._known.popitem(last=False)
        return found

    async def tile(self, layer: TileLayer, *, z: int, x: int, y: int) -> PackedTile:
        """One tile of it, drawn unless it is kept. Invalid: no such tile; Unavailable: too slow."""
        require_tile(z, x, y)
        place = (layer.name, z, x, y)
        if kept := self._kept(place, layer):
            return kept
        try:
            async with asyncio.timeout(ASKED_WITHIN_S), self._drawing:
                # While it waited, somebody else may have had it drawn.
                return self._kept(place, layer) or await self._draw(place, layer)
        except DATABASE_TROUBLE as trouble:
            raise Unavailable(
                f"Layer {layer.name} takes too long to draw here: zoom in, or thin its outlines."
            ) from trouble

    def _kept(self, place: Place, layer: TileLayer) -> PackedTile | None:
        kept = self._tiles.get(place)
        if kept is None or kept.etag != etag_of(layer):
            return None
        self._tiles.move_to_end(place)
        return kept

    async def _draw(self, place: Place, layer: TileLayer) -> PackedTile:
        _, z, x, y = place
        # Letting go of the statement tells the database to give it up too.
        async with self._database.reading() as connection, asyncio.timeout(DRAWN_WITHIN_S):
            plain = await tile(connection, layer, z=z, x=x, y=y)
        made = PackedTile(etag_of(layer), await _packed(plain))
        self._keep(place, made)
        return made

    def _keep(self, place: Place, made: PackedTile) -> None:
        former = self._tiles.pop(place, None)
        self._bytes += len(made.content) - (len(former.content) if former else 0)
        self._tiles[place] = made
        while self._bytes > CACHE_MAX_BYTES or len(self._tiles) > CACHE_MAX_TILES:
            _, dropped = self._tiles.popitem(last=False)
            self._bytes -= len(dropped.content)


def etag_of(layer: TileLayer) -> str:
    """The entity tag of all tiles of a layer at that revision (RFC 9110, 8.8.3)."""
    return f'"{layer.revision}"'


async def _packed(plain: bytes) -> bytes:
    if not plain:
        return b""
    if len(plain) <= PACKED_HERE_MAX_BYTES:
        return gzip.compress(plain, GZIP_LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, plain, GZIP_LEVEL, mtime=0)
