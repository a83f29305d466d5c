"""What routes are handed: who asks, what they may, and one way to carry out a command."""

import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic_core import to_jsonable_python

from dispatch.ports import Work
from ops_center.api.services import ApiServices
from ops_center.auth.model import Actor, Permission
from ops_center.auth.recognise import COOKIE, Credentials, Recognised
from ops_center.kernel import idempotency, transaction
from ops_center.kernel.database import Connection
from ops_center.kernel.errors import Forbidden, Invalid, StaleVersion
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id, new_id
from ops_center.kernel.transaction import Transaction

CSRF_HEADER = "x-csrf-token"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
KEY_MIN = 8


def services_of(request: Request) -> ApiServices:
    return cast("ApiServices", request.app.state.services)


Services = Annotated[ApiServices, Depends(services_of)]


def credentials_of(request: Request) -> Credentials:
    return Credentials.of(
        cookie=request.cookies.get(COOKIE), authorization=request.headers.get("authorization")
    )


async def recognised(request: Request, services: Services) -> Recognised:
    """Return who asks; raise when nobody is recognised, or asks too often, or CSRF is absent."""
    known = await services.recogniser.recognise(credentials_of(request))
    services.rate_limit.take(str(known.actor.id))
    if known.signed_in and request.method not in READING:
        token = request.headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(token.encode(), known.signed_in.csrf_token.encode()):
            raise Forbidden(
                f"Send the csrf_token of GET /api/v1/session in the header {CSRF_HEADER}.",
                code="csrf",
            )
    return known


Known = Annotated[Recognised, Depends(recognised)]


def requires(permission: Permission) -> Callable[[Recognised], Actor]:
    """Return a dependency that yields the Actor, or answers 403 without the permission."""

    def check(known: Known) -> Actor:
        known.actor.require(permission)
        return known.actor

    return check


async def reading(services: Services) -> AsyncIterator[Connection]:
    """Yield a read-only connection for the length of one request."""
    async with services.database.reading() as connection:
        yield connection


Reading = Annotated[Connection, Depends(reading)]


def if_match(value: Annotated[str | None, Header(alias="If-Match")] = None) -> int | None:
    """Return the version of If-Match; None when absent or `*`."""
    if value is None or value.strip() == "*":
        return None
    bare = value.strip().removeprefix("W/").strip('"')
    if not bare.isdigit() or len(bare) > 9:
        raise Invalid('If-Match is the version of what you edit, such as "3".')
    return int(bare)


def if_match_required(value: Annotated[str | None, Header(alias="If-Match")] = None) -> int | None:
    """Return the version of If-Match, which must be there: 428 without it."""
    if value is None:
        raise Invalid(
            "Send If-Match with the version you saw, so that nobody's change is overwritten.",
            code="precondition-required",
        )
    return if_match(value)


Version = Annotated[int | None, Depends(if_match)]
NeededVersion = Annotated[int | None, Depends(if_match_required)]


def check_version(present: int, wanted: int | None) -> None:
    """Raise StaleVersion unless `wanted` is the present version, or was not given."""
    if wanted is not None and wanted != present:
        raise StaleVersion(
            "It has changed since you saw it. Look at it again, then repeat.", version=present
        )


def idempotency_key(
    value: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Made by the caller, best a UUID: repeating it repeats the answer, "
            "not the effect. Without one a repetition counts as a new command.",
        ),
    ] = None,
) -> str:
    if value is None:
        return str(new_id())
    if not KEY_MIN <= len(value) <= idempotency.KEY_MAX or not value.isascii():
        raise Invalid(f"Idempotency-Key has {KEY_MIN} to {idempotency.KEY_MAX} ASCII characters.")
    return value


@dataclass(frozen=True, slots=True)
class Doing:
    """One command under way: its transaction, its id, and who gave it."""

    tx: Transaction
    id: UUID
    actor: Actor
    services: ApiServices
    work: Work

    @property
    def now(self) -> datetime:
        return self.services.clock.now()

    @property
    def author(self) -> Author:
        return self.actor.author


Do = Callable[[Doing], Awaitable[Any]]


class Command:
    """Carries out one command: claim its key, do it, keep the answer, commit; or replay it."""

    def __init__(
        self,
        request: Request,
        services: Services,
        known: Known,
        key: Annotated[str, Depends(idempotency_key)],
    ) -> None:
        self._request = request
        self._services = services
        self._actor = known.actor
        self._key = key

    async def run(
        self, permission: Permission, do: Do, *, status: int = 200, body_sha256: str | None = None
    ) -> JSONResponse:
        """Do it in one transaction and return the answer that `do` gave, as JSON.

        `body_sha256` (hex) stands for a body that was streamed away, which cannot be read again.
        """
        self._actor.require(permission)
        return await self.run_checked(do, status=status, body_sha256=body_sha256)

    async def kept(self, body_sha256: str) -> JSONResponse | None:
        """Return the answer that this very command already got, before its work is repeated."""
        digest = self._digest_of(body_sha256.encode())
        async with self._services.database.reading() as connection:
            kept = await idempotency.look_up(
                connection, author_id=self._actor.id, key=self._key, digest=digest
            )
        return _answer(kept[1], kept[0], replayed=True) if kept else None

    async def run_checked(
        self, do: Do, *, status: int = 200, body_sha256: str | None = None
    ) -> JSONResponse:
        """The same for commands whose right depends on what they touch: `do` checks it."""
        clock = self._services.clock
        cause = derived_id(str(self._actor.id), self._key)
        owner = self._actor.id
        body = body_sha256.encode() if body_sha256 else await self._request.body()
        digest = self._digest_of(body)
        async with transaction.begin(
            self._services.database, author=self._actor.author, cause=cause, clock=clock
        ) as tx:
            kept = await idempotency.claim(
                tx.connection, author_id=owner, key=self._key, digest=digest, now=clock.now()
            )
            if kept:
                return _answer(kept[1], kept[0], replayed=True)
            work = self._services.work(tx.connection, tx.record)
            doing = Doing(tx, cause, self._actor, self._services, work)
            answer = to_jsonable_python(await do(doing))
            await idempotency.keep(
                tx.connection, author_id=owner, key=self._key, status=status, answer=answer
            )
            await tx.commit()
        return _answer(answer, status, replayed=False)

    def _digest_of(self, body: bytes) -> str:
        request = self._request
        parts = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        return hashlib.sha256(parts + body).hexdigest()


Commands = Annotated[Command, Depends(Command)]


def _answer(body: Any, status: int, *, replayed: bool) -> JSONResponse:
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    if isinstance(body, dict) and isinstance(body.get("version"), int):
        headers["ETag"] = f'"{body["version"]}"'
    return JSONResponse(body, status, headers)


# For routes that ask nobody who they are, in place of the OpenAPI's general rule.
OPEN_TO_ALL: dict[str, Any] = {"security": []}
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of the problem answers a route may give."""
    every = {400, 401, 403, 413, 422, 429, 503, *statuses}
    return {one: {"description": "Problem (RFC 9457)", "content": PROBLEM} for one in sorted(every)}
