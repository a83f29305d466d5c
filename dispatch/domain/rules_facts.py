"""What happened to rule documents: everybody who works with incidents is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

from dispatch.domain.events import DispatchFact
from dispatch.domain.wire import JsonObject
from ops_center.kernel.ids import derived_id

EVERYBODY: Final = ("everyone",)


def subject_of(name: str) -> UUID:
    """Return the id under which the picture holds a rule document."""
    return derived_id("rules", name)


def picture_of(versions: Mapping[str, int]) -> dict[str, JsonObject]:
    """Return the picture's section of rules: those that were edited, each with its version."""
    return {
        str(subject_of(name)): {"id": str(subject_of(name)), "name": name, "version": version}
        for name, version in versions.items()
        if version
    }


@dataclass(frozen=True, kw_only=True)
class RulesChanged(DispatchFact):
    """`summary` says in a line what the person who changed them wrote about it."""

    kind: ClassVar[str] = "rules.changed"
    subject_type: ClassVar[str] = "rules"
    name: str
    summary: str
