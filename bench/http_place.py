"""A community with many signed-in volunteers, and two servers before it: ours, and one that calls stored functions."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from api import access_tokens
from api.access_tokens import Access
from bench.pgbench import make_functions
from bench.place import Place, a_database, analyze, direct
from bench.rows import Plan
from checkin import rules, shifts
from checkin.models import Shift
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.ids import new_id
from kernel.settings import settings
from people.models import Role
from people.registration import grant_role, open_community, register
from tests.harness.live import serving
from tests.harness.postgresql import free_port
from tests.harness.run import ROOT

ANCHOR = Path(__file__).with_name("anchor.sql")
STARTS_WITHIN_S = 30
KEY = "CAIHONG_SECRET_KEY"


@dataclass(frozen=True, slots=True)
class Town:
    """A community for one side: its volunteers as (person, session), and the organiser."""

    book_id: int
    volunteers: list[tuple[int, int]]
    organiser: tuple[int, int]

    def token_of(self, who: tuple[int, int]) -> str:
        """Return an access token of one of them, good for ten minutes."""
        return access_tokens.issue(Access(who[0], self.book_id, who[1]))


@dataclass(frozen=True, slots=True)
class Served:
    """Both towns and the ports of their servers."""

    url: str
    pid: int | None
    plan: Plan
    own: Town
    other: Town
    own_port: int
    other_port: int


@asynccontextmanager
async def ground(place: Place, plan: Plan) -> AsyncIterator[Served]:
    """Make the database with two towns alike, and serve both."""
    # Rows of the shop stand on ground of their own, beside those of shifts.
    with installation(place.folder / f"http-{new_id()}") as data:
        async with a_database(place.server) as url:
            own, other = await a_town(url, plan), await a_town(url, plan)
            await make_functions(url)
            async with direct(url) as raw:
                await raw.execute(ANCHOR.read_text(encoding="utf-8"))
                # The jobs of our server seal and audit whatever counts. What the functions write has no leaf that
                # holds: our server would find fault with it for as long as the bench runs, on both sides' time.
                await raw.execute("UPDATE book SET practice = 1 WHERE id = $1", other.book_id)
            await analyze(url)
            with ExitStack() as stack:
                kept = {"database_url": url, "log_level": "WARNING", "secret_key": os.environ[KEY]}
                ours = stack.enter_context(serving(data, **kept))
                port = stack.enter_context(_anchor(url))
                own_port = int(ours.url.rpartition(":")[2])
                yield Served(url, place.server.pid, plan, own, other, own_port, port)


@contextmanager
def installation(data: Path) -> Iterator[Path]:
    """Let this process sign tokens and codes with the keys of the servers."""
    data.mkdir()
    before = {name: os.environ.get(name) for name in (KEY, "CAIHONG_DATA_DIR")}
    os.environ |= {KEY: "5e" * 32, "CAIHONG_DATA_DIR": str(data)}
    settings.cache_clear()
    try:
        yield data
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        settings.cache_clear()


@contextmanager
def _anchor(url: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "bench.anchor", url, str(port)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the anchor did not start")


async def a_town(url: str, plan: Plan) -> Town:
    """Open a community with its rule, its organiser, and many volunteers who are signed in."""
    community = await open_community("金苑社区")
    organiser = (await register(community.id, "陈静")).person_id
    await grant_role(community.id, organiser, Role.ORGANISER, None)
    await rules.adopt(community.id, 10, in_force_from=0)
    people = [(new_id(), new_id()) for _ in range(plan.volunteers)]
    chief = (organiser, new_id())
    async with direct(url) as raw:
        for table, columns, rows in _signed_in(community.id, people, chief):
            await raw.copy_records_to_table(table, records=rows, columns=columns.split())
    return Town(community.id, people, chief)


def _signed_in(
    book: int, people: list[tuple[int, int]], chief: tuple[int, int]
) -> Iterator[tuple[str, str, list[tuple[object, ...]]]]:
    """Return what the tables hold of volunteers, and the sessions of all, as columns and rows."""
    now = clock.now()
    yield (
        "person",
        "id name registered_at phone_sealed phone_index phone_tail_index language",
        [(person, "王秀兰", now, "", "", "", "") for person, _ in people],
    )
    yield (
        "membership",
        "id book_id person_id number flat joined_at",
        [(new_id(), book, person, 1000 + at, "", now) for at, (person, _) in enumerate(people)],
    )
    yield (
        "role_grant",
        "id book_id person_id role granted_at",
        [(new_id(), book, person, Role.VOLUNTEER.value, now) for person, _ in people],
    )
    yield (
        "session",
        "id token_hash book_id person_id staff begun_at seen_at ends_at browser",
        [
            (
                session,
                f"{session:064x}",
                book,
                person,
                (person, session) == chief,
                now,
                now,
                now + DAY,
                "",
            )
            for person, session in [*people, chief]
        ],
    )


async def a_shift(town: Town, *, began_hours_ago: int = 0) -> Shift:
    """Plan a shift of one hour at which everybody of a town may come now, or might have come then."""
    activity = await _activity(town)
    now = clock.now() - began_hours_ago * HOUR
    return await shifts.plan_shift(
        town.book_id, activity, now, now + HOUR, points_budget=100 * len(town.volunteers)
    )


async def _activity(town: Town) -> int:
    known = await shifts.activities(town.book_id)
    activity = known[0] if known else await shifts.plan_activity(town.book_id, "植树", "环境")
    return int(activity.id)
