"""Quarters of the financial year, 1 April to 31 March, as reports and mails name them."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Quarter:
    """`year` is the one in which the financial year begins; Q1 is April to June."""

    year: int
    number: int

    @property
    def label(self) -> str:
        """`2026/27 Q2`."""
        return f"{self.year}/{(self.year + 1) % 100:02} Q{self.number}"

    @property
    def begins(self) -> date:
        """The first day."""
        month = self.number * 3 + 1
        return date(self.year + (month > 12), (month - 1) % 12 + 1, 1)

    @property
    def ends(self) -> date:
        """The last day."""
        return self.following.begins - timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        """The quarter after this one."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


def quarter_of(day: date) -> Quarter:
    """The quarter that a local day falls in."""
    return Quarter(day.year - (day.month < 4), (day.month - 4) % 12 // 3 + 1)


def quarter_end(day: date) -> date:
    """The last day of the quarter that `day` falls in."""
    return quarter_of(day).ends
