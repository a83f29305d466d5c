"""What a client may say, and what follows; malformed words end the session, they break nothing."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_center.auth.model import CENTRE_AGENCY, Actor, Role
from ops_center.realtime.session import Bye, Close, ConsoleSession, Greet, TakePositions

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
UNIT = UUID(int=7)


def session() -> ConsoleSession:
    who = Actor(
        id=UUID(int=1),
        username="u",
        display_name="U",
        roles=frozenset({Role.DISPATCHER}),
        agency=CENTRE_AGENCY,
    )
    return ConsoleSession(who, now=NOW)


@pytest.mark.parametrize(
    ("raw", "effect"),
    [
        ('{"type":"hello","protocol":1}', Greet(None)),
        ('{"type":"hello","protocol":1,"resume":4711}', Greet(4711)),
        ('{"type":"hello","protocol":2}', Close(Bye.PROTOCOL)),
        ('{"type":"hello","protocol":1,"resume":-1}', Close(Bye.PROTOCOL)),
        ('{"type":"beat"}', None),
        (
            f'{{"type":"positions","id":"1","unit":"{UNIT}","fixes":[{{}}]}}',
            TakePositions("1", UNIT, [{}]),
        ),
        ('{"type":"positions","id":"1","unit":"x","fixes":[]}', Close(Bye.PROTOCOL)),
        ('{"type":"dispatch"}', Close(Bye.PROTOCOL)),
        ("", Close(Bye.PROTOCOL)),
        ("[1,2]", Close(Bye.PROTOCOL)),
        ("x" * 300_000, Close(Bye.PROTOCOL)),
    ],
)
def test_frames_of_the_client(raw: str, effect: object) -> None:
    assert session().hear(raw, now=NOW) == effect


@given(st.text(max_size=200))
def test_no_text_breaks_a_session(raw: str) -> None:
    assert isinstance(session().hear(raw, now=NOW), Close | Greet | TakePositions | None)
