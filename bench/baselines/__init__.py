"""The same road by hand: what a careful programmer would write with SQLAlchemy alone, for the same rows."""
