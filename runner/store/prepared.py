"""Statements that run for every host and every event: compiled once for each kind of database, then handed to the driver as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, CursorResult

Values = Mapping[str, Any]


class Prepared:
    """A statement whose parameters are all named. The plain types of `tables` need no conversion on their way to a driver, which is
    what SQLAlchemy would look for at each execution, at two or three times the cost of the statement.

    Arguments:
        columns: of an INSERT or UPDATE, those that are set by a parameter of the same name; None where the statement names them itself.
    """

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def __call__(self, connection: Connection, *rows: Values) -> CursorResult[Any]:
        """Execute it once for each of the rows. Raises as SQLAlchemy does."""
        text, order = self._compiled.get(connection.dialect.name) or self._compile(connection)
        if order is None:
            given: Any = [dict(row) for row in rows]
        else:
            given = [tuple([row[name] for name in order]) for row in rows]
        return connection.exec_driver_sql(text, given if len(given) > 1 else given[0])

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...] | None]:
        compiled: Any = self._statement.compile(dialect=connection.dialect, column_keys=self._columns)
        found = str(compiled), tuple(compiled.positiontup) if compiled.positional else None
        self._compiled[connection.dialect.name] = found
        return found
