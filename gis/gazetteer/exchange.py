"""Local names as CSV (UTF-8, one row each), to edit them in a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.gazetteer.entries import EntryFields, checked
from gis.geometry import Point
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.repository.gazetteer import Entry

CSV_HEADER = ("name", "kind", "target", "aliases", "lon", "lat", "note")
NEEDED = frozenset({"name"})
ALIAS_SEPARATOR = ";"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """A row of the file: its fields, or what is wrong with it."""

    line: int
    fields: EntryFields | None
    problem: str | None = None


def write_csv(entries: Iterable[Entry]) -> str:
    """The entries as CSV text that `read_csv` takes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for entry in entries:
        point = entry.point
        place = ("", "") if point is None else (f"{point.lon:.7f}", f"{point.lat:.7f}")
        words = (entry.name, entry.kind, entry.target or "", ALIAS_SEPARATOR.join(entry.aliases))
        writer.writerow([*map(_plain, words), *place, _plain(entry.note or "")])
    return out.getvalue()


def read_csv(text: str) -> Iterator[CsvRow]:
    """Every row, read or with its problem; raises Invalid when the header is not ours."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    header = frozenset(reader.fieldnames or ())
    if not header >= NEEDED:
        raise Invalid(f"The first line names the columns: {','.join(CSV_HEADER)}.")
    for row in reader:
        try:
            yield CsvRow(line=reader.line_num, fields=_fields(row))
        except (Invalid, ValueError) as wrong:
            yield CsvRow(line=reader.line_num, fields=None, problem=str(wrong))


def _fields(row: dict[str, str | None]) -> EntryFields:
    said = {name: (row.get(name) or "").strip().removeprefix("'") for name in CSV_HEADER}
    point = None
    if said["lon"] or said["lat"]:
        point = Point(lon=float(said["lon"]), lat=float(said["lat"]))
    return checked(
        EntryFields(
            name=said["name"],
            kind=said["kind"] or "place",
            target=said["target"] or None,
            aliases=tuple(a for a in said["aliases"].split(ALIAS_SEPARATOR) if a.strip()),
            note=said["note"] or None,
            point=point,
        )
    )


def _plain(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
