"""Signing in, recognising who asks, signing out; users and the keys of machines."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.auth.events import CrewChanged, SessionClosed, SessionOpened, SessionRefused
from ops_center.auth.model import SESSION_LENGTH, Actor, Lock, Role
from ops_center.auth.passwords import PASSWORD_MAX, PASSWORD_MIN, hash_password, password_matches
from ops_center.auth.tables import api_key, app_user, user_session
from ops_center.kernel.errors import Invalid, NotFound
from ops_center.kernel.ids import derived_id, new_id
from ops_center.kernel.transaction import Transaction

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """What an administrator gives to make a user."""

    username: str
    display_name: str
    password: str
    roles: frozenset[Role]
    agency: str
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A recognised person: `token` is known only to them, `csrf_token` guards their cookie."""

    actor: Actor
    csrf_token: str
    expires_at: datetime
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nobody was signed in. `retry_at` says when the lock opens."""

    cause: str
    retry_at: datetime | None = None


async def sign_in(
    tx: Transaction, *, username: str, password: str, address: str
) -> SignedIn | Refused:
    """Check the password and open a session. The caller commits in both cases."""
    now = tx.clock.now()
    row = await _user_row(tx.connection, username)
    lock = Lock(failures=row.failures, until=row.locked_until) if row else Lock()
    if lock.closed(now):
        return _refuse(tx, row, username, Refused(cause="locked", retry_at=lock.until))
    matches = await password_matches(row.password_hash if row else None, password)
    if row is None or not matches or row.disabled:
        if row is not None:
            await _set_lock(tx.connection, row.id, lock.after_failure(now))
        return _refuse(tx, row, username, Refused(cause="wrong-credentials"))
    await _set_lock(tx.connection, row.id, Lock())
    return await _open_session(tx, _actor(row), address)


def _refuse(
    tx: Transaction, row: Row[tuple[object, ...]] | None, username: str, why: Refused
) -> Refused:
    subject = row.id if row else derived_id("user", username)
    tx.record(SessionRefused(subject=subject, version=1, username=username, cause=why.cause))
    return why


async def _open_session(tx: Transaction, actor: Actor, address: str) -> SignedIn:
    now = tx.clock.now()
    opened = SignedIn(
        actor=actor,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        csrf_token=secrets.token_urlsafe(TOKEN_BYTES),
        expires_at=now + SESSION_LENGTH,
    )
    await tx.connection.execute(
        insert(user_session).values(
            token_hash=_digest(opened.token),
            user_id=actor.id,
            csrf_token=opened.csrf_token,
            created_at=now,
            expires_at=opened.expires_at,
        )
    )
    roles = tuple(sorted(actor.roles))
    tx.record(
        SessionOpened(
            subject=actor.id, version=1, username=actor.username, roles=roles, address=address
        )
    )
    return opened


async def sign_out(tx: Transaction, *, token: str, actor: Actor) -> None:
    """End the session behind `token`; its sockets are closed within seconds."""
    await tx.connection.execute(
        delete(user_session).where(user_session.c.token_hash == _digest(token))
    )
    tx.record(
        SessionClosed(subject=actor.id, version=1, username=actor.username, cause="signed-out")
    )


async def by_session(connection: AsyncConnection, token: str, *, now: datetime) -> SignedIn | None:
    """Return whom a session cookie stands for, or None."""
    found = await connection.execute(
        select(app_user, user_session.c.csrf_token, user_session.c.expires_at)
        .join(user_session, user_session.c.user_id == app_user.c.id)
        .where(
            user_session.c.token_hash == _digest(token),
            user_session.c.expires_at > now,
            app_user.c.disabled.is_(False),
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    return SignedIn(actor=_actor(row), csrf_token=row.csrf_token, expires_at=row.expires_at)


async def by_api_key(connection: AsyncConnection, token: str, *, now: datetime) -> Actor | None:
    """Return whom an API key stands for, or None."""
    found = await connection.execute(
        select(app_user)
        .join(api_key, api_key.c.user_id == app_user.c.id)
        .where(
            api_key.c.token_hash == _digest(token),
            (api_key.c.expires_at.is_(None)) | (api_key.c.expires_at > now),
            app_user.c.disabled.is_(False),
        )
    )
    row = found.one_or_none()
    return _actor(row) if row else None


async def put_user(connection: AsyncConnection, user: NewUser, *, now: datetime) -> Actor:
    """Make the user, or give an existing one this password and these roles."""
    if not PASSWORD_MIN <= len(user.password) <= PASSWORD_MAX:
        raise Invalid(f"A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters.")
    values = {
        "display_name": user.display_name,
        "password_hash": await hash_password(user.password),
        "roles": sorted(user.roles),
        "agency": user.agency,
        "unit_id": user.unit_id,
        "failures": 0,
        "locked_until": None,
        "disabled": False,
    }
    statement = (
        pg_insert(app_user)
        .values(id=new_id(), username=user.username, created_at=now, **values)
        .on_conflict_do_update(index_elements=["username"], set_=values)
        .returning(app_user)
    )
    actor = _actor((await connection.execute(statement)).one())
    # Whoever knew the old password must not stay in with it; keys of machines are their own.
    await connection.execute(delete(user_session).where(user_session.c.user_id == actor.id))
    return actor


async def set_crew(tx: Transaction, username: str, *, unit_id: UUID | None) -> Actor:
    """Say which unit a person crews, None for none. Raises NotFound."""
    changed = await tx.connection.execute(
        update(app_user)
        .where(app_user.c.username == username)
        .values(unit_id=unit_id)
        .returning(app_user)
    )
    row = changed.one_or_none()
    if row is None:
        raise NotFound(f"There is no user {username}.")
    tx.record(CrewChanged(subject=row.id, version=1, username=username, unit_id=unit_id))
    return _actor(row)


async def issue_api_key(
    connection: AsyncConnection, *, user_id: UUID, label: str, now: datetime
) -> str:
    """Return a fresh API key of that user; it is shown this once and kept as a hash."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await connection.execute(
        insert(api_key).values(
            id=new_id(), token_hash=_digest(token), user_id=user_id, label=label, created_at=now
        )
    )
    return token


async def users(connection: AsyncConnection) -> list[Actor]:
    """Return all users by name."""
    found = await connection.execute(select(app_user).order_by(app_user.c.username))
    return [_actor(row) for row in found]


async def forget_ended_sessions(connection: AsyncConnection, *, now: datetime) -> int:
    """Delete sessions whose time is over and return how many."""
    gone = await connection.execute(delete(user_session).where(user_session.c.expires_at <= now))
    return gone.rowcount


async def _user_row(connection: AsyncConnection, username: str) -> Row[tuple[object, ...]] | None:
    found = await connection.execute(
        select(app_user).where(app_user.c.username == username).with_for_update()
    )
    return found.one_or_none()


async def _set_lock(connection: AsyncConnection, user_id: UUID, lock: Lock) -> None:
    await connection.execute(
        update(app_user)
        .where(app_user.c.id == user_id)
        .values(failures=lock.failures, locked_until=lock.until)
    )


def _actor(row: Row[tuple[object, ...]]) -> Actor:
    return Actor(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        roles=frozenset(Role(role) for role in row.roles),
        agency=row.agency,
        unit_id=row.unit_id,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
