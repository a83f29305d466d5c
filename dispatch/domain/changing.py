"""A value with some of its fields replaced, where which ones is known by name only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")


def with_changes(value: D, changes: Mapping[str, object], /) -> D:
    """Return the value with those fields replaced; TypeError for a name that it does not have."""
    return replace(value, **changes)
