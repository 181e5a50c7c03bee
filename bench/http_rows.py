"""Over HTTP, whole acts: check-in and verification against stored functions behind FastAPI, and a rush at one shift."""

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping

from bench.http_load import Answered, Request, arrivals, closed_loop
from bench.http_place import Served, Town, a_shift, ground
from bench.place import direct, settle_down
from bench.rows import Goal, Row, Sample, Side, in_turns, row
from bench.soundness import require
from checkin import venue_codes, verification
from checkin.models import Shift
from kernel import clock
from kernel.clock import MINUTE
from kernel.ids import new_id

__all__ = ["ground"]
AT_ONCE = 64
CHECK_IN = "/api/v1/attendances"
MINUTES = 55
RUSH = 2_000
Making = Callable[[Town], Awaitable[Iterator[Request]]]


def check_ins(town: Town, shift: Shift) -> Iterator[Request]:
    """Return requests by which the volunteers of a town come to a shift, each once, with the code of that moment."""
    for each in town.volunteers:
        code = venue_codes.issue(town.book_id, shift.id, clock.now())
        yield Request(CHECK_IN, town.token_of(each), {"code": code})


def verifications(town: Town, attendances: list[int]) -> Iterator[Request]:
    """Return requests by which the organiser verifies attendances, each once."""
    token = town.token_of(town.organiser)
    return (Request(f"{CHECK_IN}/{each}/verification", token) for each in attendances)


async def who_left(url: str, town: Town) -> list[int]:
    """Let everybody of a town have left a shift of long ago, and return their attendances."""
    shift = await a_shift(town, began_hours_ago=3)
    rows = [
        (new_id(), town.book_id, shift.id, person, "left", "scanned",
         shift.starts_at, shift.starts_at + MINUTES * MINUTE, MINUTES)
        for person, _ in town.volunteers
    ]  # fmt: skip
    columns = (
        "id book_id shift_id person_id state provenance checked_in_at checked_out_at minutes_worked"
    )
    zeros = (
        "asked_with",
        "minutes_counted",
        "points_awarded",
        "points_to_debt",
        "revision",
        "reason",
    )
    filled = [(*each, "", 0, 0, 0, 1, "") for each in rows]
    async with direct(url) as raw:
        await raw.copy_records_to_table(
            "attendance", records=filled, columns=[*columns.split(), *zeros]
        )
    return [each[0] for each in rows]


def measured(at: Served, town: Town, port: int, requests: Making) -> Side:
    """Return a side: 64 callers at once, on ground made anew for every sample."""

    async def measure() -> tuple[float, float]:
        asked = await requests(town)
        done = await closed_loop(port, asked, AT_ONCE, at.plan.seconds)
        return done.rate, len(done.waits)

    return measure


async def compared(at: Served, requests: Making) -> dict[str, list[Sample]]:
    """Measure both sides in turns."""
    sides = {
        "ours": measured(at, at.own, at.own_port, requests),
        "baseline": measured(at, at.other, at.other_port, requests),
    }
    return await rested(at, sides)


async def rested(at: Served, sides: Mapping[str, Side]) -> dict[str, list[Sample]]:
    """Measure sides in turns, the database at rest before each sample."""

    async def before() -> None:
        await settle_down(at.url)

    return await in_turns(sides, at.plan.rounds, pid=at.pid, before=before)


async def nobody_is_anywhere(url: str) -> None:
    """Take all attendances away, so that everybody may come again."""
    async with direct(url) as raw:
        await raw.execute("TRUNCATE attendance, checkin_scan CASCADE")


async def check_in_row(at: Served) -> Row:
    """Checking in with the code on the organiser's screen."""

    async def requests(town: Town) -> Iterator[Request]:
        await nobody_is_anywhere(at.url)
        return check_ins(town, await a_shift(town))

    samples = await compared(at, requests)
    what = "check-in over HTTP, 64 at once; against FastAPI with the same token, session check and a stored function"
    return row(("http-check-in", what, "check-ins/s"), samples, Goal(1.0))


async def verify_row(at: Served) -> Row:
    """Verifying hours: minutes and points in one entry."""
    for town in (at.own, at.other):
        await nobody_is_anywhere(at.url)
        # The accounts of everybody are there before anything is measured.
        for attendance in await who_left(at.url, town):
            await verification.verify(town.book_id, attendance, town.organiser[0])

    async def requests(town: Town) -> Iterator[Request]:
        await nobody_is_anywhere(at.url)
        return verifications(town, await who_left(at.url, town))

    samples = await compared(at, requests)
    await require(at.own.book_id)
    what = "verification over HTTP (attendance, shift's budget, minutes, points), 64 at once; against the same"
    return row(("http-verify", what, "verifications/s"), samples, Goal(1.0))


async def rush_row(at: Served) -> tuple[Row, Row]:
    """Everybody comes to one shift within a minute, at moments of chance: no error, and how long the slowest waited."""
    await nobody_is_anywhere(at.url)
    shift, seconds = await a_shift(at.own), at.plan.rush_seconds
    chance = random.Random(7)  # noqa: S311  the same rush every time
    moments = [chance.uniform(0, seconds) for _ in range(RUSH)]
    done: Answered = await arrivals(at.own_port, check_ins(at.own, shift), moments, 256)
    waits = sorted(done.waits)
    count = len(waits)
    told = f"a rush of {count:,} check-ins at one shift within {seconds:g} s, no error".replace(
        ",", " "
    )
    milliseconds = [1000 * waits[min(count - 1, int(count * part))] for part in (0.5, 0.99)]
    return (
        Row("http-rush-median", f"{told}: median wait", "ms", milliseconds[0]),
        Row("http-rush-p99", f"{told}: 99th percentile", "ms", milliseconds[1]),
    )


ROWS = {"http-check-in": check_in_row, "http-verify": verify_row, "http-rush": rush_row}
