"""Every error as RFC 9457 problem+json, from one table."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
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


def problem(
    request: Request, status: int, *, code: str, detail: str, extra: dict[str, Any] | None = None
) -> JSONResponse:
    """Return a problem+json answer; `extra` members stand beside the standard ones."""
    body = {
        **(extra or {}),
        "type": f"urn:nangareko:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.url.path,
    }
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status in {429, 503} else {}
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
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    answer = problem(request, error.status_code, code=code, detail=str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _database(request: Request, error: Exception) -> JSONResponse:
    log.warning("request.unavailable", path=request.url.path, cause=type(error).__name__)
    return problem(
        request,
        503,
        code="database-unavailable",
        detail="The database does not answer. Nothing was changed; repeat with the same "
        "Idempotency-Key in a moment.",
    )


async def _ours(request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", path=request.url.path, exc_info=error)
    return problem(
        request, 500, code="internal", detail="This is our mistake and was logged. Nothing changed."
    )
