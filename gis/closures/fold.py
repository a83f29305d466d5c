"""The closures of the picture as a fold over entries, the same as the screens' (docs/events.md)."""

from collections.abc import Mapping
from typing import Final, TypeAlias
from uuid import UUID

Subject: TypeAlias = Mapping[str, object]
Picture: TypeAlias = Mapping[str, Mapping[str, Subject]]

CLOSURES: Final = "closures"
EMPTY: Final[Picture] = {CLOSURES: {}}


def fold(
    picture: Picture, kind: str, subject: UUID | str, *, version: int, data: Mapping[str, object]
) -> Picture:
    """Return the picture after one entry; kinds that show nothing new leave it as it is."""
    key = str(subject)
    known = picture.get(CLOSURES, {})
    held = known.get(key)
    if kind == "closure.lifted":
        return {**picture, CLOSURES: {one: it for one, it in known.items() if one != key}}
    if kind == "closure.drawn":
        after = {**data, "id": key, "version": version}
    elif kind == "closure.changed" and held is not None:
        after = {**held, **data, "version": version}
    else:
        return picture
    return {**picture, CLOSURES: {**known, key: after}}
