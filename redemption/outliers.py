"""Which clerks' figures are unlike the others': arithmetic over counts, and no word about why.

The rule: a figure is a share, so many for each 100 of a clerk's own sales, for whoever serves more also undoes more.
It is held against the median of the other clerks' shares. It stands out where it is at least three times that median,
rests on at least five cases, and the clerk has at least ten sales; where the others have none, five cases suffice.

The median and not the mean, and of the others alone: with three clerks, one odd figure would move a mean that includes
it halfway to itself. That is the reason robust rules give for median-based scores (Iglewicz and Hoaglin, "How to
Detect and Handle Outliers", 1993; NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17). Their score divides by
the median deviation, which is nought for two or three clerks, so a plain ratio stands here in its place; three times
and five cases are this project's own choice, made to stay silent about small numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from statistics import median

TIMES, LEAST_CASES, LEAST_SALES = 3, 5, 10
PERCENT = 100


class Figure(StrEnum):
    """What is counted of each clerk beside the sales."""

    UNDOS = "undos"
    REFUNDS = "refunds"
    SWAPS = "swaps"
    MOVES = "moves"
    BY_NAME = "by_name"  # found by number or name, neither code nor card
    WITHOUT_PIN = "without_pin"  # by card, number or name, and no PIN typed
    SAME_MEMBER = "same_member"  # to the one member whom this clerk served most


@dataclass(frozen=True, slots=True)
class ClerkDays:
    """What one clerk did in some days."""

    clerk_id: int
    sales: int
    counts: Mapping[Figure, int] = field(default_factory=dict)

    def share(self, figure: Figure) -> Fraction:
        """Return how many there were for each sale."""
        return Fraction(self.counts.get(figure, 0), max(1, self.sales))


@dataclass(frozen=True, slots=True)
class StandsOut:
    """A figure of a clerk that is unlike the others': so many times their median, or None where they have none."""

    clerk_id: int
    figure: Figure
    count: int
    times: int | None


def median_share(figure: Figure, clerks: Iterable[ClerkDays]) -> Fraction:
    """Return the median of some clerks' shares; of nobody it is 0."""
    shares = [each.share(figure) for each in clerks]
    return Fraction(median(shares)) if shares else Fraction(0)


def outliers(clerks: Iterable[ClerkDays]) -> list[StandsOut]:
    """Return what stands out, by clerk and figure; with nobody to compare with, nothing does."""
    known = [each for each in clerks if each.sales >= LEAST_SALES]
    if len(known) < 2:  # noqa: PLR2004  one, and one to compare with
        return []
    found = []
    for each in known:
        others = [other for other in known if other is not each]
        for figure in Figure:
            count, share = each.counts.get(figure, 0), each.share(figure)
            usual = median_share(figure, others)
            if count >= LEAST_CASES and share >= TIMES * usual:
                found.append(StandsOut(each.clerk_id, figure, count, _times(share, usual)))
    return found


def _times(share: Fraction, usual: Fraction) -> int | None:
    return int(share / usual) if usual else None


def per_hundred(share: Fraction) -> int:
    """Return a share as so many for each 100 sales, rounded."""
    return round(share * PERCENT)
