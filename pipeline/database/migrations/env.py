"""Runs migrations on the connection that `pipeline.database.open_database` hands over."""

from __future__ import annotations

from alembic import context

from pipeline.database.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
