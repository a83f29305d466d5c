"""What all commands of `./ops gis` share: settings, the database, how they speak."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated

import typer

from ops_center.data_place import database_url
from ops_center.kernel.database import COMMAND_TIMEOUT_S, Database
from ops_center.localdb import LocalDatabase, read_state
from ops_center.migrating import migrate
from ops_center.observability import configure_logs
from ops_center.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
POOL_SIZE = 2


def start() -> Settings:
    settings = Settings()
    configure_logs(as_json=settings.log_json)
    return settings


@asynccontextmanager
async def open_database(
    settings: Settings, *, command_timeout_s: float = COMMAND_TIMEOUT_S
) -> AsyncIterator[Database]:
    """Yield the centre's database, at its newest schema.

    Where no centre runs, its private database is started for as long as the command takes: a
    city can be imported on a machine before anything else was started there.
    """
    with _running(settings) as url:
        database = Database(
            url, pool_size=POOL_SIZE, name="cli", command_timeout_s=command_timeout_s
        )
        try:
            await migrate(database)
            yield database
        finally:
            await database.close()


@contextmanager
def _running(settings: Settings) -> Iterator[str]:
    root = settings.data_dir / "pg"
    if settings.database_url is not None or read_state(root) is not None:
        yield database_url(settings)
        return
    with LocalDatabase(root) as own:
        yield own.url


def say(value: object, *, as_json: bool, text: str) -> None:
    sys.stdout.write((json.dumps(value, ensure_ascii=False) if as_json else text) + "\n")
