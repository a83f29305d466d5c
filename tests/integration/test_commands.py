"""What an administrator types at the command line, on a real database."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from dispatch.services.units import RegisterUnit, register_unit
from ops_center import commands
from ops_center.geography import City, work_of
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import NotFound
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from ops_center.settings import Settings

AUTHOR = Author(id=new_id(), name="test")


def responder(callsign: str) -> commands.UserRequest:
    return commands.UserRequest("movil9", "a-long-password", ("responder",), "POL", "", callsign)


async def test_a_responder_is_put_on_the_unit_of_a_callsign(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clock, city = SystemClock(), City(database, cache_dir=tmp_path)
    async with transaction.begin(database, author=AUTHOR, cause=new_id(), clock=clock) as tx:
        unit = await register_unit(
            work_of(city)(tx.connection, tx.record),
            RegisterUnit(id=new_id(), callsign="P109", agency="POL", kind="patrol"),
            now=clock.now(),
            author=AUTHOR,
        )
        await tx.commit()
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path)
    await commands.put_user(settings, responder("P109"))
    (person,) = await commands.list_users(settings)
    assert (person["username"], person["unit_id"]) == ("movil9", str(unit.id))


def test_an_unknown_callsign_is_named(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path)
    with pytest.raises(NotFound, match="P999"):
        asyncio.run(commands.put_user(settings, responder("P999")))
