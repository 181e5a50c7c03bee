"""Forty printed cards, no network: called, kept, sent once there is one, and what is in doubt is found on the shift."""

import asyncio
import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from checkin import receiving, shifts
from checkin.models import Attendance, Purpose, Shift
from kernel import clock
from kernel.clock import MINUTE
from kernel.database import connected
from kernel.settings import settings
from people import roster
from people.card_issuing import issue_cards
from people.models import Community
from tests.harness.camera import blacken_camera, deny_camera, show_code
from tests.harness.chromium import screenshot
from tests.harness.run import ROOT
from tests.harness.site import answer_of, open_as, samples_of

pytestmark = [pytest.mark.browser, pytest.mark.story]

PICTURES = ROOT / "test-results"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116.0 Mobile MicroMessenger/8.0.47"
)
CARDS = 40

# How many rosters the device keeps, and whether it keeps a page of a roll-call.
KEPT = """() => new Promise(done => {
  const asked = indexedDB.open('roll-call', 1);
  asked.onsuccess = () => {
    const count = asked.result.transaction('rosters').objectStore('rosters').count();
    count.onsuccess = async () => {
      asked.result.close();
      done([count.result, await caches.has('roll-call-pages')]);
    };
  };
})"""


async def prepared() -> dict[str, Any]:
    """Cards for forty who are not there yet, the last of whom is at another shift at this moment."""
    async with connected(settings().url):
        book_id = (await Community.all().first()).id  # type: ignore[union-attr]
        now = clock.now()
        shift = await Shift.filter(book_id=book_id, starts_at__lte=now, ends_at__gte=now).first()
        assert shift is not None
        there = {
            each.person_id for each in await Attendance.filter(book_id=book_id, shift_id=shift.id)
        }
        staff = {grant.person_id for grant in await roster.staff(book_id)}
        free = [
            each.person_id
            for each in await roster.members(book_id)
            if each.person_id not in there | staff
        ][:CARDS]
        by = next(
            grant.person_id for grant in await roster.staff(book_id) if grant.role == "organiser"
        )
        other = await shifts.plan_shift(
            book_id, shift.activity_id, now - 10 * MINUTE, now + 10 * MINUTE
        )
        await receiving.receive(book_id, other.id, free[-1], Purpose.ARRIVING, by=by, way="card")
        made = await issue_cards(book_id, free, by, replace=True)
        last = [each.token for each in made if each.member.person_id == free[-1]]
        return {"tokens": [e.token for e in made if e.token not in last] + last, "shift": shift.id}


def leaves_no_names_behind(page: Page) -> None:
    """Whoever signs out takes the names off the device."""
    assert page.evaluate(KEPT) == [1, True]
    page.locator('form[action="/sign-out"] button').first.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate(KEPT) == [0, False]


def test_forty_cards_without_a_network_are_sent_later_and_judged_once(live_server, new_page):
    known, cards = samples_of(live_server), answer_of(live_server, __name__)
    page = open_as(new_page, live_server, known["sessions"]["organiser"])
    page.goto(f"/shifts/{cards['shift']}/roll-call")
    expect(page.locator("[data-network]")).to_contain_text("没有网络")
    first, *others = cards["tokens"]

    # The camera stays open and reads one card after the other.
    page.locator("[data-start]").click()
    show_code(page, first)
    expect(page.locator(".call.green")).to_have_count(1)
    expect(page.locator("video")).to_be_visible()

    # Without a network the page comes again from this device, and its camera still reads.
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-start]")).to_be_visible()
    page.locator("[data-start]").click()
    for count, token in enumerate([*others, others[1], others[2]], 1):
        show_code(page, token)
        expect(page.locator(".call.orange")).to_have_count(count)
    expect(page.locator(".call.orange").first).to_be_visible()
    expect(page.locator(".call.orange .who").first).to_contain_text("*")
    screenshot(page, PICTURES / "roll-call-offline.png")
    # The page itself is there without a network, and so is what waits.
    page.goto(f"/shifts/{cards['shift']}/roll-call")
    expect(page.locator("[data-network]")).to_contain_text(str(CARDS + 1))

    page.context.set_offline(False)
    page.goto(f"/shifts/{cards['shift']}/roll-call")
    expect(page.locator("[data-network]")).not_to_contain_text(str(CARDS + 1))
    page.goto(f"/shifts/{cards['shift']}")
    doubts = page.locator("#doubts li")
    expect(doubts).to_have_count(3)
    expect(doubts.filter(has_text="重复")).to_have_count(2)
    screenshot(page, PICTURES / "roll-call-doubts.png")
    leaves_no_names_behind(page)
    new_page.faults.clear()  # what a page without a network asks for fails


def test_in_wechat_the_way_is_scan_and_typing_and_never_a_camera(live_server, new_page):
    page = new_page(live_server.url, user_agent=WECHAT)
    page.goto("/scan")
    expect(page.locator("[data-start]")).to_be_hidden()
    expect(page.locator("[data-wechat]")).to_contain_text("扫一扫")
    expect(page.get_by_label("码下面的号码")).to_be_visible()
    for spoil in (deny_camera, blacken_camera):
        other = new_page(live_server.url)
        other.goto("/scan")
        spoil(other)
        other.locator("[data-start]").click()
        expect(other.locator("[data-elsewhere]")).to_contain_text("扫一扫")
        expect(other.get_by_label("码下面的号码")).to_be_visible()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(prepared())))  # noqa: T201  its answer to the test
