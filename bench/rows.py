"""A row of the table: what was measured on both sides in alternating rounds, and whether the goal is met."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.load import Span, between, moment

NOTICED_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: rounds, seconds a sample, and how large the books are."""

    rounds: int = 5
    seconds: float = 3.0
    accounts: int = 10_000
    entries: int = 50_000
    large: int = 1_000_000
    small: int = 10_000
    large_rounds: int = 3
    volunteers: int = 4_000
    rush_seconds: float = 60.0


QUICK = Plan(
    rounds=1,
    seconds=1.0,
    accounts=500,
    entries=2_000,
    large=20_000,
    small=2_000,
    large_rounds=1,
    volunteers=2_000,
    rush_seconds=20.0,
)


@dataclass(frozen=True, slots=True)
class Goal:
    """What the ratio of ours to the baseline should be: at least or at most so much."""

    limit: float
    at_least: bool = True

    def met(self, ratio: float) -> bool:
        """Say whether a ratio is as it should be."""
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    def __str__(self) -> str:
        """Return it as the table shows it."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure, and what else was going on while it was taken."""

    figure: float
    span: Span
    acts: float = 0


@dataclass
class Row:
    """One line of the table. Without a baseline the ratio is our figure, held against a goal in the same unit."""

    name: str
    what: str
    unit: str
    ours: float
    baseline: float | None = None
    goal: Goal | None = None
    note: str = ""
    samples: Mapping[str, list[Sample]] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Return ours by baseline."""
        return None if self.baseline is None else self.ours / self.baseline

    @property
    def met(self) -> bool | None:
        """Say whether the goal is met; None where there is none."""
        value = self.ours if self.ratio is None else self.ratio
        return None if self.goal is None else self.goal.met(value)

    @property
    def outside(self) -> float:
        """Return the largest median share of the processors that other programs used, of either side."""
        sides = (statistics.median(s.span.outside for s in side) for side in self.samples.values())
        return max(sides, default=0.0)

    def as_json(self) -> dict[str, Any]:
        """Return what `latest.json` keeps."""
        return {
            "name": self.name,
            "ours": self.ours,
            "baseline": self.baseline,
            "ratio": self.ratio,
            "goal": None if self.goal is None else str(self.goal),
            "met": self.met,
            "unit": self.unit,
        }

    def details(self) -> dict[str, Any]:
        """Return every sample, with microseconds of processor time for each act."""
        told: dict[str, Any] = {"name": self.name, "what": self.what, "note": self.note}
        for side, samples in self.samples.items():
            told[side] = [_told(sample) for sample in samples]
        return told


def _told(sample: Sample) -> dict[str, float]:
    span = sample.span
    told = {"figure": sample.figure, "seconds": span.seconds, "outside": span.outside}
    if sample.acts:
        told["own_cpu_us"] = span.own * 1e6 / sample.acts
        told["server_cpu_us"] = span.server * 1e6 / sample.acts
    return told


# A side of a row: measures for so many seconds and returns its figure and the number of acts in it.
Side = Callable[[], Awaitable[tuple[float, float]]]


async def in_turns(
    sides: Mapping[str, Side],
    rounds: int,
    *,
    pid: int | None = None,
    before: Callable[[], Awaitable[None]] | None = None,
) -> dict[str, list[Sample]]:
    """Measure the sides in alternating rounds; each round begins with another side."""
    samples: dict[str, list[Sample]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            if before:
                await before()
            start = moment(pid)
            figure, acts = await sides[name]()
            # Processes that just ended are counted once their parent has noticed.
            await asyncio.sleep(NOTICED_SECONDS)
            samples[name].append(Sample(figure, between(start, moment(pid)), acts))
    return samples


def median(samples: list[Sample]) -> float:
    """Return the median figure."""
    return statistics.median(sample.figure for sample in samples)


def row(
    names: tuple[str, str, str],
    samples: Mapping[str, list[Sample]],
    goal: Goal | None,
    note: str = "",
) -> Row:
    """Make a row of (name, what, unit) from the samples of `ours` and `baseline`."""
    ours, baseline = median(samples["ours"]), median(samples["baseline"])
    return Row(*names, ours, baseline, goal, note, samples)
