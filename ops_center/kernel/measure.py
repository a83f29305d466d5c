"""Units of measure as types, so that swapping metres and seconds is a type error."""

from typing import NewType

Metres = NewType("Metres", float)
Seconds = NewType("Seconds", float)
MetresPerSecond = NewType("MetresPerSecond", float)
Degrees = NewType("Degrees", float)
