"""What all commands of `./ops gis` share: settings, the database, how they speak."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from ops_center.data_place import database_url
from ops_center.kernel.database import Database
from ops_center.observability import configure_logs
from ops_center.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
POOL_SIZE = 2


def start() -> Settings:
    settings = Settings()
    configure_logs(as_json=settings.log_json)
    return settings


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(database_url(settings), pool_size=POOL_SIZE, name="cli")
    try:
        yield database
    finally:
        await database.close()


def say(value: object, *, as_json: bool, text: str) -> None:
    sys.stdout.write((json.dumps(value, ensure_ascii=False) if as_json else text) + "\n")
