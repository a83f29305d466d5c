"""The parts of a call that lie in its row as JSON, to values and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping

from dispatch.domain.call import Call
from dispatch.domain.call_parts import (
    Answered,
    AnswerEffect,
    CallBack,
    CallBackOutcome,
    CallFix,
    FixMethod,
    Interview,
    Language,
    Line,
    Witness,
)
from dispatch.domain.labels import Labels
from dispatch.domain.wire import to_json
from gis.geometry import Location, Point

# Fields of a Call that are not stored as they are.
SHAPED: Final = ("fixes", "callbacks", "interview", "language", "line", "witness")


def call_parts(row: RowMapping) -> dict[str, Any]:
    """Return the shaped fields of a call's row as values."""
    interview = row["interview"]
    return {
        "fixes": tuple(_fix(one) for one in row["fixes"]),
        "callbacks": tuple(_callback(one) for one in row["callbacks"]),
        "interview": None if interview is None else _interview(interview),
        "language": _maybe(Language, row["language"]),
        "line": _maybe(Line, row["line"]),
        "witness": _maybe(Witness, row["witness"]),
    }


def call_parts_row(call: Call) -> dict[str, Any]:
    """Return the shaped fields of a call as they are stored."""
    return {name: to_json(getattr(call, name)) for name in SHAPED}


def _fix(stored: Mapping[str, Any]) -> CallFix:
    place = stored["location"]
    plain = ("source", "address", "accepted_by", "speed_mps", "heading_deg", "better")
    return CallFix(
        **{name: stored[name] for name in plain},
        id=UUID(stored["id"]),
        method=FixMethod(stored["method"]),
        location=Location(
            point=Point(lon=place["lon"], lat=place["lat"]),
            uncertainty_m=place["uncertainty_m"],
            confidence=place["confidence"],
        ),
        measured_at=datetime.fromisoformat(stored["measured_at"]),
        received_at=datetime.fromisoformat(stored["received_at"]),
        accepted_at=_maybe(datetime.fromisoformat, stored["accepted_at"]),
    )


def _callback(stored: Mapping[str, Any]) -> CallBack:
    return CallBack(
        id=UUID(stored["id"]),
        at=datetime.fromisoformat(stored["at"]),
        by=stored["by"],
        outcome=CallBackOutcome(stored["outcome"]),
        note=stored["note"],
    )


def _interview(stored: Mapping[str, Any]) -> Interview:
    return Interview(
        **{**stored, "answers": _answers(stored["answers"]), "effects": _effects(stored["effects"])}
    )


def _answers(stored: list[Mapping[str, Any]]) -> tuple[Answered, ...]:
    return tuple(Answered(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in stored)


def _effects(stored: list[Mapping[str, Any]]) -> tuple[AnswerEffect, ...]:
    plain = ("question", "answer", "flag", "propose_type")
    return tuple(
        AnswerEffect(
            **{name: one[name] for name in plain},
            before=one["from"],
            after=one["to"],
            why=Labels(**one["why"]),
            read_out=_maybe(lambda words: Labels(**words), one["read_out"]),
        )
        for one in stored
    )


def _maybe(read: Any, stored: Any) -> Any:
    return None if stored is None else read(stored)
