"""How the facts of a call change the call the picture holds (docs/events.md)."""

from collections.abc import Callable
from typing import Final, TypeAlias

from dispatch.domain.folding import CALLS, Data, Picture, Step, lay_over, leave, new

Change: TypeAlias = Callable[[Data, Data], Data]

_FIX: Final = ("fix", "left_out")


def _all_but(*names: str) -> Change:
    """The fact's fields replace the call's, those named left out."""

    def change(_call: Data, data: Data) -> Data:
        return {name: value for name, value in data.items() if name not in names}

    return change


def _with_fix(call: Data, data: Data) -> Data:
    kept = {name: value for name, value in data.items() if name not in _FIX}
    # Calls were located without fixes once: the journal still holds such entries.
    if "fix" not in data:
        return kept
    left = [fix for fix in _list(call.get("fixes", [])) if fix["id"] != data["left_out"]]
    return {**kept, "fixes": [*left, data["fix"]]}


def _fix_accepted(call: Data, data: Data) -> Data:
    words = ("accepted_at", "accepted_by")
    accepted = {name: data[name] for name in words}
    fixes = [
        {**fix, **accepted} if fix["id"] == data["fix_id"] else fix
        for fix in _list(call.get("fixes", []))
    ]
    return {**_all_but("fix_id", *words)(call, data), "fixes": fixes}


def _called_back(call: Data, data: Data) -> Data:
    tried = [*_list(call.get("callbacks", [])), data["callback"]]
    return {**_all_but("callback")(call, data), "callbacks": tried}


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list), "the picture holds a list here"
    return value


def _by(change: Change) -> Step:
    """A step that lays over the held call what the change makes of it."""

    def put(picture: Picture, subject: str, version: int, data: Data) -> Picture:
        held = picture[CALLS].get(subject)
        if held is None:
            return picture
        return lay_over(picture, CALLS, subject, {**change(held, data), "version": version})

    return put


STEPS: Final[dict[str, Step]] = {
    "call.received": new(CALLS),
    "call.reopened": new(CALLS),
    "call.taken": _by(_all_but()),
    "call.taken_over": _by(_all_but("taken_from", "reason")),
    "call.released": _by(_all_but()),
    "call.claim_stale": _by(_all_but("taken_by", "idle_s")),
    "call.abandoned": _by(_all_but()),
    "call.hung_up": _by(_all_but()),
    "call.changed": _by(_all_but()),
    "call.located": _by(_with_fix),
    "call.fix_added": _by(_with_fix),
    "call.fix_accepted": _by(_fix_accepted),
    "call.called_back": _by(_called_back),
    "call.interview_started": _by(_all_but()),
    "call.interview_answered": _by(_all_but()),
    "call.overdue": _by(_all_but("waited_s")),
    "call.closed": leave(CALLS),
}
