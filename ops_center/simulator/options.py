"""What a simulated city is asked to be."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ops_center.simulator.mischief import Mischief

UNITS_MAX: Final = 2_000
PACE_MIN: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorOptions:
    """`pace` scales every human delay: 1 is life-like, 0.1 is ten times quicker; driving is not.

    `helping_hand` is the share of calls that the simulated colleague handles, 0 to 1;
    `patience_s` is how long a call that was left to people waits before the colleague takes it too.
    `rtsp` and `camera_names` say where the camera simulator serves which streams.
    """

    url: str
    credentials: Path
    seed: int = 1
    units: int = 24
    call_every_s: float = 30.0
    calls_max: int | None = None
    helping_hand: float = 0.6
    patience_s: float = 600.0
    pace: float = 1.0
    leave_unit: str | None = None
    rtsp: str | None = None
    camera_names: tuple[str, ...] = ()
    camera_user: str = "demo"
    camera_password: str = field(default="secret", repr=False)
    mischief: Mischief = field(default_factory=Mischief)
    read_commands: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.units <= UNITS_MAX:
            raise ValueError(f"units must be 1 to {UNITS_MAX}.")
        if not 0 <= self.helping_hand <= 1:
            raise ValueError("helping_hand is a share: 0 to 1.")
        if self.call_every_s < 0 or self.pace < PACE_MIN:
            raise ValueError(f"call_every_s must not be negative, pace at least {PACE_MIN}.")
