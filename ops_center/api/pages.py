"""The screens: built files of the frontend, the same shell for every page, security headers."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from ops_center.kernel.errors import NotFound

HASHED = "assets"
FOR_A_YEAR = "public, max-age=31536000, immutable"
SHELL_PAGES = ("/", "/login", "/console", "/wall", "/map", "/supervise")
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "worker-src 'self' blob:",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self' ws: wss:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}


# Only where cookies travel by TLS alone: a browser that was told so never goes back to http.
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


class SecurityHeaders:
    """ASGI middleware: gives every answer the headers that keep browsers strict."""

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self._app = app
        self._headers = {**SECURITY_HEADERS, **(HTTPS_ONLY if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fresh = scope["path"].startswith("/api/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if fresh:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class _Hashed(StaticFiles):
    """Files whose names change with their content, so that browsers need not ask again."""

    @override
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = FOR_A_YEAR
        return answer


def install(app: FastAPI, frontend: Path) -> None:
    """Serve the built frontend: hashed assets for a year, pages always fresh."""
    router = APIRouter(include_in_schema=False)

    async def shell() -> FileResponse:
        return _page(frontend / "index.html")

    async def field() -> FileResponse:
        return _page(frontend / "field.html")

    for path in SHELL_PAGES:
        router.add_api_route(path, shell, methods=["GET", "HEAD"])
    router.add_api_route("/wall/{layout}", shell, methods=["GET"])
    router.add_api_route("/field", field, methods=["GET", "HEAD"])
    # Folder by folder: a mount at "/" would swallow the 405 of every route before it.
    for built in sorted(frontend.iterdir()) if frontend.is_dir() else ():
        if built.is_dir():
            files = _Hashed if built.name == HASHED else StaticFiles
            app.mount(f"/{built.name}", files(directory=built), name=built.name)
        else:
            router.add_api_route(f"/{built.name}", _file(built), methods=["GET", "HEAD"])
    app.include_router(router)


def _file(path: Path) -> Callable[[], Awaitable[FileResponse]]:
    async def answer() -> FileResponse:
        return _page(path)

    return answer


def _page(file: Path) -> FileResponse:
    if not file.is_file():
        raise NotFound("The screens are not built. Run ./ops demo or ./ops up, which build them.")
    return FileResponse(file, headers={"Cache-Control": "no-cache"})
