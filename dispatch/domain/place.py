"""Where something is, as far as the centre knows: location, words for it, and its zones."""

from dataclasses import dataclass

from gis.geometry import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area of responsibility that covers a place: a precinct, a district, a beat."""

    id: str
    kind: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What is known of a place; everything may still be unknown."""

    location: Location | None = None
    address: str | None = None
    zones: tuple[Zone, ...] = ()


UNPLACED = Placed()
