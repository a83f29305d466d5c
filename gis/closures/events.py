"""What happened to closures, as the journal keeps it; everybody who works on the map is told."""

from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gis.closures.closure import Closure, public_view
from ops_center.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class ClosureFact(Fact):
    subject_type: ClassVar[str] = "closure"


@dataclass(frozen=True, kw_only=True)
class ClosureDrawn(ClosureFact):
    kind: ClassVar[str] = "closure.drawn"

    closure: Closure

    @override
    def data(self) -> dict[str, Any]:
        view = public_view(self.closure)
        return {name: view[name] for name in view if name not in ("id", "version")}


@dataclass(frozen=True, kw_only=True)
class ClosureChanged(ClosureFact):
    """`changes` holds only the changed public fields, as in `public_view`."""

    kind: ClassVar[str] = "closure.changed"

    changes: dict[str, Any]

    @override
    def data(self) -> dict[str, Any]:
        return dict(self.changes)


@dataclass(frozen=True, kw_only=True)
class ClosureLifted(ClosureFact):
    """`cause` is `lifted` by a person, or `expired` when its time had run out."""

    kind: ClassVar[str] = "closure.lifted"

    cause: str
