"""Waits for something to come about, asked again and again, with an end."""

import asyncio
import time
from collections.abc import Callable

ASK_EVERY_S = 0.02


async def until(true: Callable[[], bool], *, within_s: float) -> None:
    """Return as soon as `true` says so; fail when it does not in time."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(ASK_EVERY_S)
