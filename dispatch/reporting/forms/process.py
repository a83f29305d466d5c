"""Starts the process that makes a heavy form, and waits for it a bounded time."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from ops_center.kernel.errors import Unavailable

LIMIT_S: Final = 60.0
WAIT_FOR_A_TURN_S: Final = 20.0
AT_ONCE_MAX: Final = 2
REPO: Final = Path(__file__).resolve().parents[3]
ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(REPO),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class FormMaker:
    """Makes PDF and GeoParquet outside of the web process, at most AT_ONCE_MAX at once."""

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._free = asyncio.Semaphore(AT_ONCE_MAX)

    async def make(self, asked: dict[str, Any]) -> bytes:
        """Return the file; Unavailable when too many are being made or it takes too long."""
        body = await asyncio.to_thread(lambda: json.dumps(asked).encode())
        try:
            async with asyncio.timeout(WAIT_FOR_A_TURN_S):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable("Other reports are being made. Try again in a minute.") from None
        try:
            return await self._run(body)
        finally:
            self._free.release()

    async def _run(self, body: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dispatch.reporting.forms",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env=ENVIRONMENT, start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._limit_s):
                made, said = await process.communicate(body)
        except TimeoutError:
            raise Unavailable("The report takes too long: choose a shorter period.") from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        assert process.returncode == 0, f"making a form failed: {said.decode(errors='replace')}"
        return made
