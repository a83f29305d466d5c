"""Files that come in as a body: to disk as they come, counted and hashed, gone afterwards."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from starlette.requests import ClientDisconnect, Request

from ops_center.kernel.errors import Invalid

WRITTEN_AT_ONCE_BYTES = 1_000_000
LEFT_OVER_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Received:
    """A body on disk: `folder` is its own and empty otherwise; both go when the request ends."""

    path: Path
    folder: Path
    size: int
    sha256: str


@asynccontextmanager
async def received(request: Request, place: Path, *, now: datetime) -> AsyncIterator[Received]:
    """Yield the request's body as a file below `place`; the size is limited by `BodyLimit`."""
    home = await asyncio.to_thread(_make_home, place, now)
    try:
        folder = home / "read"
        size, sha256 = await _write(request, home / "body")
        if not size:
            raise Invalid("Send the file as the body of the request.", code="empty-file")
        yield Received(home / "body", folder, size, sha256)
    finally:
        await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)


async def _write(request: Request, path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    size, waiting = 0, bytearray()
    with await asyncio.to_thread(path.open, "xb") as out:
        try:
            async for chunk in request.stream():
                size += len(chunk)
                waiting += chunk
                if len(waiting) >= WRITTEN_AT_ONCE_BYTES:
                    await asyncio.to_thread(_put, out, digest, bytes(waiting))
                    waiting.clear()
        except ClientDisconnect as error:
            raise Invalid("The file was cut off on its way. Send it again.") from error
        await asyncio.to_thread(_put, out, digest, bytes(waiting))
    return size, digest.hexdigest()


def _put(out: IO[bytes], digest: "hashlib._Hash", chunk: bytes) -> None:
    digest.update(chunk)
    out.write(chunk)


def _make_home(place: Path, now: datetime) -> Path:
    """A folder for one upload; what a killed process left here long ago is cleared away."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in place.iterdir():
        with suppress(FileNotFoundError):  # another upload that ends just now
            if old.stat().st_mtime < (now - LEFT_OVER_AFTER).timestamp():
                shutil.rmtree(old, ignore_errors=True)
    home = Path(tempfile.mkdtemp(dir=place))
    (home / "read").mkdir()
    return home
