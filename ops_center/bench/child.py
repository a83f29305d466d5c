"""A helper process that answers JSON lines: measuring must not cost the measured process time."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Final, Self

from ops_center.bench.own_centre import REPO

ANSWER_WITHIN_S: Final = 120.0
STOP_WITHIN_S: Final = 5.0
LINE_MAX_BYTES: Final = 256_000_000


class ChildFailed(Exception):
    """A helper ended or answered an error; its own words are on standard error."""


class Child:
    """`python -m MODULE`, spoken to in questions and answers."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_MAX_BYTES,
            cwd=REPO,
            start_new_session=True,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        process = self._started
        assert process.stdin is not None, "the child has pipes"
        process.stdin.close()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    @property
    def _started(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "use the child as a context manager"
        return self._process

    @property
    def pid(self) -> int:
        return self._started.pid

    async def ask(self, do: str, **words: Any) -> Any:
        """Send one question and return the answer to it."""
        process = self._started
        assert process.stdin is not None, "the child has pipes"
        assert process.stdout is not None, "the child has pipes"
        process.stdin.write(json.dumps({"do": do, **words}).encode() + b"\n")
        async with asyncio.timeout(ANSWER_WITHIN_S):
            line = await process.stdout.readline()
        if not line:
            raise ChildFailed(f"{self._module} ended while it was asked to {do}.")
        return json.loads(line)


Answer = Callable[..., Awaitable[Any]]


async def answer_questions(answers: dict[str, Answer]) -> None:
    """Be such a child: answer each line of standard input until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who closes our input
    reader = asyncio.StreamReader(limit=LINE_MAX_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        question = json.loads(line)
        answer = await answers[question.pop("do")](**question)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
