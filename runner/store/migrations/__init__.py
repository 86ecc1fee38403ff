"""The steps from any older version of the tables to this one; run by alembic, each once."""
