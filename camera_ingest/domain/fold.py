"""The cameras of the picture as a fold over entries, the same as the screens' (docs/events.md)."""

from collections.abc import Mapping
from typing import Final, TypeAlias
from uuid import UUID

Subject: TypeAlias = Mapping[str, object]
Picture: TypeAlias = Mapping[str, Mapping[str, Subject]]

CAMERAS: Final = "cameras"
EMPTY: Final[Picture] = {CAMERAS: {}}


def fold(
    picture: Picture, kind: str, subject: UUID | str, *, version: int, data: Mapping[str, object]
) -> Picture:
    """Return the picture after one entry; kinds that show nothing new leave it as it is."""
    key = str(subject)
    held = picture[CAMERAS].get(key)
    if kind == "camera.added":
        after = {**data, "id": key, "version": version}
    elif kind == "camera.changed" and held is not None:
        after = {**held, **data, "version": version}
    else:
        return picture
    return {**picture, CAMERAS: {**picture[CAMERAS], key: after}}
