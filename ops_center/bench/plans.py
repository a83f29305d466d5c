"""What the database really did for a request: its plans, as auto_explain writes them to its log."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from ops_center.kernel.database import Database

MARK: Final = "plan:"


class Plans:
    """Reads the plans that were logged since `begin`; nothing is logged outside of a look."""

    def __init__(self, database: Database, log_file: Path) -> None:
        self._database = database
        self._log = log_file
        self._from = 0

    @staticmethod
    async def prepare(database: Database) -> None:
        """Have every later session able to explain itself; call before the centre's processes."""
        await _as_superuser(
            database,
            "alter system set session_preload_libraries = 'auto_explain'",
            "alter system set auto_explain.log_format = 'json'",
            "alter system set auto_explain.log_min_duration = -1",
        )

    async def begin(self) -> None:
        await _as_superuser(self._database, "alter system set auto_explain.log_min_duration = 0")
        self._from = self._log.stat().st_size

    async def end(self) -> list[Mapping[str, Any]]:
        """Return the plan of every statement since `begin`, the root node of each."""
        await _as_superuser(self._database, "alter system set auto_explain.log_min_duration = -1")
        with self._log.open(errors="replace") as log:
            log.seek(self._from)
            return list(_plans(log.read().splitlines()))


async def _as_superuser(database: Database, *statements: str) -> None:
    autocommit = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with autocommit.connect() as connection:
        await connection.execute(text("load 'auto_explain'"))
        for statement in statements:
            await connection.execute(text(statement))
        await connection.execute(text("select pg_reload_conf()"))


def _plans(lines: list[str]) -> Iterator[Mapping[str, Any]]:
    """Each plan is JSON on the lines behind its mark, every one of them indented by a tab."""
    block: list[str] | None = None
    for line in [*lines, ""]:
        if block is not None and line.startswith("\t"):
            block.append(line)
            continue
        if block:
            yield json.loads("\n".join(block))["Plan"]
        block = [] if line.rstrip().endswith(MARK) else None


def scanned_whole(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of every table that the plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield str(plan["Relation Name"])
    for part in plan.get("Plans", ()):
        yield from scanned_whole(part)


def indexes_used(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of every index that the plan reads."""
    if "Index Name" in plan:
        yield str(plan["Index Name"])
    for part in plan.get("Plans", ()):
        yield from indexes_used(part)
