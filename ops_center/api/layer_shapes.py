"""What goes out over HTTP about layers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from gis.layers.comparing import Comparison
from gis.layers.events import public_view
from gis.layers.model import Layer, LayerVersion
from ops_center.api.shapes import In, Out
from ops_center.kernel.clock import wire_time


class LayerOut(Out):
    """`version` counts changes; `published` is the number of the version in force."""

    id: UUID
    name: str
    kind: str
    zone_kind: str | None
    agency: str | None
    searchable: bool
    version: int
    published: int | None
    features: int
    bounds: list[float] | None
    published_at: datetime


class LayersOut(Out):
    items: list[LayerOut]
    next_cursor: str | None = None


class ToldRowOut(Out):
    row: int
    id: str | None
    reason: str
    detail: str


class ToldOut(Out):
    """How many rows, for which reasons, and the first of them."""

    rows: int
    by_reason: dict[str, int]
    listed: list[ToldRowOut]


class LayerReportOut(Out):
    """What an import read, mended, doubts and refused; rows are numbered from 1."""

    format: str
    crs: str
    id_column: str | None
    name_column: str | None
    rows: int
    kept: int
    bounds: list[float] | None
    remarks: list[str]
    mended: ToldOut
    doubtful: ToldOut
    refused: ToldOut


class LayerVersionOut(Out):
    number: int
    published_at: datetime
    published_by: str
    file_name: str
    file_sha256: str
    file_bytes: int
    features: int
    refused: int
    in_force: bool


class LayerVersionsOut(Out):
    items: list[LayerVersionOut]
    next_cursor: str | None = None


class LayerDetailOut(Out):
    """A layer with the version in force and what its import told."""

    layer: LayerOut
    version: LayerVersionOut | None
    report: LayerReportOut | None


class PublishedOut(Out):
    """What an import told; `layer` and `version` are null after a dry run."""

    layer: LayerOut | None
    version: LayerVersionOut | None
    report: LayerReportOut | None


class DifferenceOut(Out):
    id: str
    name: str | None
    moved_m: float | None
    changed: bool


class ComparisonOut(Out):
    """Counts of all; of each kind the first by id."""

    old: int
    new: int
    counts: dict[str, int]
    added: list[DifferenceOut]
    removed: list[DifferenceOut]
    changed: list[DifferenceOut]
    moved: list[DifferenceOut]


class RollBackIn(In):
    version: int


def version_shape(one: LayerVersion) -> dict[str, Any]:
    """Return a version as the wire carries it, without its report."""
    return {
        "number": one.number,
        "published_at": wire_time(one.published_at),
        "published_by": one.published_by,
        "file_name": one.file_name,
        "file_sha256": one.file_sha256,
        "file_bytes": one.file_bytes,
        "features": one.features,
        "refused": one.refused,
        "in_force": one.in_force,
    }


def detail_shape(layer: Layer | None, version: LayerVersion | None, report: Any) -> dict[str, Any]:
    """Return a layer with one version and its report."""
    return {
        "layer": None if layer is None else public_view(layer),
        "version": None if version is None else version_shape(version),
        "report": report,
    }


def comparison_shape(old: int, new: int, found: Comparison) -> dict[str, Any]:
    lists = {
        what: [
            {"id": one.id, "name": one.name, "moved_m": one.moved_m, "changed": one.changed}
            for one in getattr(found, what)
        ]
        for what in ("added", "removed", "changed", "moved")
    }
    return {"old": old, "new": new, "counts": found.counts, **lists}
