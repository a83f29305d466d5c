"""Stored files on their way out: checked against their hash in a thread, a handful at once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from camera_ingest.evidence import EvidenceError, EvidenceStore
from ops_center.kernel.errors import NotFound, Unavailable

# Each check takes a thread and reads the disk; the threads are also those of everybody else.
CHECKED_AT_ONCE: Final = 4
WAIT_FOR_A_TURN_S: Final = 10


def evidence_finder(root: Path) -> Callable[[str], Awaitable[Path]]:
    """Return how a stored file is found: its path once its bytes were checked.

    Raises NotFound when they are not right, Unavailable when too many are being checked.
    """
    store = EvidenceStore(root)
    free = asyncio.Semaphore(CHECKED_AT_ONCE)

    async def find(sha256: str) -> Path:
        try:
            async with asyncio.timeout(WAIT_FOR_A_TURN_S):
                await free.acquire()
        except TimeoutError:
            raise Unavailable("Many files are being fetched. Try again in a minute.") from None
        try:
            return await asyncio.to_thread(store.checked, sha256)
        except EvidenceError as error:
            raise NotFound("The file is not where it was stored. Tell a supervisor.") from error
        finally:
            free.release()

    return find
