"""What was measured, each beside its reference, as a table for people and as JSON for machines."""

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

SCHEMA: Final = 1
WIDTH_IN_FILES: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """`ours` and `reference` in `unit`, from one run; `ratio` is ours / reference.

    `aim` is the largest ratio we want (None: for information), `note` says what the figures are of.
    """

    name: str
    unit: str
    ours: float
    reference: float
    reference_name: str
    aim: float | None = None
    note: str = ""
    details: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return self.ours / self.reference if self.reference else math.inf

    @property
    def misses_aim(self) -> bool:
        return self.aim is not None and self.ratio > self.aim


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of all are not above; NaN of none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)] if ordered else math.nan


def console_for(json_file: Path | None) -> Console:
    """Return where the table goes: beside the JSON when that takes standard output."""
    file = sys.stderr if json_file == Path("/dev/stdout") else sys.stdout
    return Console(file=file, width=None if file.isatty() else WIDTH_IN_FILES)


def show(measurements: Sequence[Measurement], console: Console, *, suite: str) -> None:
    """Print the table of ratios."""
    table = Table(title=f"bench {suite}: ours beside its reference, in one run", show_lines=True)
    for title, justify in (
        ("measurement", "left"),
        ("ours", "right"),
        ("reference", "right"),
        ("ratio", "right"),
        ("of what", "left"),
    ):
        table.add_column(title, justify="right" if justify == "right" else "left")
    for one in measurements:
        aim = "" if one.aim is None else f"\naim ≤ {one.aim:g}"
        mark = " (missed)" if one.misses_aim else ""
        table.add_row(
            one.name,
            f"{one.ours:,.4g} {one.unit}",
            f"{one.reference:,.4g} {one.unit}\n{one.reference_name}",
            f"{one.ratio:,.3g}{mark}{aim}",
            _about(one),
        )
    console.print(table)


def _about(one: Measurement) -> str:
    details = ", ".join(f"{name} {value:,.4g}" for name, value in one.details.items())
    return "\n".join(part for part in (one.note, details) if part)


def as_json(
    measurements: Sequence[Measurement], machine: dict[str, Any], *, suite: str
) -> dict[str, Any]:
    """Return the suite's result; ratios are included, so that nobody computes them otherwise."""
    results = [
        {**asdict(one), "ratio": one.ratio, "misses_aim": one.misses_aim} for one in measurements
    ]
    return {"schema": SCHEMA, "suite": suite, "machine": machine, "results": results}


def write_json(file: Path, result: dict[str, Any]) -> None:
    file.write_text(json.dumps(result, indent=1, allow_nan=True) + "\n")
