"""From a cookie or a key to an Actor, remembered for a moment so that a storm asks only once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ops_center.auth import service
from ops_center.auth.model import Actor
from ops_center.auth.service import SignedIn
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Unauthenticated

COOKIE = "ops_session"
REMEMBERED_FOR = timedelta(seconds=2)  # the longest that a revoked session still counts
REMEMBERED_MAX = 10_000
TOKEN_MAX = 256


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request carried: the session cookie, or the key of `Authorization: Bearer`."""

    cookie: str | None
    bearer: str | None

    @classmethod
    def of(cls, *, cookie: str | None, authorization: str | None) -> "Credentials":
        scheme, _, token = (authorization or "").partition(" ")
        return cls(cookie, token.strip() if scheme.lower() == "bearer" else None)


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who asks; `signed_in` is set when a cookie did it, and then CSRF must be checked."""

    actor: Actor
    signed_in: SignedIn | None


class Recogniser:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._remembered: dict[Credentials, tuple[datetime, Recognised]] = {}

    async def recognise(self, credentials: Credentials) -> Recognised:
        """Return who asks, or raise Unauthenticated."""
        known = self._remembered.get(credentials)
        if known and self._clock.now() - known[0] < REMEMBERED_FOR:
            return known[1]
        return await self.look_again(credentials)

    async def look_again(self, credentials: Credentials) -> Recognised:
        """The same from the database, whatever is remembered."""
        now = self._clock.now()
        found = await self._look_up(credentials, now)
        if found is None:
            self._remembered.pop(credentials, None)
            raise Unauthenticated("Sign in at /login, or send a valid API key.")
        if len(self._remembered) >= REMEMBERED_MAX:
            self._remembered.clear()
        self._remembered[credentials] = (now, found)
        return found

    def forget(self, credentials: Credentials) -> None:
        """Drop what is remembered, after a sign-out."""
        self._remembered.pop(credentials, None)

    async def _look_up(self, credentials: Credentials, now: datetime) -> Recognised | None:
        token = credentials.bearer or credentials.cookie
        if not token or len(token) > TOKEN_MAX:
            return None
        async with self._database.reading() as connection:
            if credentials.bearer:
                actor = await service.by_api_key(connection, credentials.bearer, now=now)
                return Recognised(actor, None) if actor else None
            signed_in = await service.by_session(connection, token, now=now)
            return Recognised(signed_in.actor, signed_in) if signed_in else None
