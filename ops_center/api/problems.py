"""Every error as RFC 9457 problem+json, from one table."""

import math
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException

from ops_center.kernel import errors
from ops_center.kernel.database import DATABASE_TROUBLE

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

STATUS: dict[type[errors.DomainError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}

log = structlog.get_logger()


def problem_fields(
    status: int, *, detail: str, instance: str, code: str | None = None
) -> dict[str, Any]:
    """Return the members of RFC 9457; the code is the title's unless a closer one is given."""
    title = HTTPStatus(status).phrase
    known = code or title.lower().replace(" ", "-")
    return {
        "type": f"urn:nangareko:problem:{known}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": known,
        "instance": instance,
    }


def problem(
    request: Request,
    status: int,
    *,
    detail: str,
    code: str | None = None,
    extra: dict[str, Any] | None = None,
) -> JSONResponse:
    """Return a problem+json answer; `extra` members stand beside the standard ones."""
    path = request.url.path
    known = problem_fields(status, detail=detail, instance=path, code=code)
    body = to_jsonable_python({**(extra or {}), **known}, inf_nan_mode="null")
    wait_s = math.ceil(body.get("retry_after_s", RETRY_AFTER_S))
    headers = {"Retry-After": str(wait_s)} if status in {429, 503} else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Register the handlers; whatever is left over is ours, is logged and answered 500."""
    app.add_exception_handler(errors.DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for trouble in DATABASE_TROUBLE:
        app.add_exception_handler(trouble, _database)
    app.add_exception_handler(Exception, _ours)


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of a domain error: that of its nearest class in the table."""
    if error.problem_code == "precondition-required":
        return 428
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


async def _domain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.DomainError)
    return problem(
        request, status_of(error), code=error.problem_code, detail=error.detail, extra=error.extra
    )


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(
            request, 400, code="malformed-json", detail="The body is not JSON. Send valid JSON."
        )
    # Inputs are not echoed: one of them may be a password.
    wrong = [{"where": [str(p) for p in one["loc"]], "what": one["msg"]} for one in found]
    first = wrong[0]
    return problem(
        request,
        422,
        code="invalid",
        detail=f"{'.'.join(first['where'])}: {first['what']}",
        extra={"errors": wrong},
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = problem(request, error.status_code, detail=str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _database(request: Request, error: Exception) -> JSONResponse:
    if _refuses_a_value(error):
        log.warning("request.unstorable", path=request.url.path)
        return problem(
            request,
            422,
            code="unstorable",
            detail="A value in the request cannot be stored or looked up: look for control "
            "characters, extreme numbers and impossible times.",
        )
    log.warning("request.unavailable", path=request.url.path, cause=type(error).__name__)
    return problem(
        request,
        503,
        code="database-unavailable",
        detail="The database does not answer. Nothing was changed; repeat with the same "
        "Idempotency-Key in a moment.",
    )


def _refuses_a_value(error: Exception) -> bool:
    """Whether the database answers, and says that a value sent to it is none: SQLSTATE class 22."""
    cause: BaseException | None = getattr(error, "orig", error)
    while cause is not None:
        if isinstance(cause, asyncpg.DataError):
            return True
        if isinstance(cause, asyncpg.InterfaceError) and isinstance(cause, ValueError):
            return True  # the driver could not even encode it
        cause = cause.__cause__
    return False


async def _ours(request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", path=request.url.path, exc_info=error)
    return problem(
        request, 500, code="internal", detail="This is our mistake and was logged. Nothing changed."
    )
