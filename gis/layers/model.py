"""What a layer is, what reading a file may refuse or mend, and every limit of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

FILE_MAX_BYTES = 300_000_000
FEATURES_MAX = 500_000
REFUSED_MAX = 10_000
ROWS_LISTED_MAX = 200
VERSIONS_KEPT = 20
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,47}$"


class LayerKind(StrEnum):
    """What the features are; a layer of zones also feeds the zones of the centre."""

    ZONE = "zone"
    STATION = "station"
    HOSPITAL = "hospital"
    HYDRANT = "hydrant"
    HAZARD = "hazard"
    CLOSURE = "closure"
    CUSTOM = "custom"


SEARCHABLE = frozenset({LayerKind.STATION, LayerKind.HOSPITAL, LayerKind.CUSTOM})


class ZoneKind(StrEnum):
    """What the zones of a layer are for."""

    JURISDICTION = "jurisdiction"
    RESPONSE = "response"
    PATROL = "patrol"
    DISTRICT = "district"


class Reason(StrEnum):
    """Why a row is refused."""

    NO_GEOMETRY = "no_geometry"
    UNREADABLE_GEOMETRY = "unreadable_geometry"
    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_VERTICES = "too_many_vertices"
    TOO_TANGLED = "too_tangled"
    NOT_MENDABLE = "not_mendable"
    NOT_AN_AREA = "not_an_area"
    WILD_COORDINATES = "wild_coordinates"
    FAR_AWAY = "far_away"
    SWAPPED = "swapped"
    WRONG_SIGN = "wrong_sign"
    NO_ID = "no_id"
    DUPLICATE_ID = "duplicate_id"
    LETTERS_LOST = "letters_lost"
    CONTROL_CHARACTERS = "control_characters"
    TOO_LONG = "too_long"


class Mending(StrEnum):
    """What was put right in a row that is kept."""

    MADE_VALID = "made_valid"
    FLATTENED = "flattened"
    LETTERS_RESTORED = "letters_restored"
    CONTROLS_REMOVED = "controls_removed"


class Doubt(StrEnum):
    """What a person should look at in a row that is kept as it is."""

    QUESTION_MARK = "question_mark"
    MARKUP = "markup"
    NO_NAME = "no_name"
    LETTERS_LOST = "letters_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How a file is to be read; None leaves it to the file.

    `around` is (west, south, east, north) of the city in degrees, where features are expected.
    """

    file_name: str
    areas_only: bool = False
    id_column: str | None = None
    name_column: str | None = None
    crs: str | None = None
    encoding: str | None = None
    source_layer: str | None = None
    around: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer as the picture shows it; `bounds` are west, south, east, north in degrees.

    `version` counts its changes; `published` is the number of the version in force, None once
    the layer is removed.
    """

    id: UUID
    name: str
    kind: str
    zone_kind: str | None
    agency: str | None
    searchable: bool
    version: int
    published: int | None
    features: int
    published_at: datetime
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerVersion:
    """One publication; `report` is what its import told."""

    number: int
    published_at: datetime
    published_by: str
    file_name: str
    file_sha256: str
    file_bytes: int
    features: int
    refused: int
    in_force: bool
    report: dict[str, object]
