"""Which units and cameras a demo city has: four agencies, callsigns as crews say them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSpec:
    """A unit as `POST /units` takes it."""

    callsign: str
    agency: str
    kind: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """Units that share a row of callsigns: `prefix` + (`first` + n)."""

    prefix: str
    first: int
    digits: int
    agency: str
    kind: str
    capabilities: tuple[str, ...]

    def unit(self, number: int) -> UnitSpec:
        return UnitSpec(
            callsign=f"{self.prefix}{self.first + number:0{self.digits}d}",
            agency=self.agency,
            kind=self.kind,
            capabilities=self.capabilities,
        )


def _series(row: str) -> _Series:
    prefix, first, agency, kind, *capabilities = row.split()
    return _Series(
        prefix=prefix,
        first=int(first),
        digits=len(first),
        agency=agency,
        kind=kind,
        capabilities=tuple(capabilities),
    )


_PATROL: Final = _series("P 101 POL patrol patrol")
_LINCE: Final = _series("L 01 POL motorcycle patrol")
_AMBULANCE: Final = _series("A 01 SEME ambulance ambulance")
_FIRE: Final = _series("B 11 CBVP fire_engine fire")
_RESCUE: Final = _series("R 11 CBVP rescue rescue")
_TRAFFIC: Final = _series("T 01 PMT motorcycle traffic")

# One turn of this is the demo's 24 units; a smaller fleet still has one of everything early on.
_ORDER: Final = (
    *(_PATROL, _AMBULANCE, _FIRE, _LINCE, _RESCUE, _TRAFFIC),
    *(_PATROL, _PATROL, _AMBULANCE, _LINCE, _FIRE, _PATROL),
    *(_AMBULANCE, _PATROL, _LINCE, _PATROL, _AMBULANCE, _FIRE),
    *(_PATROL, _RESCUE, _TRAFFIC, _LINCE, _AMBULANCE, _PATROL),
)


def fleet(count: int) -> tuple[UnitSpec, ...]:
    """Return `count` units, the same ones for the same count."""
    return tuple(_numbered(islice(cycle(_ORDER), count)))


def _numbered(order: Iterator[_Series]) -> Iterator[UnitSpec]:
    used: Counter[str] = Counter()
    for series in order:
        yield series.unit(used[series.prefix])
        used[series.prefix] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLook:
    """How a demo camera looks at its corner: angles in degrees, range in metres."""

    fov_deg: float
    range_m: float
    rule: str
    zone: tuple[tuple[float, float], ...]
    priority: int


# Zones are corners in 0..1 of the picture, y downwards: where people walk in the demo clip.
_LOWER_HALF: Final = ((0.02, 0.45), (0.98, 0.45), (0.98, 0.98), (0.02, 0.98))
_RIGHT: Final = ((0.55, 0.2), (0.98, 0.2), (0.98, 0.95), (0.55, 0.95))
_CENTRE: Final = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.85), (0.25, 0.85))
CAMERA_LOOKS: Final = (
    CameraLook(
        fov_deg=68, range_m=80, rule="Movimiento en la vereda", zone=_LOWER_HALF, priority=3
    ),
    CameraLook(fov_deg=54, range_m=110, rule="Movimiento en el acceso", zone=_RIGHT, priority=2),
    CameraLook(fov_deg=90, range_m=60, rule="Movimiento en la plaza", zone=_CENTRE, priority=4),
)
