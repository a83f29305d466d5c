"""The schema that tests copy: the migrated one, with today's partitions."""

from datetime import UTC, datetime

from dispatch.tables import ensure_partitions
from ops_center.kernel.database import Database
from ops_center.migrating import migrate


async def make_schema(database: Database) -> None:
    """Migrate an empty database to the newest version."""
    await migrate(database)
    async with database.engine.begin() as connection:
        await ensure_partitions(connection, datetime.now(UTC).date())
