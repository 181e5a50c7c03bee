"""The demo as it is by default, half a year of it, up to a Wednesday afternoon; made once for a whole run.

Run as `python -m tests.cli.half_a_year URL`; prints what was refused on the way, as JSON.
"""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cli import demo
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import connected, migrate
from tests.checkin.world import NINE
from tests.harness.live import environment_for
from tests.harness.run import ROOT, once, run_folder

A_WEDNESDAY = NINE + 4 * DAY + 5 * HOUR  # 25 November 2026, two in the afternoon


@dataclass(frozen=True)
class HalfAYear:
    """The database file, and how often which refusal was met by somebody."""

    file: Path
    refused: dict[str, int]

    @property
    def url(self) -> str:
        """The address of the database."""
        return f"sqlite://{self.file}"


def half_a_year() -> HalfAYear:
    """Return the demo of this run."""
    file, refused = json.loads(once("half-a-year", _make))
    return HalfAYear(Path(file), refused)


def _make() -> str:
    file = run_folder() / "half-a-year.db"
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.half_a_year", f"sqlite://{file}"],
        cwd=ROOT,
        env=environment_for(run_folder() / "half-a-year"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The demo could not be made:\n{done.stderr}")
    return json.dumps([str(file), json.loads(done.stdout)])


async def _live(url: str) -> dict[str, int]:
    async with connected(url):
        with clock.frozen(A_WEDNESDAY):
            lived = await demo.live(demo.SEED, demo.WEEKS)
    return Counter(refusal.slug for refusal in lived.timeline.refused)


if __name__ == "__main__":
    asyncio.run(migrate(sys.argv[1]))
    print(json.dumps(asyncio.run(_live(sys.argv[1]))))  # noqa: T201  its answer to the tests
