"""Reads another centre's CSV row by row: never more of it in memory than one batch."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import yaml

from dispatch.domain import cad_map
from dispatch.domain.cad_map import FIELDS, CadMap
from dispatch.domain.cad_record import Record, Refused, RowReader
from dispatch.domain.reporting import Stamp
from ops_center.kernel.errors import Invalid

BATCH: Final = 5_000
LISTED_MAX: Final = 100
ROWS_MAX: Final = 10_000_000
MAP_BYTES_MAX: Final = 200_000
_DETAIL_MAX: Final = 200
_CHUNK: Final = 1 << 20
# The order of a stored row, behind the id of its import.
COLUMNS: Final = (
    *("line", "at", "incident", "unit", "type", "priority", "agency", "zone", "disposition"),
    *("lon", "lat", *(f"{stamp}_at" for stamp in Stamp)),
)


class Rows(Protocol):
    """What `csv.reader` gives: rows, and the number of the line the last one ended on."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(slots=True)
class Reading:
    """How a file was read so far: rows counted, the refused and doubtful ones by reason."""

    read: int = 0
    kept: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    listed: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, reason: str, detail: str) -> None:
        """Count a row that is left out; the first LISTED_MAX are told one by one."""
        self.refused[reason] += 1
        if len(self.listed) < LISTED_MAX:
            self.listed.append({"line": line, "reason": reason, "detail": detail[:_DETAIL_MAX]})


def read_map(file: Path) -> tuple[CadMap, dict[str, Any]]:
    """Return a map file as read and as written; Invalid says where it is wrong."""
    if file.stat().st_size > MAP_BYTES_MAX:
        raise Invalid(f"{file.name} has more than {MAP_BYTES_MAX:,} bytes: that is no map file.")
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise Invalid(f"{file.name} is no YAML: {wrong}", code="cad-map") from wrong
    return cad_map.parse(document), document


def digest(file: Path) -> str:
    """Return the SHA-256 of the file in hex."""
    made = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()


class CadFile:
    """A file on its way in: `batches()` gives rows to store, `reading` tells what became of all."""

    def __init__(self, file: Path, mapped: CadMap) -> None:
        self._file = file
        self._map = mapped
        self.reading = Reading()

    def batches(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield rows in the order of COLUMNS, at most BATCH at once; blocks on disk.

        Invalid when the file as a whole cannot be read so: encoding, columns, too many rows.
        """
        try:
            with self._file.open(encoding=self._map.encoding, newline="") as text:
                yield from self._batches(csv.reader(text, delimiter=self._map.delimiter))
        except UnicodeDecodeError as wrong:
            raise Invalid(
                f"{self._file.name} is not {self._map.encoding} near row {self.reading.read + 1}: "
                "set file.encoding in the map, for example latin-1.",
                code="cad-encoding",
            ) from wrong
        except csv.Error as wrong:
            raise Invalid(
                f"{self._file.name}, near row {self.reading.read + 1}: {wrong}.", code="cad-csv"
            ) from wrong

    def _batches(self, rows: Rows) -> Iterator[list[tuple[Any, ...]]]:
        columns = self._map.columns or tuple(name.strip() for name in next(rows, []))
        reader = RowReader(self._map, columns)
        while batch := list(islice(rows_with_lines(rows), BATCH)):
            yield [stored for line, row in batch if (stored := self._stored(reader, line, row))]

    def _stored(self, reader: RowReader, line: int, row: Sequence[str]) -> tuple[Any, ...] | None:
        told = self.reading
        told.read += 1
        if told.read > ROWS_MAX:
            raise Invalid(f"More than {ROWS_MAX:,} rows: split the file.", code="cad-rows")
        try:
            record = reader.read(row)
        except Refused as refused:
            told.refuse(line, refused.reason, refused.detail)
            return None
        told.kept += 1
        told.doubtful.update(record.doubts)
        return _columns(line, record)


def rows_with_lines(rows: Rows) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty with the number of its last line."""
    for row in rows:
        if row:
            yield rows.line_num, row


def _columns(line: int, record: Record) -> tuple[Any, ...]:
    texts = [record.priority if name == "priority" else record.texts[name] for name in FIELDS]
    stamps = [record.stamps[stamp] for stamp in Stamp]
    return (line, record.at, *texts, record.lon, record.lat, *stamps)
