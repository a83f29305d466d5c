"""What folds are made of: pictures, and the steps that most kinds of facts share."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

Subject: TypeAlias = Mapping[str, object]
Picture: TypeAlias = Mapping[str, Mapping[str, Subject]]
Data: TypeAlias = Mapping[str, object]
Step: TypeAlias = Callable[[Picture, str, int, Data], Picture]

CALLS: Final = "calls"
INCIDENTS: Final = "incidents"
UNITS: Final = "units"
ALARMS: Final = "alarms"
RULES: Final = "rules"


def new(section: str) -> Step:
    """Take the data as the whole subject."""

    def put(picture: Picture, subject: str, version: int, data: Data) -> Picture:
        return put_in(picture, section, subject, {**data, "id": subject, "version": version})

    return put


def overlay(section: str, *names: str) -> Step:
    """Replace the fields named (none named: all in data) and the version."""

    def put(picture: Picture, subject: str, version: int, data: Data) -> Picture:
        kept = {name: data[name] for name in names} if names else data
        return lay_over(picture, section, subject, {**kept, "version": version})

    return put


def leave(section: str) -> Step:
    """Let the subject leave its section."""

    def drop(picture: Picture, subject: str, _version: int, _data: Data) -> Picture:
        return without(picture, section, lambda key, _: key == subject)

    return drop


def lay_over(picture: Picture, section: str, subject: str, fields: Data) -> Picture:
    """Replace fields of a subject; one that the picture does not hold stays unknown."""
    held = picture[section].get(subject)
    return put_in(picture, section, subject, {**held, **fields}) if held is not None else picture


def put_in(picture: Picture, section: str, subject: str, value: Subject) -> Picture:
    """Return the picture with that subject in its section."""
    return {**picture, section: {**picture[section], subject: value}}


def without(picture: Picture, section: str, goes: Callable[[str, Subject], bool]) -> Picture:
    """Return the picture without those subjects of the section that go."""
    kept = {key: held for key, held in picture[section].items() if not goes(key, held)}
    return {**picture, section: kept}


def list_in(value: object) -> list[object]:
    """Return a list of the picture as one."""
    assert isinstance(value, list), "the picture holds a list here"
    return value


def object_in(value: object) -> Subject:
    """Return an object of the picture as one."""
    assert isinstance(value, Mapping), "the picture holds an object here"
    return value
