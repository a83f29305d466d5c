"""What goes in and out over HTTP about names of places."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gis.gazetteer.entries import ALIASES_MAX, KIND_MAX, NAME_MAX, NOTE_MAX
from gis.gazetteer.reports import OUTCOMES, TEXT_MAX
from ops_center.api.shapes import In, Lat, Lon, Out, PlaceOut, ZoneOut

Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
Kind = Annotated[str, Field(min_length=1, max_length=KIND_MAX)]
Note = Annotated[str, Field(max_length=NOTE_MAX)]
Label = Annotated[str, Field(max_length=TEXT_MAX)]
Outcome = Literal["entry_added", "corrected_in_map", "not_wrong", "duplicate", "other"]
PlaceSort = Literal[
    "address",
    "intersection",
    "between",
    "street",
    "poi",
    "area",
    "km_post",
    "plus_code",
    "coordinate",
]


class FoundOut(Out):
    """`detail` is the barrio it lies in; `sort` the kind of place after OpenStreetMap."""

    label: str
    kind: PlaceSort
    location: PlaceOut
    score: float
    zones: list[ZoneOut]
    side: Literal["left", "right"] | None
    detail: str | None
    sort: str | None


class FoundPlacesOut(Out):
    """Unless `certain`, a person chooses; `read_as` says how the words were understood."""

    items: list[FoundOut]
    certain: bool
    read_as: str | None


class HereOut(Out):
    label: str
    kind: PlaceSort
    street: str | None
    crossing: str | None
    housenumber: str | None
    route: str | None
    km: float | None
    distance_m: float
    zones: list[ZoneOut]


class PointIn(In):
    lon: Lon
    lat: Lat


class ChosenIn(PointIn):
    label: Label


class EntryIn(In):
    """A place of one's own (lon, lat), or more names for `target`, a street or place."""

    name: Name
    kind: Kind = "place"
    lon: Lon | None = None
    lat: Lat | None = None
    target: Name | None = None
    aliases: Annotated[tuple[Name, ...], Field(max_length=ALIASES_MAX)] = ()
    note: Note | None = None


class EntryPatch(In):
    name: Name | None = None
    kind: Kind | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    target: Name | None = None
    aliases: Annotated[tuple[Name, ...], Field(max_length=ALIASES_MAX)] | None = None
    note: Note | None = None


class GazetteerEntryOut(Out):
    """`linked_to` is what the target is called in the present city; null: not found there."""

    id: UUID
    version: int
    name: str
    kind: str
    target: str | None
    aliases: list[str]
    note: str | None
    linked_to: str | None
    lon: float | None
    lat: float | None
    changed_by: str
    changed_at: str


class GazetteerOut(Out):
    items: list[GazetteerEntryOut]
    next_cursor: str | None


class RemovedOut(Out):
    id: UUID


class ReportIn(In):
    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
    chosen: ChosenIn | None = None
    right: PointIn | None = None
    note: Note | None = None
    call_id: UUID | None = None


class PointOut(Out):
    lon: float
    lat: float


class ChosenOut(PointOut):
    label: str | None


class ReportOut(Out):
    id: UUID
    version: int
    state: Literal["open", "settled"]
    text: str
    chosen: ChosenOut | None
    right: PointOut | None
    note: str | None
    call_id: UUID | None
    reported_by: str
    reported_at: str
    outcome: Outcome | None
    settled_by: str | None
    settled_at: str | None
    settled_note: str | None
    entry_id: UUID | None


class ReportsOut(Out):
    items: list[ReportOut]
    next_cursor: str | None


class SettleIn(In):
    """`entry` is added to the gazetteer by the same command (outcome entry_added)."""

    outcome: Annotated[str, Field(min_length=1, max_length=64, examples=list(OUTCOMES))]
    note: Note | None = None
    entry: EntryIn | None = None
