"""Rows of a CSV with lon and lat, or with WKT: semicolons and decimal commas too."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from pathlib import Path

import numpy as np
import shapely

from gis.layers.formats import (
    ENCODINGS,
    Format,
    csv_columns,
    geometry_columns,
    unreadable,
)
from gis.layers.model import FEATURES_MAX, Reason
from gis.layers.rows import Objects, Rows

FIELD_MAX_CHARS = 8_000_000  # a polygon of VERTICES_MAX as WKT
NESTED_MAX = 32
FALLBACK = "cp1252"
_COMMA_DECIMAL = re.compile(r"^-?\d+,\d+$")
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_NO_NUMBER = frozenset({"", "-", "na", "n/a", "null", "none", "nan", "s/d"})


def read_csv(path: Path, *, encoding: str | None) -> Rows:
    """Read the rows of a CSV file; the CRS is left to the options."""
    text, remarks = _decoded(path.read_bytes(), encoding)
    found = csv_columns(text)
    if found is None:
        raise unreadable(
            "The CSV names no columns of lon and lat (or WKT) in its first line: call them "
            "lon and lat."
        )
    delimiter, header = found
    names = _distinct(header)
    csv.field_size_limit(FIELD_MAX_CHARS)
    lines, wrong = _lines(text, delimiter, len(header))
    places = geometry_columns(header)
    assert places is not None, "csv_columns saw them"
    cells = _as_columns(lines, len(header))
    geometry = (
        _from_wkt(cells[places[0]], wrong)
        if len(places) == 1
        else (_from_numbers(cells[places[0]], cells[places[1]], wrong))
    )
    columns = {name: cells[i] for i, name in enumerate(names) if i not in places}
    return Rows(
        format=Format.CSV, geometry=geometry, columns=columns, crs=None, wrong=wrong,
        remarks=remarks,
    )  # fmt: skip


def _decoded(raw: bytes, encoding: str | None) -> tuple[str, list[str]]:
    if encoding is not None:
        try:
            return raw.decode(ENCODINGS[encoding.lower()]), []
        except UnicodeDecodeError as error:
            raise unreadable(
                f"The file is not {encoding}: byte {error.start:,} does not fit. Name another "
                "--encoding, or none."
            ) from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), []
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        text = raw.decode(FALLBACK, errors="replace")
    return text, ["The file is not UTF-8: read as Windows-1252. If names look wrong, name it."]


def _distinct(header: list[str]) -> list[str]:
    names: list[str] = []
    for place, raw in enumerate(header, start=1):
        name = raw.strip() or f"column_{place}"
        names.append(f"{name}_{place}" if name in names else name)
    return names


def _lines(
    text: str, delimiter: str, width: int
) -> tuple[list[list[str]], dict[int, tuple[Reason, str]]]:
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    lines: list[list[str]] = []
    wrong: dict[int, tuple[Reason, str]] = {}
    try:
        for cells in islice(reader, 1, None):
            if not cells:
                continue
            if len(lines) >= FEATURES_MAX:
                raise unreadable(f"More than {FEATURES_MAX:,} rows: split the file.")
            if len(cells) > width and any(one.strip() for one in cells[width:]):
                what = f"line {reader.line_num} has {len(cells)} fields, the header {width}"
                wrong[len(lines)] = (Reason.UNREADABLE_GEOMETRY, what)
            lines.append([*cells[:width], *[""] * (width - len(cells))])
    except csv.Error as error:
        raise unreadable(f"Line {reader.line_num} of the CSV cannot be read: {error}.") from error
    return lines, wrong


def _as_columns(lines: list[list[str]], width: int) -> list[Objects]:
    return [np.array([line[i] for line in lines], dtype=object) for i in range(width)]


def number(text: str) -> float | None:
    """Return a coordinate written with point or comma; None for none; ValueError for words."""
    bare = text.strip().replace("\u2212", "-").replace("\u00a0", "")
    if bare.lower() in _NO_NUMBER:
        return None
    if "," in bare and "." in bare:  # thousands are set apart by whichever comes first
        first, last = sorted(",.", key=bare.index)
        bare = bare.replace(first, "").replace(last, ".")
    elif _COMMA_DECIMAL.match(bare):
        bare = bare.replace(",", ".")
    if not _NUMBER.match(bare):
        raise ValueError(f"{text[:40]!r} is not a number")
    return float(bare)


def _from_numbers(lons: Objects, lats: Objects, wrong: dict[int, tuple[Reason, str]]) -> Objects:
    xy = np.full((len(lons), 2), np.nan)
    for row, (lon, lat) in enumerate(zip(lons, lats, strict=True)):
        try:
            x, y = number(lon), number(lat)
        except ValueError as error:
            wrong.setdefault(row, (Reason.NOT_A_NUMBER, str(error)))
            continue
        if x is None or y is None:
            wrong.setdefault(row, (Reason.NO_GEOMETRY, "lon or lat is empty"))
            continue
        xy[row] = (x, y)
    points: Objects = np.full(len(lons), None, dtype=object)
    given = np.isfinite(xy).all(axis=1)
    points[given] = shapely.points(xy[given])
    return points


def _from_wkt(texts: Objects, wrong: dict[int, tuple[Reason, str]]) -> Objects:
    found: Objects = np.full(len(texts), None, dtype=object)
    for row, text in enumerate(texts):
        if not text.strip():
            continue
        if text.upper().count("GEOMETRYCOLLECTION") > NESTED_MAX:
            wrong.setdefault(row, (Reason.UNREADABLE_GEOMETRY, "collections nested too deep"))
            continue
        found[row] = shapely.from_wkt(text, on_invalid="ignore")
        if found[row] is None:
            wrong.setdefault(row, (Reason.UNREADABLE_GEOMETRY, f"not WKT: {text[:40]!r}"))
    return found
