"""What happened to layers, as the journal keeps it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gis.layers.model import Layer
from ops_center.kernel.clock import wire_time
from ops_center.kernel.events import Fact

EVERYONE = "everyone"


def public_view(layer: Layer) -> dict[str, Any]:
    """Return a layer as the picture and the interface show it."""
    return {
        "id": str(layer.id),
        "name": layer.name,
        "kind": layer.kind,
        "zone_kind": layer.zone_kind,
        "agency": layer.agency,
        "searchable": layer.searchable,
        "version": layer.version,
        "published": layer.published,
        "features": layer.features,
        "bounds": None if layer.bounds is None else list(layer.bounds),
        "published_at": wire_time(layer.published_at),
    }


def audience(layer: Layer) -> tuple[str, ...]:
    """An agency's layer is told to the agency, one of nobody in particular to everyone."""
    return (EVERYONE,) if layer.agency is None else (f"agency:{layer.agency}",)


@dataclass(frozen=True, kw_only=True)
class LayerFact(Fact):
    subject_type: ClassVar[str] = "layer"

    layer: Layer

    @override
    def data(self) -> dict[str, Any]:
        view = public_view(self.layer)
        return {name: view[name] for name in view if name not in ("id", "version")}


@dataclass(frozen=True, kw_only=True)
class LayerPublished(LayerFact):
    """A new version is in force."""

    kind: ClassVar[str] = "layer.published"


@dataclass(frozen=True, kw_only=True)
class LayerRolledBack(LayerFact):
    """A former version is in force again."""

    kind: ClassVar[str] = "layer.rolled_back"


@dataclass(frozen=True, kw_only=True)
class LayerRemoved(LayerFact):
    """No version is in force; all of them are kept."""

    kind: ClassVar[str] = "layer.removed"

    @override
    def data(self) -> dict[str, Any]:
        return {"name": self.layer.name}
