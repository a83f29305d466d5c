"""One row of another centre's records: read by its map, or refused with the reason."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from dispatch.domain.cad_map import ISO, CadMap, PlaceColumns, PlaceOrder, Row, Source
from dispatch.domain.reporting import Stamp
from ops_center.kernel.errors import Invalid

TEXT_MAX: Final = 128
REFERENCE_MAX: Final = 64
PRIORITY_LARGEST: Final = 99
TIMES_KEPT: Final = 10_000
_PAIR: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)")


class Refused(Exception):
    """The row is left out: `reason` is a code to count by, `detail` what to look at."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row as kept; `doubts` are codes of what was left out of it or had to be guessed."""

    at: datetime
    texts: Mapping[str, str | None]
    priority: int | None
    lon: float | None
    lat: float | None
    stamps: Mapping[Stamp, datetime | None]
    doubts: tuple[str, ...] = field(default=())


class RowReader:
    """Reads rows by a map whose columns were found in the file."""

    def __init__(self, cad_map: CadMap, columns: Sequence[str]) -> None:
        missing = [one for one in cad_map.needed if one not in columns]
        if missing:
            raise Invalid(
                f"The file has no column {', '.join(repr(one) for one in missing)}. It has: "
                f"{', '.join(columns)}. Correct the map.",
                code="cad-columns",
            )
        self._map = cad_map
        self._width = len(columns)
        self._place_of = {name: place for place, name in enumerate(columns)}
        self._naive = lru_cache(TIMES_KEPT)(_time_reader(cad_map.formats))

    def read(self, row: Sequence[str]) -> Record:
        """Return the record of one row, or raise Refused."""
        if len(row) != self._width:
            raise Refused("columns", f"{len(row)} values for {self._width} columns")
        if any("\0" in one for one in row):
            raise Refused("unreadable-text", "holds a NUL character")
        doubts: list[str] = []
        stamps = self._instants(row, doubts)
        at = next((one for one in stamps.values() if one is not None), None)
        if at is None:
            raise Refused("no-time", "none of its times is there")
        texts = {name: self._text(row, name) for name in _TEXTS}
        if self._map.row is Row.RESPONSE and not texts["incident"]:
            raise Refused("no-incident", "it names no incident")
        lon, lat = self._place(row, doubts)
        return Record(
            at=at,
            texts=texts,
            priority=self._priority(row, doubts),
            lon=lon,
            lat=lat,
            stamps=stamps,
            doubts=tuple(dict.fromkeys(doubts)),
        )

    def _value(self, row: Sequence[str], column: str) -> str:
        return row[self._place_of[column]].strip()

    def _text(self, row: Sequence[str], name: str) -> str | None:
        source = self._map.fields.get(name)
        value = None if source is None else self._from(row, source)
        limit = REFERENCE_MAX if name in _REFERENCES else TEXT_MAX
        if value and len(value) > limit:
            raise Refused("too-long", f"{name} has {len(value)} characters; {limit} fit")
        return value or None

    def _from(self, row: Sequence[str], source: Source) -> str:
        if source.column is None:
            return source.constant or ""
        value = self._value(row, source.column)
        if source.pattern is not None:
            found = source.pattern.search(value)
            value = (found[1] or "").strip() if found else ""
        return source.values.get(value, value) if source.values else value

    def _priority(self, row: Sequence[str], doubts: list[str]) -> int | None:
        source = self._map.fields.get("priority")
        value = self._from(row, source) if source else ""
        if not value:
            return None
        if value.isdecimal() and int(value) <= PRIORITY_LARGEST:
            return int(value)
        doubts.append("priority-unreadable")
        return None

    def _place(self, row: Sequence[str], doubts: list[str]) -> tuple[float | None, float | None]:
        place = self._map.place
        written = "" if place is None else self._written_place(row, place)
        if place is None or not written:
            return None, None
        found = _PAIR.search(written)
        first, second = (float(found[1]), float(found[2])) if found else (999.0, 999.0)
        swapped = place.pair is not None and place.order is PlaceOrder.LAT_LON
        lon, lat = (second, first) if swapped else (first, second)
        if abs(lon) > 180 or abs(lat) > 90 or (lon == 0 and lat == 0):
            doubts.append("place-unreadable")
            return None, None
        return lon, lat

    def _written_place(self, row: Sequence[str], place: PlaceColumns) -> str:
        if place.pair is not None:
            return self._value(row, place.pair)
        assert place.lon is not None, "two columns, or one"
        assert place.lat is not None, "two columns, or one"
        parts = (self._value(row, place.lon), self._value(row, place.lat))
        return ",".join(parts) if any(parts) else ""

    def _instants(self, row: Sequence[str], doubts: list[str]) -> dict[Stamp, datetime | None]:
        found: dict[Stamp, datetime | None] = dict.fromkeys(Stamp)
        latest: datetime | None = None
        for stamp in Stamp:
            column = self._map.stamps.get(stamp)
            written = self._value(row, column) if column else ""
            if not column or not written:
                continue
            naive = self._naive(written)
            if naive is None:
                raise Refused("time-unreadable", f"{column}: {written[:40]!r}")
            found[stamp] = self._instant(naive, latest, doubts)
            latest = found[stamp]
        return found

    def _instant(self, said: datetime, after: datetime | None, doubts: list[str]) -> datetime:
        """Return the instant meant by a local time, which may have happened twice, or never.

        When clocks are set back an hour happens twice: the first that does not lie before the stamp
        ahead of it is meant. The hour that is left out in spring is read by the old offset.
        """
        if said.tzinfo is not None:
            return said.astimezone(UTC)
        early, late = (
            said.replace(tzinfo=self._map.timezone, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        if early == late:
            return early
        if early.astimezone(self._map.timezone).replace(tzinfo=None) != said:
            doubts.append("time-left-out")
            return early
        if after is not None:
            return early if early >= after else late
        doubts.append("time-twice")
        return early


_TEXTS: Final = ("incident", "unit", "type", "agency", "zone", "disposition")
_REFERENCES: Final = frozenset({"incident", "unit", "agency"})


def _time_reader(formats: Sequence[str]) -> Callable[[str], datetime | None]:
    def read(written: str) -> datetime | None:
        for one in formats:
            try:
                if one == ISO:
                    return datetime.fromisoformat(written)
                return datetime.strptime(written, one)  # noqa: DTZ007  local, by the map's zone
            except ValueError:
                continue
        return None

    return read
