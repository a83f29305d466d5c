"""Commands to a running simulation, one a line on standard input."""

from dataclasses import dataclass
from typing import Final

HELP: Final = (
    "call | rate SECONDS | hand SHARE | mischief all|none|late=0.1,… | silence CALLSIGN SECONDS"
    " | tear | help"
)


@dataclass(frozen=True, slots=True)
class MakeCall:
    """Somebody who needs help calls now."""


@dataclass(frozen=True, slots=True)
class CallEvery:
    seconds: float


@dataclass(frozen=True, slots=True)
class Hand:
    share: float


@dataclass(frozen=True, slots=True)
class ChangeMischief:
    text: str


@dataclass(frozen=True, slots=True)
class Silence:
    callsign: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Tear:
    """Lose the console socket without a goodbye."""


Command = MakeCall | CallEvery | Hand | ChangeMischief | Silence | Tear


def parse(line: str) -> Command:
    """Return the command in a line; ValueError tells what there is."""
    match line.split():
        case ["call"]:
            return MakeCall()
        case ["rate", seconds]:
            return CallEvery(float(seconds))
        case ["hand", share]:
            return Hand(float(share))
        case ["mischief", text]:
            return ChangeMischief(text)
        case ["silence", callsign, seconds]:
            return Silence(callsign, float(seconds))
        case ["tear"]:
            return Tear()
        case _:
            raise ValueError(f"Commands: {HELP}")
