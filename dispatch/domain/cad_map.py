"""The map file: how another centre's CSV is to be read. Pure: from YAML's values to a CadMap."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.domain.reporting import Stamp
from dispatch.domain.rules.reading import Part, read
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import Invalid

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
NAME_FORM: Final = "must be 1 to 48 of a-z, 0-9, _ and -, beginning with a letter or digit"
FIELDS: Final = ("incident", "unit", "type", "priority", "agency", "zone", "disposition")
COLUMN_MAX: Final = 200
FORMATS_MAX: Final = 10
ISO: Final = "iso"


class Row(StrEnum):
    """What one line of the file is: one unit's work on an incident, or one call."""

    RESPONSE = "response"
    CALL = "call"


class PlaceOrder(StrEnum):
    LAT_LON = "lat_lon"
    LON_LAT = "lon_lat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value comes from: a column, the part of it that `pattern` finds, its new name."""

    column: str | None = None
    pattern: re.Pattern[str] | None = None
    values: Mapping[str, str] | None = None
    constant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceColumns:
    """A pair in one column, such as "(37.77, -122.42)", or two columns."""

    pair: str | None = None
    order: PlaceOrder = PlaceOrder.LAT_LON
    lon: str | None = None
    lat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CadMap:
    """A map file as read; `columns` is None where the file's first line names them."""

    name: str
    title: str
    delimiter: str
    encoding: str
    columns: tuple[str, ...] | None
    row: Row
    timezone: ZoneInfo
    formats: tuple[str, ...]
    stamps: Mapping[Stamp, str]
    fields: Mapping[str, Source]
    place: PlaceColumns | None

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that the file must have."""
        place = (self.place.pair, self.place.lon, self.place.lat) if self.place else ()
        named = (*self.stamps.values(), *(one.column for one in self.fields.values()), *place)
        return tuple(dict.fromkeys(one for one in named if one is not None))


def check_name(name: str) -> str:
    """Return the name of an import, or Invalid."""
    if not NAME.fullmatch(name):
        raise Invalid(f"A name {NAME_FORM}.", field="name")
    return name


def parse(document: JsonValue) -> CadMap:
    """Return the map, or raise RulesInvalid with the path and the cure of every fault."""
    return read(document, _map)


def _map(part: Part) -> CadMap:
    part.only("name", "title", "file", "row", "timezone", "times", "stamps", "fields", "place")
    file = part["file"]
    file.only("delimiter", "encoding", "columns")
    name = part["name"].text(limit=48)
    if name and not NAME.fullmatch(name):
        part["name"].fault(NAME_FORM)
    columns = tuple(one.text(limit=COLUMN_MAX) for one in file["columns"].each())
    return CadMap(
        name=name,
        title=part["title"].optional(Part.text) or name,
        delimiter=_delimiter(file["delimiter"]),
        encoding=_encoding(file["encoding"]),
        columns=columns or None,
        row=Row(part["row"].one_of(Row)),
        timezone=_zone(part["timezone"]),
        formats=_formats(part["times"]),
        stamps=_stamps(part["stamps"]),
        fields=_fields(part["fields"]),
        place=part["place"].optional(_place),
    )


def _delimiter(part: Part) -> str:
    if part.absent:
        return ","
    if isinstance(part.value, str) and len(part.value) == 1 and part.value not in '"\r\n\0':
        return part.value
    part.fault("must be one character, such as , or ; or a tab")
    return ","


def _encoding(part: Part) -> str:
    given = "utf-8-sig" if part.absent else part.text(limit=40)
    try:
        name = codecs.lookup(given or "utf-8").name
    except LookupError:
        part.fault("is not an encoding known here; utf-8 and latin-1 are the usual ones")
        return "utf-8"
    return "utf-8-sig" if name == "utf-8" else name


def _zone(part: Part) -> ZoneInfo:
    given = part.text(limit=64)
    try:
        return ZoneInfo(given or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        part.fault("is not a time zone; write such as America/Asuncion")
        return ZoneInfo("UTC")


def _formats(part: Part) -> tuple[str, ...]:
    formats = tuple(one.text(limit=80) for one in part.each(limit=FORMATS_MAX))
    if not formats:
        part.fault(f"must list how times are written: {ISO}, or such as %d/%m/%Y %H:%M:%S")
    for one, place in zip(formats, part.each(limit=FORMATS_MAX), strict=True):
        if one != ISO and "%" not in one:
            place.fault(f"is {ISO}, or a strptime format such as %d/%m/%Y %H:%M:%S")
    return formats


def _stamps(part: Part) -> Mapping[Stamp, str]:
    part.only(*Stamp)
    found = {
        stamp: part[stamp].text(limit=COLUMN_MAX) for stamp in Stamp if stamp in part.members()
    }
    if not found:
        part.fault(f"must name the column of at least one of: {', '.join(Stamp)}")
    return found


def _fields(part: Part) -> Mapping[str, Source]:
    part.only(*FIELDS)
    members = part.members()
    return {name: _source(members[name]) for name in FIELDS if name in members}


def _source(part: Part) -> Source:
    if isinstance(part.value, str):
        return Source(column=part.text(limit=COLUMN_MAX))
    part.only("column", "pattern", "values", "constant")
    constant = part["constant"].optional(Part.text)
    if constant is not None:
        return Source(constant=constant)
    return Source(
        column=part["column"].text(limit=COLUMN_MAX),
        pattern=part["pattern"].optional(_pattern),
        values=part["values"].optional(_values),
    )


def _pattern(part: Part) -> re.Pattern[str]:
    try:
        pattern = re.compile(part.text())
    except re.error as wrong:
        part.fault(f"is no regular expression: {wrong}")
        return re.compile("(.*)")
    if pattern.groups != 1:
        part.fault("must have one group, (…): the part of the value to take")
    return pattern


def _values(part: Part) -> Mapping[str, str]:
    return {name: one.text() for name, one in part.members().items()}


def _place(part: Part) -> PlaceColumns:
    part.only("column", "order", "lon", "lat")
    if "column" in part.members():
        order = PlaceOrder(part["order"].one_of(PlaceOrder, default=PlaceOrder.LAT_LON))
        return PlaceColumns(pair=part["column"].text(limit=COLUMN_MAX), order=order)
    lon, lat = part["lon"].text(limit=COLUMN_MAX), part["lat"].text(limit=COLUMN_MAX)
    return PlaceColumns(lon=lon, lat=lat)
