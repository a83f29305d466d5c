"""One file read and judged: what is kept and refused goes to files, the report is returned."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import shapely

from gis.layers.csv_rows import read_csv
from gis.layers.formats import HEAD_BYTES, SUFFIX, Format, recognise, unreadable
from gis.layers.judging import Judge, Told
from gis.layers.model import FEATURES_MAX, ReadOptions
from gis.layers.places import refuse_wild, reproject
from gis.layers.rows import Rows
from gis.layers.unpacking import unpack
from gis.layers.vector_rows import read_vector

KEPT = "kept.ndjson"
REFUSED = "refused.ndjson"
# A shape with more vertices than this is named before it is looked at: it may take long.
LARGE_VERTICES = 2_000
ROWS_PER_TOLD = 2_000
Tell = Callable[..., None]


def read_file(asked: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Read `asked["source"]` as `asked["options"]` say; write rows to `asked["folder"]`."""
    folder = Path(asked["folder"])
    given = dict(asked["options"])
    around = given.pop("around")
    options = ReadOptions(**given, around=tuple(around) if around else None)
    tell("reading")
    rows = _rows(Path(asked["source"]), folder, options)
    if len(rows) > FEATURES_MAX:
        raise unreadable(f"More than {FEATURES_MAX:,} features: split the file.")
    judge = Judge(rows, options, _told_rows(rows, tell))
    judge.refuse_large()
    tell("placing", total=len(rows))
    crs = reproject(rows, options.crs)
    refuse_wild(rows, options.around)
    tell("judging", row=0, total=len(rows))
    bounds = _write(judge, folder)
    tell("judged", row=len(rows), total=len(rows))
    return _report(judge, crs, bounds)


def _rows(source: Path, folder: Path, options: ReadOptions) -> Rows:
    found = _recognised(source)
    if found is Format.ZIP:
        source = unpack(source, folder, wanted=options.source_layer)
        found = _recognised_inside(source)
    else:
        # GDAL wants the ending that fits the format, whatever the file was called.
        link = folder / f"source{SUFFIX[found]}"
        link.symlink_to(source)
        source = link
    if found is Format.CSV:
        return read_csv(source, encoding=options.encoding)
    return read_vector(source, found, encoding=options.encoding, source_layer=options.source_layer)


def _recognised(source: Path) -> Format:
    with source.open("rb") as file:
        return recognise(file.read(HEAD_BYTES))


def _recognised_inside(source: Path) -> Format:
    if source.suffix == ".shp":
        return Format.SHAPEFILE
    found = _recognised(source)
    if found is Format.ZIP:
        raise unreadable("The zip holds another zip. Send what is inside.")
    return found


def _told_rows(rows: Rows, tell: Tell) -> Callable[[int], None]:
    counts = shapely.get_num_coordinates(rows.geometry)

    def starts(row: int) -> None:
        if counts[row - 1] > LARGE_VERTICES or row % ROWS_PER_TOLD == 0:
            tell("judging", row=row, total=len(rows))

    return starts


def _write(judge: Judge, folder: Path) -> list[float] | None:
    """Write every row to its file, one JSON a line; return the bounds of what is kept."""
    bounds: list[float] | None = None
    with _new(folder / KEPT) as kept, _new(folder / REFUSED) as refused:
        for is_kept, record in judge.records():
            if is_kept:
                bounds = _wider(bounds, record.pop("bounds"))
            line = json.dumps(record, ensure_ascii=False)
            (kept if is_kept else refused).write(f"{line}\n")
    return bounds


def _new(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w", encoding="utf-8",
                     errors="replace")  # fmt: skip


def _wider(bounds: list[float] | None, more: tuple[float, float, float, float]) -> list[float]:
    if bounds is None:
        return list(more)
    return [
        min(bounds[0], more[0]),
        min(bounds[1], more[1]),
        max(bounds[2], more[2]),
        max(bounds[3], more[3]),
    ]


def _report(judge: Judge, crs: str, bounds: list[float] | None) -> dict[str, Any]:
    return {
        "format": str(judge.rows.format),
        "crs": crs,
        "id_column": judge.id_column,
        "name_column": judge.name_column,
        "rows": len(judge.rows),
        "kept": judge.kept,
        "bounds": bounds,
        "remarks": judge.rows.remarks,
        "mended": _told(judge.mended),
        "doubtful": _told(judge.doubted),
        "refused": _told(judge.refused),
    }


def _told(what: Told) -> dict[str, Any]:
    return {"rows": what.rows, "by_reason": dict(what.by_reason), "listed": what.listed}
