"""What an import of a layer tells a person at a terminal."""

import sys
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from gis.layers.comparing import Comparison
from gis.layers.letters import shown
from gis.layers.model import Layer, LayerVersion

ROWS_SHOWN = 20
STAGES = {
    "reading": "Reading the file",
    "placing": "Reprojecting",
    "judging": "Judging each row",
    "judged": "Judging each row",
    "publishing": "Publishing",
}
WHAT = {"mended": "Mended", "doubtful": "Kept, but look at them", "refused": "Refused"}


class Progress:
    """A bar on stderr with the stage; nothing where no person looks."""

    def __init__(self) -> None:
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}"),
            TimeElapsedColumn(),
            console=Console(file=sys.stderr),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("…", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        self._bar.update(
            self._task, description=STAGES.get(stage, stage), completed=done, total=total or None
        )


def layer_line(one: Layer) -> str:
    """One layer in one line."""
    state = "removed" if one.published is None else f"version {one.published}"
    kind = f"{one.kind} ({one.zone_kind})" if one.zone_kind else one.kind
    agency = one.agency or "all agencies"
    return f"{one.name}: {kind}, {agency}, {state}, {one.features:,} features"


def versions_text(versions: list[LayerVersion]) -> str:
    return "\n".join(
        f"  {'*' if one.in_force else ' '} {one.number:>4}  {one.published_at:%Y-%m-%d %H:%M}  "
        f"{one.features:,} features, {one.refused:,} refused  {shown(one.file_name)} "
        f"({one.published_by})"
        for one in versions
    )


def report_text(name: str, made: Layer | None, report: dict[str, Any]) -> str:
    """What was read, mended, doubted and refused, the first rows of each by name."""
    head = f"{layer_line(made)} published." if made else f"{name}: a dry run, nothing published."
    ids = report["id_column"] or "the row number"
    lines = [
        head,
        f"Read as {report['format']} in {report['crs']}: {_counts(report)}.",
        f"Ids from {ids}, names from {report['name_column'] or 'no column'}.",
        *report["remarks"],
    ]
    for what, title in WHAT.items():
        lines += _section(title, report[what])
    return "\n".join(lines)


def _counts(report: dict[str, Any]) -> str:
    return (
        f"{report['rows']:,} rows, {report['kept']:,} kept, "
        f"{report['mended']['rows']:,} of them mended, {report['refused']['rows']:,} refused"
    )


def _section(title: str, told: dict[str, Any]) -> list[str]:
    if not told["rows"]:
        return []
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in told["by_reason"].items())
    lines = [f"{title}: {told['rows']:,} rows ({reasons})"]
    lines += [
        f"  row {one['row']} [{shown(str(one['id']))}] {one['reason']}: {shown(one['detail'])}"
        for one in told["listed"][:ROWS_SHOWN]
    ]
    left = sum(told["by_reason"].values()) - ROWS_SHOWN
    return [*lines, f"  … and {left:,} more"] if left > 0 else lines


def comparison_text(found: Comparison) -> str:
    lines = [", ".join(f"{n:,} {what}" for what, n in found.counts.items())]
    for what in ("added", "removed", "changed", "moved"):
        for one in getattr(found, what)[:ROWS_SHOWN]:
            far = f", {one.moved_m:,.1f} m" if one.moved_m is not None else ""
            lines.append(f"  {what} [{shown(one.id)}] {shown(one.name or '')}{far}")
    return "\n".join(lines)
