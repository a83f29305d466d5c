"""Row by row: what is kept, what was put right, what is refused and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.address import bare
from gis.layers.formats import unreadable
from gis.layers.letters import NAME_MAX_CHARS, read_property, read_text, shown
from gis.layers.mending import VERTICES_MAX, mend
from gis.layers.model import (
    REFUSED_MAX,
    ROWS_LISTED_MAX,
    Doubt,
    ReadOptions,
    Reason,
)
from gis.layers.rows import Rows

ID_MAX_CHARS = 64
PROPERTIES_MAX_BYTES = 64_000
DISTINCT_MIN = 0.9
ID_COLUMNS = ("id", "gid", "codigo", "code", "cod", "osm id")
NAME_COLUMNS = ("name", "nombre", "nombres", "denominacion", "label", "titulo", "title")

Where = Callable[[int], None]


class RowRefused(Exception):
    """This row cannot be kept."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class Told:
    """What happened to rows under one heading: how often by reason, and the first of them."""

    rows: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)
    listed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: int, identity: str | None, what: list[tuple[str, str]]) -> None:
        self.rows += 1
        for reason, detail in what:
            self.by_reason[reason] += 1
            if len(self.listed) < ROWS_LISTED_MAX:
                one = {"row": row, "id": identity, "reason": reason, "detail": detail}
                self.listed.append(one)


@dataclass(slots=True)
class Judge:
    """Goes through the rows of one file; `mended`, `doubted`, `refused` tell of them after it.

    Rows are numbered from 1. `starts` is told of each row whose geometry may take long.
    """

    rows: Rows
    options: ReadOptions
    starts: Where
    id_column: str | None = None
    name_column: str | None = None
    mended: Told = field(default_factory=Told)
    doubted: Told = field(default_factory=Told)
    refused: Told = field(default_factory=Told)
    kept: int = 0
    _seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id_column = self._column(self.options.id_column) or self._id_column()
        self.name_column = self._column(self.options.name_column) or self._name_column()
        if self.id_column is None:
            self.rows.remarks.append(
                "No column of ids: rows are known by their number, so comparing versions "
                "follows the order of the file. Name a column with --id."
            )

    def refuse_large(self) -> None:
        """Refuse geometry with too many vertices before anything costly looks at it."""
        counts = shapely.get_num_coordinates(self.rows.geometry)
        for row in np.flatnonzero(counts > VERTICES_MAX):
            what = f"{counts[row]:,} vertices; {VERTICES_MAX:,} are allowed: simplify it"
            self.rows.wrong.setdefault(int(row), (Reason.TOO_MANY_VERTICES, what))
            # Its shape would only cost; where it lies is enough for the report.
            self.rows.geometry[row] = shapely.points(shapely.get_coordinates(
                self.rows.geometry[row])[0])  # fmt: skip

    def records(self) -> Iterator[tuple[bool, dict[str, Any]]]:
        """Yield (kept, record) for each row: a feature for the database, or a refused one."""
        for row in range(len(self.rows)):
            values = self.rows.values(row)
            try:
                record = self._kept(row, values)
            except RowRefused as why:
                yield False, self._refused(row, values, why)
                continue
            self.kept += 1
            yield True, record

    def _kept(self, row: int, values: dict[str, Any]) -> dict[str, Any]:
        done: list[tuple[str, str]] = []
        doubts: list[tuple[str, str]] = []
        geometry = self._geometry(row, done)
        identity = self._identity(row, values)
        name = self._name(values, done, doubts)
        properties = _properties(values, {self.name_column}, done, doubts)
        self._seen[identity] = row + 1
        if done:
            self.mended.add(row + 1, identity, done)
        if doubts:
            self.doubted.add(row + 1, identity, doubts)
        return {
            "id": identity,
            "name": name,
            "folded": bare(name) or None if name else None,
            "properties": properties,
            "geom": shapely.to_wkb(geometry, hex=True),
            "bounds": geometry.bounds,
        }

    def _geometry(self, row: int, done: list[tuple[str, str]]) -> BaseGeometry:
        if row in self.rows.wrong:
            raise RowRefused(*self.rows.wrong[row])
        geometry = self.rows.geometry[row]
        if geometry is None:
            raise RowRefused(Reason.NO_GEOMETRY, "the row has no geometry")
        self.starts(row + 1)
        found = mend(geometry, areas_only=self.options.areas_only)
        if found.refused is not None:
            raise RowRefused(*found.refused)
        assert found.geometry is not None, "kept or refused"
        done.extend((str(what), detail) for what, detail in found.done)
        return found.geometry

    def _identity(self, row: int, values: dict[str, Any]) -> str:
        if self.id_column is None:
            return str(row + 1)
        raw = values[self.id_column]
        if raw is None or not str(raw).strip():
            raise RowRefused(Reason.NO_ID, f"{self.id_column} is empty")
        found = read_text(str(raw), max_chars=ID_MAX_CHARS)
        if found.refused is not None:
            raise RowRefused(found.refused, f"{self.id_column}: {found.value}")
        if found.value in self._seen:
            what = f"{self.id_column} {found.value} is that of row {self._seen[found.value]} too"
            raise RowRefused(Reason.DUPLICATE_ID, what)
        return found.value

    def _name(
        self,
        values: dict[str, Any],
        done: list[tuple[str, str]],
        doubts: list[tuple[str, str]],
    ) -> str | None:
        raw = values.get(self.name_column) if self.name_column else None
        if raw is None or not str(raw).strip():
            if self.name_column is not None:
                doubts.append((Doubt.NO_NAME, f"{self.name_column} is empty"))
            return None
        found = read_text(str(raw), max_chars=NAME_MAX_CHARS)
        if found.refused is not None:
            raise RowRefused(found.refused, f"{self.name_column}: {found.value[:NAME_MAX_CHARS]}")
        told = f"{self.name_column}: {shown(str(raw))[:NAME_MAX_CHARS]}"
        done.extend((str(one), f"{told} -> {found.value}") for one in found.mended)
        doubts.extend((str(one), told) for one in found.doubts)
        return found.value

    def _refused(self, row: int, values: dict[str, Any], why: RowRefused) -> dict[str, Any]:
        raw = values.get(self.id_column) if self.id_column else row + 1
        identity = None if raw is None else shown(str(raw))[:ID_MAX_CHARS]
        self.refused.add(row + 1, identity, [(str(why.reason), why.detail)])
        if self.refused.rows > REFUSED_MAX:
            first = "; ".join(f"{n:,} {reason}" for reason, n in self.refused.by_reason.items())
            raise unreadable(
                f"More than {REFUSED_MAX:,} rows would be refused ({first}): the file as a whole "
                "is wrong. Look at its CRS and its columns.",
                code="layer-refused",
            )
        shown_values = {shown(k): _shown(v) for k, v in values.items()}
        return {
            "row": row + 1,
            "reason": str(why.reason),
            "feature": {
                "type": "Feature",
                "id": identity,
                "geometry": _sketch(self.rows.geometry[row]),
                "properties": {
                    **shown_values,
                    "_row": row + 1,
                    "_reason": str(why.reason),
                    "_detail": why.detail,
                },
            },
        }

    def _column(self, wanted: str | None) -> str | None:
        if wanted is None:
            return None
        names = {name.lower(): name for name in self.rows.columns}
        if wanted.lower() not in names:
            raise unreadable(
                f"There is no column {wanted!r}. The file has: "
                f"{', '.join(shown(name) for name in self.rows.columns)[:500]}.",
                code="column-unknown",
            )
        return names[wanted.lower()]

    def _id_column(self) -> str | None:
        """A column that calls itself an id, as long as it tells nearly all rows apart."""
        for name in self._called(ID_COLUMNS):
            values = {str(one) for one in self.rows.columns[name] if one is not None}
            if len(values) >= DISTINCT_MIN * len(self.rows):
                return name
            self.rows.remarks.append(f"Column {shown(name)} repeats itself: not taken as ids.")
        return None

    def _name_column(self) -> str | None:
        found = self._called(NAME_COLUMNS)
        filled = [
            name
            for name in found
            if any(isinstance(one, str) and one.strip() for one in self.rows.columns[name])
        ]
        return next(iter(filled or found), None)

    def _called(self, words: tuple[str, ...]) -> list[str]:
        folded = {name: bare(name) for name in self.rows.columns}
        return [name for word in words for name, one in folded.items() if one == word]


def _properties(
    values: dict[str, Any],
    told: set[str | None],
    done: list[tuple[str, str]],
    doubts: list[tuple[str, str]],
) -> str:
    """The row's own fields as JSON text, cleaned; refused when they are too long."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if not isinstance(value, str):
            kept[shown(name)] = value
            continue
        found = read_property(value)
        if found.refused is not None:
            raise RowRefused(found.refused, f"{shown(name)} is too long")
        kept[shown(name)] = found.value
        if name not in told:
            where = f"{shown(name)}: {shown(value)[:NAME_MAX_CHARS]}"
            done.extend((str(one), where) for one in found.mended)
            doubts.extend((str(one), where) for one in found.doubts)
    text = json.dumps(kept, ensure_ascii=False, default=str)
    if len(text.encode()) > PROPERTIES_MAX_BYTES:
        raise RowRefused(Reason.TOO_LONG, f"its columns hold over {PROPERTIES_MAX_BYTES:,} bytes")
    return text


def _shown(value: Any) -> Any:
    return shown(value)[:NAME_MAX_CHARS] if isinstance(value, str) else value


def _sketch(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    """What a refused row looked like, as far as GeoJSON can say it: its bounds when it is large."""
    if geometry is None or geometry.is_empty:
        return None
    coords = shapely.get_coordinates(geometry)
    if not np.isfinite(coords).all():
        return None
    small = geometry if len(coords) <= _SKETCH_VERTICES_MAX else shapely.envelope(geometry)
    sketch: dict[str, Any] = json.loads(shapely.to_geojson(small))
    return sketch


_SKETCH_VERTICES_MAX = 200
