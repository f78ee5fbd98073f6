"""Every table, for Alembic and for the tests that walk the metadata."""

from bjc.db import audit, cases, decisions, delivery, mail, people
from bjc.db.columns import Table

metadata = Table.metadata
__all__ = ["audit", "cases", "decisions", "delivery", "mail", "metadata", "people"]
