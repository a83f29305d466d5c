"""Starts the process that reads a file, watches it, and says what became of it."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from gis.layers.formats import HEAD_BYTES, check_crs, check_encoding, recognise, unreadable
from gis.layers.model import FILE_MAX_BYTES, ReadOptions
from ops_center.kernel.errors import Unavailable

READ_LIMIT_S = 600.0
READERS_MAX = 2
WAIT_FOR_A_READER_S = 30.0
ROWS_PER_BATCH = 500
BATCH_CHARS = 2_000_000
REPO = Path(__file__).resolve().parents[2]
# No way out: nothing on the network answers, and no file can make GDAL or PROJ ask.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(REPO),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "CPL_VSIL_CURL_USE_HEAD": "NO",
    "PROJ_NETWORK": "OFF",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "GDAL_CACHEMAX": "64",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "100",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file that was read: its report, and where its rows lie until `folder` is removed."""

    folder: Path
    report: dict[str, Any]

    def kept(self) -> Iterator[list[str]]:
        """Yield lines of JSON, a row each, in batches bounded by rows and size; blocks on disk."""
        return _batches(self.folder / "kept.ndjson")

    def refused(self) -> Iterator[list[str]]:
        return _batches(self.folder / "refused.ndjson")


def _nothing_told(_stage: str, _done: int, _total: int) -> None:
    """For callers that show no progress."""


class Readers:
    """Reads files in processes of their own, at most READERS_MAX at once in this process."""

    def __init__(self, *, limit_s: float = READ_LIMIT_S) -> None:
        self._limit_s = limit_s
        self._free = asyncio.Semaphore(READERS_MAX)
        # The drivers GDAL is to leave out, as the first process found them: the next start faster.
        self._others = ""

    async def read(
        self, source: Path, options: ReadOptions, folder: Path, progress: Progress = _nothing_told
    ) -> Reading:
        """Read `source`; `folder` is empty, ours, and outlives the Reading.

        Invalid says why the file as a whole is refused; Unavailable that too many are being read.
        """
        await asyncio.to_thread(check_file, source, options)
        try:
            async with asyncio.timeout(WAIT_FOR_A_READER_S):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable("Other files are being read. Try again in a minute.") from None
        try:
            answer = await self._run(source, options, folder, progress)
        finally:
            self._free.release()
        if "refused" in answer:
            raise unreadable(answer["refused"]["detail"], code=answer["refused"]["code"])
        return Reading(folder=folder, report=answer["report"])

    async def _run(
        self, source: Path, options: ReadOptions, folder: Path, progress: Progress
    ) -> dict[str, Any]:
        asked = await asyncio.to_thread(_asked, source, options, folder)
        environment = {**ENVIRONMENT, "GDAL_SKIP": self._others}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gis.layers.reader",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, env=environment, cwd=folder,
            start_new_session=True,
        )  # fmt: skip
        at = _At()
        try:
            async with asyncio.timeout(self._limit_s):
                await _ask(process, asked)
                await at.follow(process, progress)
                status = await process.wait()
        except TimeoutError:
            raise unreadable(
                f"Reading took longer than {self._limit_s:.0f} s{at.told}.", code="layer-too-slow"
            ) from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        self._others = at.others or self._others
        if status != 0:
            raise unreadable(_crash(status) + at.told + ".", code="layer-too-large")
        text = await asyncio.to_thread((folder / "answer.json").read_text, encoding="utf-8")
        answer: dict[str, Any] = await asyncio.to_thread(json.loads, text)
        return answer


def _asked(source: Path, options: ReadOptions, folder: Path) -> bytes:
    where = {"source": str(source.resolve()), "folder": str(folder.resolve())}
    return json.dumps({**where, "options": asdict(options)}).encode()


async def _ask(process: asyncio.subprocess.Process, asked: bytes) -> None:
    assert process.stdin is not None, "made with a pipe"
    process.stdin.write(asked)
    with suppress(ConnectionError):
        await process.stdin.drain()
    process.stdin.close()


class _At:
    """The stage and row the process last told of."""

    def __init__(self) -> None:
        self.row = 0
        self.others = ""

    @property
    def told(self) -> str:
        return f" (at row {self.row}: look at it, simplify it)" if self.row else ""

    async def follow(self, process: asyncio.subprocess.Process, progress: Progress) -> None:
        assert process.stdout is not None, "made with a pipe"
        while not process.stdout.at_eof():
            try:
                said = json.loads(await process.stdout.readline() or b"null")
            except ValueError:
                continue  # GDAL's libraries print what they like
            if isinstance(said, dict) and "stage" in said:
                self._hear(said, progress)

    def _hear(self, said: dict[str, Any], progress: Progress) -> None:
        if said["stage"] == "drivers":
            self.others = str(said["names"])
            return
        self.row = int(said.get("row", 0))
        progress(str(said["stage"]), self.row, int(said.get("total", 0)))


def check_file(source: Path, options: ReadOptions) -> None:
    """Refuse at once what no process need be started for: size, unknown format, odd options."""
    check_crs(options.crs)
    check_encoding(options.encoding)
    size = source.stat().st_size
    if size > FILE_MAX_BYTES:
        raise unreadable(
            f"The file has {size:,} bytes; {FILE_MAX_BYTES:,} are allowed: split it.",
            code="layer-too-large",
        )
    with source.open("rb") as file:
        recognise(file.read(HEAD_BYTES))


def _crash(status: int) -> str:
    if status < 0:
        name = signal.Signals(-status).name
        return f"Reading the file was stopped by {name}: it takes more than is allowed"
    return f"The file made its reader fail (status {status}): it takes more than is allowed"


def _batches(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as lines:
        while batch := list(_some(lines)):
            yield batch


def _some(lines: Iterator[str]) -> Iterator[str]:
    chars = 0
    for line in islice(lines, ROWS_PER_BATCH):
        yield line
        chars += len(line)
        if chars > BATCH_CHARS:
            return
