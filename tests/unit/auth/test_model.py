"""Rights: deny by default, every kind of fact behind a permission, locks that open again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ops_center.auth.model import (
    CENTRE_AGENCY,
    EVERYONE,
    FAILURES_BEFORE_LOCK,
    LOCKED_FOR,
    ROLE_PERMISSIONS,
    Actor,
    Lock,
    Permission,
    Role,
    permission_for_kind,
)
from ops_center.kernel.errors import Forbidden

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def actor(*roles: Role, agency: str = CENTRE_AGENCY, unit: UUID | None = None) -> Actor:
    return Actor(
        id=UUID(int=1),
        username="u",
        display_name="U",
        roles=frozenset(roles),
        agency=agency,
        unit_id=unit,
    )


def test_every_role_has_a_row() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_nobody_but_auditing_roles_reads_who_watched_what() -> None:
    readers = {role for role in Role if actor(role).sees("camera.viewing_started", frozenset())}
    assert readers == {Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}


def test_a_kind_without_a_row_is_shown_to_nobody() -> None:
    assert permission_for_kind("ghost.appeared") is None
    assert not any(actor(role).sees("ghost.appeared", frozenset()) for role in Role)


def test_missing_rights_are_named() -> None:
    with pytest.raises(Forbidden, match=r"units\.assign"):
        actor(Role.CALL_TAKER).require(Permission.UNITS_ASSIGN)


@pytest.mark.parametrize(
    ("agency", "audience", "seen"),
    [
        (CENTRE_AGENCY, frozenset(), True),
        ("POL", frozenset({"agency:POL"}), True),
        ("POL", frozenset({"agency:SEME"}), False),
        ("POL", frozenset(), False),
    ],
)
def test_an_agency_sees_what_involves_it(
    agency: str, audience: frozenset[str], *, seen: bool
) -> None:
    assert actor(Role.DISPATCHER, agency=agency).sees("incident.opened", audience) is seen


def test_facts_about_the_city_reach_every_agency_and_unit_with_the_right_to_the_map() -> None:
    told = frozenset({EVERYONE})
    for one in (
        actor(Role.DISPATCHER, agency="POL"),
        actor(Role.AUDITOR, agency="SEME"),
        actor(Role.RESPONDER, unit=UUID(int=5)),
    ):
        assert one.sees("closure.drawn", told)
        assert not one.sees("session.opened", told) or one.may(Permission.HISTORY_READ)
    assert not actor().sees("closure.drawn", told)


def test_a_responder_without_a_unit_sees_nothing() -> None:
    assert not actor(Role.RESPONDER).sees("unit.assigned", frozenset({"agency:POL"}))


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour() -> None:
    lock = Lock()
    for _ in range(FAILURES_BEFORE_LOCK):
        assert not lock.closed(NOW)
        lock = lock.after_failure(NOW)
    assert lock.closed(NOW + LOCKED_FOR - timedelta(seconds=1))
    assert not lock.closed(NOW + LOCKED_FOR)
    assert lock.after_failure(NOW + LOCKED_FOR).failures == 1
