"""Signing in and out, and who am I."""

import math
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ops_center.api.deps import OPEN_TO_ALL, Known, Services, credentials_of, problems
from ops_center.api.shapes import SessionOut
from ops_center.api.users import user_shape
from ops_center.auth import service
from ops_center.auth.model import SESSION_LENGTH
from ops_center.auth.passwords import PASSWORD_MAX
from ops_center.auth.recognise import COOKIE
from ops_center.auth.service import Refused, SignedIn
from ops_center.kernel import transaction
from ops_center.kernel.clock import wire_time
from ops_center.kernel.errors import TooMany, Unauthenticated
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id, new_id

router = APIRouter(prefix="/session", tags=["session"])


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=PASSWORD_MAX)]


@router.post(
    "",
    status_code=201,
    responses={201: {"model": SessionOut}, **problems(403)},
    response_class=JSONResponse,
    openapi_extra=OPEN_TO_ALL,
)
async def sign_in(body: SignIn, request: Request, services: Services) -> JSONResponse:
    """Open a session: the cookie is HttpOnly and SameSite=Strict."""
    address = request.client.host if request.client else "unknown"
    services.sign_in_limit.take(address)
    author = Author(id=derived_id("user", body.username), name=body.username)
    async with transaction.begin(
        services.database, author=author, cause=new_id(), clock=services.clock
    ) as tx:
        outcome = await service.sign_in(
            tx, username=body.username, password=body.password, address=address
        )
        await tx.commit()
    if isinstance(outcome, Refused):
        raise _refusal(outcome, services.clock.now())
    answer = JSONResponse(session_shape(outcome), 201)
    answer.set_cookie(
        COOKIE,
        outcome.token,
        max_age=int(SESSION_LENGTH.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=services.secure_cookies,
    )
    return answer


def _refusal(refused: Refused, now: datetime) -> Exception:
    if refused.retry_at is not None:
        return TooMany(
            "Too many wrong passwords: this account is locked. A supervisor can help.",
            code="locked",
            retry_at=wire_time(refused.retry_at),
            retry_after_s=math.ceil((refused.retry_at - now).total_seconds()),
        )
    return Unauthenticated("User name or password is wrong.", code="wrong-credentials")


@router.get("", responses={200: {"model": SessionOut}, **problems()})
async def who_am_i(known: Known, services: Services) -> JSONResponse:
    """Return who is signed in, with permissions and the CSRF token."""
    signed_in = known.signed_in or SignedIn(
        actor=known.actor, csrf_token="", expires_at=services.clock.now() + SESSION_LENGTH
    )
    return JSONResponse(session_shape(signed_in))


@router.delete("", status_code=204, response_class=Response, responses=problems())
async def sign_out(request: Request, known: Known, services: Services) -> Response:
    """End this session; its sockets close within seconds."""
    credentials = credentials_of(request)
    answer = Response(status_code=204)
    if known.signed_in and credentials.cookie:
        async with transaction.begin(
            services.database, author=known.actor.author, cause=new_id(), clock=services.clock
        ) as tx:
            await service.sign_out(tx, token=credentials.cookie, actor=known.actor)
            await tx.commit()
        services.recogniser.forget(credentials)
        answer.delete_cookie(COOKIE)
    return answer


def session_shape(signed_in: SignedIn) -> dict[str, Any]:
    """Return a session as the wire carries it; the token itself is only in the cookie."""
    actor = signed_in.actor
    return {
        "user": user_shape(actor),
        "permissions": sorted(actor.permissions),
        "csrf_token": signed_in.csrf_token,
        "expires_at": wire_time(signed_in.expires_at),
    }
