"""Runs migrations on the connection that it is given, in the transaction that is open on it. Loaded by alembic."""

from alembic import context

from runner.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    transactional_ddl=True,  # of SQLite too, as its transactions are begun by us
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
