"""Rows of GeoJSON, GeoPackage, Shapefile, KML and FlatGeobuf, read by GDAL through pyogrio."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from gis.layers.formats import ENCODINGS, Format, unreadable
from gis.layers.letters import restored, shown
from gis.layers.model import FEATURES_MAX, Reason
from gis.layers.rows import Objects, Rows

# Reads any bytes, and what it makes of UTF-8 can be undone, text by text.
ANY_BYTES = "ISO-8859-1"
DRIVERS = frozenset({"GeoJSON", "GPKG", "ESRI Shapefile", "LIBKML", "FlatGeobuf"})
COLUMNS_MAX = 200
GDAL_TROUBLE = (DataSourceError, DataLayerError, FeatureError)
# What GDAL adds to every KML placemark, used or not.
_KML_OWN = frozenset(
    {
        "timestamp", "begin", "end", "altitudemode", "tessellate", "extrude", "visibility",
        "draworder", "icon",
    }
)  # fmt: skip


def other_drivers() -> list[str]:
    """Drivers that are loaded and that no file of a stranger may wake up."""
    return sorted(set(pyogrio.list_drivers()) - DRIVERS)


def read_vector(
    path: Path, found: Format, *, encoding: str | None, source_layer: str | None
) -> Rows:
    """Read all rows of one layer, of a KML of all its folders."""
    if found is Format.GEOPACKAGE:
        _check_tables(path)
    try:
        names = [str(one[0]) for one in pyogrio.list_layers(path)]
        chosen = _chosen(names, found, source_layer)
        parts = [_layer(path, name, found, encoding) for name in chosen]
    except GDAL_TROUBLE as error:
        raise unreadable(
            f"The file cannot be read as {found} (cut off or damaged?): {shown(str(error))[:300]}"
        ) from error
    return parts[0] if len(parts) == 1 else _joined(parts)


def _check_tables(path: Path) -> None:
    """A view of a stranger's GeoPackage may call functions: only tables are read."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as connection:
            views = connection.execute(
                "select count(*) from gpkg_contents c join sqlite_master m "
                "on lower(m.name) = lower(c.table_name) where m.type <> 'table'"
            ).fetchone()
    except sqlite3.Error as error:
        raise unreadable(f"The GeoPackage is damaged or is none ({error}).") from error
    if views[0]:
        raise unreadable("A layer of the GeoPackage is a view: save it as a table.")


def _chosen(names: list[str], found: Format, wanted: str | None) -> list[str]:
    if wanted is not None and found is not Format.SHAPEFILE:
        if wanted not in names:
            raise unreadable(f"The file has no layer {wanted!r}; it has: {_listed(names)}.")
        return [wanted]
    if not names:
        raise unreadable("The file holds no layer.")
    if len(names) > 1 and found is not Format.KML:
        raise unreadable(
            f"The file holds several layers: {_listed(names)}. Say which: --source-layer NAME."
        )
    return names


def _listed(names: list[str]) -> str:
    return ", ".join(shown(one) for one in names[:20])


def _layer(path: Path, name: str, found: Format, encoding: str | None) -> Rows:
    remarks: list[str] = []
    info = pyogrio.read_info(path, layer=name, force_feature_count=True, encoding=ANY_BYTES)
    if info["features"] > FEATURES_MAX:
        raise unreadable(f"More than {FEATURES_MAX:,} features: split the file.")
    if len(info["fields"]) > COLUMNS_MAX:
        raise unreadable(f"More than {COLUMNS_MAX} columns: leave out what is not needed.")
    wanted = ENCODINGS[encoding.lower()] if encoding else None
    try:
        meta, geometry, data = _read(path, name, wanted)
    except UnicodeDecodeError as error:
        if encoding:
            raise unreadable(f"The texts are not {encoding}: name another --encoding.") from error
        remarks.append("Some texts are not UTF-8: those were read as Latin-1.")
        meta, geometry, data = _read(path, name, ANY_BYTES)
        data = [_undone(column) for column in data]
    rows = _rows(meta, geometry, data, found)
    rows.remarks.extend(remarks)
    return rows


def _read(path: Path, name: str, encoding: str | None) -> tuple[dict[str, Any], Objects, list[Any]]:
    meta, _, geometry, data = pyogrio.raw.read(
        path, layer=name, encoding=encoding, max_features=FEATURES_MAX + 1
    )
    if geometry is None:
        raise unreadable("The layer has no geometry.")
    return meta, geometry, data


def _undone(column: Any) -> Any:
    if column.dtype != object:
        return column
    undone = [restored(one) if isinstance(one, str) else one for one in column]
    return np.array(undone, dtype=object)


def _rows(meta: dict[str, Any], wkb: Objects, data: list[Any], found: Format) -> Rows:
    columns = {str(name): column for name, column in zip(meta["fields"], data, strict=True)}
    if found is Format.KML:
        columns = {k: v for k, v in columns.items() if k.lower() not in _KML_OWN}
    geometry: Objects = np.full(len(wkb), None, dtype=object)
    wrong: dict[int, tuple[Reason, str]] = {}
    for row, raw in enumerate(wkb):
        if raw is None:
            continue
        geometry[row] = shapely.from_wkb(raw, on_invalid="ignore")
        if geometry[row] is None:
            wrong[row] = (Reason.UNREADABLE_GEOMETRY, "not a geometry")
    return Rows(format=found, geometry=geometry, columns=columns, crs=meta["crs"], wrong=wrong)


def _joined(parts: list[Rows]) -> Rows:
    """Folders of a KML behind each other; a column one of them lacks is empty there."""
    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    columns = {
        name: np.concatenate(
            [part.columns.get(name, np.full(len(part), None, dtype=object)) for part in parts]
        )
        for name in names
    }
    wrong: dict[int, tuple[Reason, str]] = {}
    start = 0
    for part in parts:
        wrong.update({start + row: why for row, why in part.wrong.items()})
        start += len(part)
    return Rows(
        format=parts[0].format,
        geometry=np.concatenate([part.geometry for part in parts]),
        columns=columns,
        crs=parts[0].crs,
        wrong=wrong,
        remarks=[remark for part in parts for remark in part.remarks],
    )
