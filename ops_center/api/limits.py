"""Limits at the door: how often one may ask, and how much one may send."""

import re
from collections import OrderedDict
from dataclasses import dataclass

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.domain.attaching import FILE_MAX_BYTES as ATTACHMENT_MAX_BYTES
from gis.layers.model import FILE_MAX_BYTES
from ops_center.api.problems import problem_fields
from ops_center.kernel.clock import Clock
from ops_center.kernel.errors import TooMany

BODY_MAX_BYTES = 1_000_000
# Whole files come in here; they go to disk as they come, not into memory.
UPLOADS = (
    (re.compile(r"^/api/v1/layers/[^/]+/versions$"), FILE_MAX_BYTES),
    (re.compile(r"^/api/v1/incidents/[^/]+/attachments$"), ATTACHMENT_MAX_BYTES),
)
BUCKETS_KEPT = 10_000
BURST_S = 2.0  # a bucket holds this many seconds' worth of requests


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """A token bucket per key (a person, an address); the oldest buckets are forgotten."""

    def __init__(self, clock: Clock, *, per_s: float, burst: float | None = None) -> None:
        self._clock = clock
        self._per_s = per_s
        self._burst = burst or max(1.0, per_s * BURST_S)
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> None:
        """Take one token of `key`, or raise TooMany saying when to come back."""
        now = self._clock.now().timestamp()
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + max(0.0, now - bucket.at) * self._per_s)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > BUCKETS_KEPT:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            wait_s = round((1 - bucket.tokens) / self._per_s, 1)
            raise TooMany(f"Too many requests. Wait {wait_s} s.", retry_after_s=wait_s)
        bucket.tokens -= 1


class BodyTooLarge(HTTPException):
    """Raised inside `receive` once a body passes its limit; answered like all the others."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            413, f"The body is larger than {limit // 1_000_000} MB. Send less at once."
        )


class BodyLimit:
    """ASGI middleware: refuses bodies above their limit, announced or streamed, with a 413."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])
        limit = next((most for form, most in UPLOADS if form.match(path)), BODY_MAX_BYTES)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > limit:
            await _too_large(send, path, limit)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise BodyTooLarge(limit)
            return message

        await self._app(scope, counted, send)


async def _too_large(send: Send, path: str, limit: int) -> None:
    why = BodyTooLarge(limit)
    body = to_json(problem_fields(why.status_code, detail=str(why.detail), instance=path))
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
