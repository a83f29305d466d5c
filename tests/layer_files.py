"""Layers for tests: read, published and looked at in a real database."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gis.layers.model import Layer, LayerKind, LayerVersion, ReadOptions
from gis.layers.process import Readers, Reading
from gis.layers.services import PublishLayer, publish_layer
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id

READERS = Readers()
WHO = Author(id=new_id(), name="catastro")


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


async def read(file: Path, into: Path, **options: Any) -> Reading:
    return await READERS.read(file, ReadOptions(file_name=file.name, **options), into)


async def report_of(file: Path, **options: Any) -> dict[str, Any]:
    """Only what reading the file told."""
    with folder() as into:
        return (await read(file, into, **options)).report


async def publish(
    database: Database,
    file: Path,
    name: str,
    *,
    kind: LayerKind | None = None,
    agency: str | None = None,
    zone_kind: Any = None,
    **options: Any,
) -> tuple[Layer, LayerVersion]:
    with folder() as into:
        reading = await read(file, into, areas_only=kind is LayerKind.ZONE, **options)
        body = await asyncio.to_thread(file.read_bytes)
        order = PublishLayer(
            name=name,
            file_name=file.name,
            file_sha256=hashlib.sha256(body).hexdigest(),
            file_bytes=len(body),
            kind=kind,
            zone_kind=zone_kind,
            agency=agency,
        )
        async with begin(database) as tx:
            made = await publish_layer(tx, order, reading)
            await tx.commit()
        return made


def begin(database: Database) -> Any:
    return transaction.begin(database, author=WHO, cause=new_id(), clock=SystemClock())


def feature(geometry: Any, identity: Any = None, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {**({} if identity is None else {"id": identity}), **properties},
        "geometry": geometry,
    }


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def square(lon: float, lat: float, size: float = 0.01) -> dict[str, Any]:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(path: Path, features: Iterable[dict[str, Any]], **more: Any) -> Path:
    body = {"type": "FeatureCollection", "features": list(features), **more}
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    return path


def reasons(report: dict[str, Any], what: str = "refused") -> dict[int, str]:
    """Row by row: what it was listed for, the last where it was listed for several."""
    return {one["row"]: one["reason"] for one in report[what]["listed"]}
