"""The web process: HTTP edge, console sockets and relay in one event loop."""

import asyncio
import gc
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from typing_extensions import override

from ops_center.api import docs, health, limits, pages, problems, routes
from ops_center.api.shapes import Problem
from ops_center.auth.recognise import COOKIE
from ops_center.bootstrap import Centre, open_centre
from ops_center.realtime.endpoint import console_router
from ops_center.realtime.hub import Hub
from ops_center.realtime.wire import ConsoleProtocol
from ops_center.settings import Settings

API = "/api/v1"
SHUTDOWN_S = 3
CLIENT_FRAME_MAX_BYTES = 1_000_000
DESCRIPTION = (
    "Calls, incidents, units, alarms and cameras of one emergency centre. Errors are RFC 9457 "
    "problem+json. Mutations take Idempotency-Key, edits take If-Match. Facts come back on /ws."
)

# Mutations by cookie also carry X-CSRF-Token; keys need none.
SECURITY: dict[str, dict[str, str]] = {
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    "key": {"type": "http", "scheme": "bearer"},
}

log = structlog.get_logger()


def create_app(centre: Centre) -> FastAPI:
    """Return the ASGI application of a centre that is open."""
    app = FastAPI(
        title="Ñangareko",
        version="0.1.0",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = centre.api
    problems.install(app)
    for router in routes.ALL:
        app.include_router(router, prefix=API)
    for router in routes.OUTSIDE_API:
        app.include_router(router)
    app.include_router(health.router)
    app.include_router(docs.router)
    app.include_router(console_router(lambda: centre.consoles))
    pages.install(app, centre.settings.frontend_dir)
    app.add_middleware(limits.BodyLimit)
    app.add_middleware(pages.SecurityHeaders, secure=centre.settings.secure_cookies)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        models = schema.setdefault("components", {}).setdefault("schemas", {})
        models["Problem"] = Problem.model_json_schema()
        schema["components"]["securitySchemes"] = SECURITY
        schema["security"] = [{name: []} for name in SECURITY]
        app.openapi_schema = schema
    return app.openapi_schema


class Server(uvicorn.Server):
    """uvicorn's server, which says goodbye to the consoles before it stops."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    @override
    async def shutdown(self, sockets: Any = None) -> None:
        self._hub.say_goodbye()
        await super().shutdown(sockets)


async def serve(settings: Settings) -> None:
    """Run the web process until a signal stops it."""
    async with open_centre(settings) as centre:
        config = uvicorn.Config(
            create_app(centre),
            host=settings.host,
            port=settings.port,
            lifespan="off",
            ws=ConsoleProtocol,
            ws_ping_interval=None,  # both ends beat by themselves (docs/protocol.md)
            ws_per_message_deflate=False,
            ws_max_size=CLIENT_FRAME_MAX_BYTES,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
        )
        # What is there now stays: a full collection would walk all of it, and hold every console.
        gc.collect()
        gc.freeze()
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(centre.run())
            log.info("app.started", host=settings.host, port=settings.port)
            await Server(config, centre.hub).serve()
            work.cancel()
