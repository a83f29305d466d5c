"""Brings a database to a version of the schema, up or down, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import ops_center.migrations
from ops_center.kernel.database import Database

MIGRATION_LOCK = 0x4D494752  # "MIGR": two processes must not migrate at once


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(ops_center.migrations.__file__).parent))
    return config


def newest() -> str:
    """Return the revision that this program is written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


async def present(database: Database) -> str | None:
    """Return the revision the database is at, None for an empty one."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision()
        )


async def migrate(database: Database, *, to: str = "head") -> None:
    """Upgrade to `to`, or downgrade when it lies behind; `base` empties the schema."""
    async with database.engine.begin() as connection:
        await connection.execute(text("set local statement_timeout = 0"))
        await connection.execute(text("set local lock_timeout = 0"))
        await connection.execute(text(f"select pg_advisory_xact_lock({MIGRATION_LOCK})"))
        await connection.run_sync(_run, to)


def _run(connection: Connection, to: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    if to == "base" or _is_behind(connection, to):
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)


def _is_behind(connection: Connection, to: str) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None or to in {"head", current}:
        return False
    script = ScriptDirectory.from_config(_config())
    return to in {one.revision for one in script.iterate_revisions(current, "base")}
