"""The schema as migrated is the schema as declared, and every step can be taken back."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

import ops_center.migrations  # noqa: F401  every package's tables
from ops_center.kernel.database import Database, metadata
from ops_center.kernel.ids import new_id
from ops_center.localdb import LocalDatabase
from ops_center.migrating import migrate, newest, present


@pytest.fixture
async def empty(cluster: LocalDatabase) -> AsyncIterator[Database]:
    name = f"m_{new_id().hex}"
    database = Database(cluster.createdb(name))
    yield database
    await database.close()
    cluster.dropdb(name)


def _ours(_object: object, _name: str, _kind: str, reflected: bool, compare_to: object) -> bool:
    return not (reflected and compare_to is None)


def _differences(connection: Connection) -> list[object]:
    options = {"include_object": _ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_migrated_schema_is_the_declared_one(empty: Database) -> None:
    await migrate(empty)
    assert await present(empty) == newest()
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_up_down_and_up_again(empty: Database) -> None:
    await migrate(empty)
    await migrate(empty, to="base")
    async with empty.engine.connect() as connection:
        left = await connection.scalars(
            text(
                "select tablename from pg_tables where schemaname = 'public' "
                "and tablename not in ('alembic_version', 'spatial_ref_sys')"
            )
        )
        assert list(left) == []
    await migrate(empty)
    assert await present(empty) == newest()


async def test_migrating_twice_changes_nothing(empty: Database) -> None:
    await migrate(empty)
    await migrate(empty)
    assert await present(empty) == newest()


async def test_two_processes_may_start_at_once(empty: Database) -> None:
    await asyncio.gather(migrate(empty), migrate(empty))
    assert await present(empty) == newest()
