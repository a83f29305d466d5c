"""Alembic's entry: runs on the connection it is handed by `ops_center.migrating`."""

from alembic import context

from ops_center.kernel.database import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=False,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
