"""Misbehaviour on demand: what bad devices, gateways and networks do, as chances per occasion."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from ops_center.kernel.clock import wire_time

LATE_BY_S: Final = (20.0, 120.0)
SKEW_S: Final = (90.0, 7_200.0)
SILENT_FOR_S: Final = (30.0, 180.0)
TELEPORT_DEG: Final = 0.4
ALL_AT: Final = 0.05

Fix = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischief:
    """Each field is a chance from 0 to 1; per batch of fixes, per call, per command or per minute.

    late, duplicate, teleport, null_island, skew: a batch of fixes comes late, twice, with a fix
    far away, with a fix at 0, 0, with a wrong device clock. silent: a unit says nothing for a
    while. duplicate_call: somebody else calls about the same thing. replayed_key: a command is
    sent twice with its key. socket_loss: the console socket is torn, per minute.
    """

    late: float = 0.0
    duplicate: float = 0.0
    teleport: float = 0.0
    null_island: float = 0.0
    skew: float = 0.0
    silent: float = 0.0
    duplicate_call: float = 0.12
    replayed_key: float = 0.0
    socket_loss: float = 0.0

    def __post_init__(self) -> None:
        for name in KINDS:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a chance: 0 to 1.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what "all", "none" or "late=0.1,teleport=0.02" ask for; ValueError if nothing."""
        return cls().changed(text)

    def changed(self, text: str) -> Self:
        """Return this with the chances that `text` names replaced."""
        if text in {"", "none"}:
            return type(self)()
        if text == "all":
            return type(self)(**dict.fromkeys(KINDS, ALL_AT))
        given = dict(part.strip().partition("=")[::2] for part in text.split(","))
        unknown = sorted(set(given) - set(KINDS))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is none of: {', '.join(KINDS)}.")
        return replace(self, **{name: float(value) for name, value in given.items()})


KINDS: Final = tuple(field.name for field in fields(Mischief))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A batch of fixes and when to send it."""

    fixes: tuple[Fix, ...]
    due: datetime


def sendings(
    fixes: Sequence[Fix], mischief: Mischief, rng: random.Random, *, now: datetime
) -> list[Sending]:
    """Return the batches that leave the device for these honest fixes."""
    spoilt = tuple(fixes)
    if rng.random() < mischief.teleport:
        spoilt = (*spoilt, _far_away(spoilt[-1], rng, now=now))
    if rng.random() < mischief.null_island:
        spoilt = (*spoilt, {**spoilt[-1], "lon": 0.0, "lat": 0.0})
    if rng.random() < mischief.skew:
        ahead = timedelta(seconds=rng.choice((-1, 1)) * rng.uniform(*SKEW_S))
        spoilt = tuple({**one, "occurred_at": wire_time(now + ahead)} for one in spoilt)
    late = rng.random() < mischief.late
    due = now + timedelta(seconds=rng.uniform(*LATE_BY_S)) if late else now
    twice = 2 if rng.random() < mischief.duplicate else 1
    return [Sending(fixes=spoilt, due=due)] * twice


def _far_away(fix: Fix, rng: random.Random, *, now: datetime) -> Fix:
    moved = {
        "lon": fix["lon"] + rng.choice((-1, 1)) * TELEPORT_DEG,
        "lat": fix["lat"] + rng.choice((-1, 1)) * TELEPORT_DEG,
        "occurred_at": wire_time(now),
    }
    return {**fix, **moved}


def silence_s(mischief: Mischief, rng: random.Random) -> float:
    """Return for how many seconds a unit falls silent now; mostly 0."""
    return rng.uniform(*SILENT_FOR_S) if rng.random() < mischief.silent else 0.0
