"""Column types and the naming convention that every table shares."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, cast

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Integer, MetaData, String, Text
from sqlalchemy import Table as BareTable
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. A naive time is refused: it would drift by an hour in summer."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored; times are aware, in UTC")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Pounds(TypeDecorator[Decimal]):
    """Money in pounds as an exact Decimal with two places, kept as whole pence."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((Decimal(value) * 100).to_integral_exact())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / 100).quantize(Decimal("0.01"))


# SQLite numbers its rows by itself only for a plain INTEGER key.
Id = BigInteger().with_variant(Integer, "sqlite")

key = Annotated[int, mapped_column(Id, primary_key=True)]
short = Annotated[str, mapped_column(String(200))]
long = Annotated[str, mapped_column(Text)]
instant = Annotated[datetime, mapped_column(Instant)]
pounds = Annotated[Decimal, mapped_column(Pounds)]
document = Annotated[dict[str, Any], mapped_column(JSON)]


class Table(DeclarativeBase):
    """The metadata that Alembic and the tests read."""

    metadata = MetaData(naming_convention=NAMES)


def refers(column: str, **more: Any) -> Any:
    """A foreign key column with an index: `refers("bjc_case.id")`."""
    return mapped_column(Id, ForeignKey(column), **{"index": True, **more})


def rows_of(table: type[Table]) -> BareTable:
    """The bare table. Statements on it that are made once, at import, cost a quarter of those made at each call.

    They neither flush what is pending nor refresh objects already loaded: for rows that nobody keeps as objects.
    """
    return cast(BareTable, table.__table__)
