"""Large queries written out once: what SQLAlchemy does to one each time costs more than the database.

query = Prepared(sa.select(…).where(column == sa.bindparam("site")))
result = await query.run(connection, {"site": "site"})
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


class Prepared:
    """A query with named parameters, as text for the dialect that is used; without `IN`, whose
    length SQLAlchemy fills in each time."""

    def __init__(self, query: sa.Select[Any]) -> None:
        self._query = query
        self._by_dialect: dict[str, tuple[sa.TextualSelect, dict[str, Any]]] = {}

    async def run(
        self, connection: AsyncConnection, parameters: dict[str, Any]
    ) -> sa.CursorResult[Any]:
        """`parameters` may hold more than the query asks for."""
        name = connection.dialect.name
        if name not in self._by_dialect:
            self._by_dialect[name] = self._written(connection.dialect)
        text, constants = self._by_dialect[name]
        values = {key: parameters.get(key, value) for key, value in constants.items()}
        return await connection.execute(text, values)

    def _written(self, dialect: sa.engine.Dialect) -> tuple[sa.TextualSelect, dict[str, Any]]:
        compiled = self._query.compile(
            dialect=type(dialect)(paramstyle="named")  # type: ignore[call-arg] # all take it
        )
        binds = [sa.bindparam(name, type_=bind.type) for bind, name in compiled.bind_names.items()]
        columns = {column.name: column.type for column in self._query.selected_columns}
        constants = {name: bind.value for bind, name in compiled.bind_names.items()}
        return sa.text(str(compiled)).bindparams(*binds).columns(**columns), constants
