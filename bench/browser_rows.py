"""In a real browser: from a scan to the greeting, and how many printed cards a minute a roll-call takes."""

import asyncio
import time
from statistics import median

from playwright.async_api import Page

from bench.browser_place import CARDS, Stage, ground, hold, painted, picture
from bench.http_place import a_shift
from bench.rows import Goal, Row
from checkin import venue_codes
from checkin.models import Attendance, Shift
from kernel import clock
from people.card_issuing import issue_cards

__all__ = ["ground"]
WITHIN_MS, CARDS_A_MINUTE = 1_000, 40
LATE = 0.9


async def _greeted(organiser: Page, phone: Page, number: str, start: float) -> tuple[float, float]:
    """Press as soon as there is a button; return when the greeting was painted, and when the organiser saw the name."""

    async def seen() -> float:
        await painted(organiser.locator("#people").get_by_text(number).first)
        return 1000 * (time.perf_counter() - start)

    on_screen = asyncio.create_task(seen())
    await phone.locator('form[action="/check-in"] button').click()
    await painted(phone.locator(".answer.green"))
    return 1000 * (time.perf_counter() - start), await on_screen


async def _by_camera(at: Stage, organiser: Page, place: int) -> tuple[float, float]:
    """Hold the organiser's screen before the open camera of a volunteer's page."""
    phone = await at.page(at.town.volunteers[place][0])
    await phone.goto("/scan")
    await phone.locator("[data-start]").click()
    await phone.locator("video").wait_for()
    code = await organiser.locator(".shift-code").screenshot(caret="initial")
    start = time.perf_counter()
    await hold(phone, code)
    found = await _greeted(organiser, phone, str(1000 + place), start)
    await phone.context.close()
    return found


async def _by_address(at: Stage, organiser: Page, shift: Shift, place: int) -> tuple[float, float]:
    """Open the code's address in a browser that has nothing of ours yet, as a phone's own camera does."""
    phone = await at.page(at.town.volunteers[place][0])
    code = venue_codes.issue(at.town.book_id, shift.id, clock.now())
    start = time.perf_counter()
    await phone.goto(f"/Q/{code}", wait_until="commit")
    found = await _greeted(organiser, phone, str(1000 + place), start)
    await phone.context.close()
    return found


def _rows(name: str, what: str, waits: list[float], goal: Goal | None) -> tuple[Row, Row]:
    late = sorted(waits)[min(len(waits) - 1, int(LATE * len(waits)))]
    told = f"{what} ({len(waits)} scans)"
    return (
        Row(f"{name}-median", f"{told}: median", "ms", median(waits), goal=goal),
        Row(f"{name}-p90", f"{told}: 90th percentile", "ms", late),
    )


async def check_in_row(at: Stage) -> tuple[Row, ...]:
    """A scan, one tap, the greeting; and the name on the organiser's screen."""
    shift, organiser = await a_shift(at.town), await at.organiser()
    await organiser.goto(f"/shifts/{shift.id}?here=1")
    held = [await _by_camera(at, organiser, place) for place in range(at.rounds)]
    opened = [
        await _by_address(at, organiser, shift, place) for place in range(at.rounds, 2 * at.rounds)
    ]
    if await Attendance.filter(shift_id=shift.id).count() != 2 * at.rounds:
        raise RuntimeError("not everybody who was greeted is there")
    await organiser.context.close()
    goal = Goal(WITHIN_MS, at_least=False)
    one, two = "browser-check-in", "code before the camera of our page → tapped → "
    three = "code opened by a browser new to us → tapped → "
    return (
        *_rows(one, f"{two}greeting painted", [phone for phone, _ in held], goal),
        *_rows(f"{one}-seen", f"{two}name on the organiser's screen", [s for _, s in held], None),
        *_rows(f"{one}-opened", f"{three}greeting painted", [phone for phone, _ in opened], goal),
    )


async def roll_call_row(at: Stage) -> Row:
    """Printed cards, one after the other before the roll-call's camera, each answered in green."""
    shift, page = await a_shift(at.town), await at.organiser()
    people = [person for person, _ in at.town.volunteers[-CARDS:]]
    cards = await issue_cards(at.town.book_id, people, at.town.organiser[0])
    pictures = [picture(card.token) for card in cards]
    await page.goto(f"/shifts/{shift.id}/roll-call")
    await page.locator("[data-start]").click()
    await page.locator("video").wait_for()
    start = time.perf_counter()
    for count, each in enumerate(pictures, 1):
        await hold(page, each)
        await page.locator(f".call.green:nth-last-child({count})").wait_for()
    minutes = (time.perf_counter() - start) / 60
    await page.context.close()
    what = f"roll-call: {CARDS} printed cards, one right after the other before the camera, each answered"
    return Row("browser-roll-call", what, "cards/min", CARDS / minutes, goal=Goal(CARDS_A_MINUTE))


ROWS = {"browser-check-in": check_in_row, "browser-roll-call": roll_call_row}
