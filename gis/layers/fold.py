"""The layers of the picture as a fold over entries, the same as the screens' (docs/events.md)."""

from collections.abc import Mapping
from typing import Final, TypeAlias
from uuid import UUID

Subject: TypeAlias = Mapping[str, object]
Picture: TypeAlias = Mapping[str, Mapping[str, Subject]]

LAYERS: Final = "layers"
EMPTY: Final[Picture] = {LAYERS: {}}


def fold(
    picture: Picture, kind: str, subject: UUID | str, *, version: int, data: Mapping[str, object]
) -> Picture:
    """Return the picture after one entry; kinds that show nothing new leave it as it is."""
    key = str(subject)
    if kind in {"layer.published", "layer.rolled_back"}:
        after = {**data, "id": key, "version": version}
        return {**picture, LAYERS: {**picture[LAYERS], key: after}}
    if kind == "layer.removed":
        left = {one: value for one, value in picture[LAYERS].items() if one != key}
        return {**picture, LAYERS: left}
    return picture
