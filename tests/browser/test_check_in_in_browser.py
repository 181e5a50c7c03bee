"""Checking in as it goes wrong or slowly in a real browser: old codes, slow thumbs, queues, and screens that change."""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from checkin import venue_codes
from checkin.asking import ask_by_number
from checkin.models import Attendance, CodeMode, Shift
from checkin.queueing import MANY
from checkin.shifts import set_code_mode
from kernel import clock
from kernel.clock import MINUTE, SECOND
from kernel.database import connected
from kernel.settings import settings
from people import roster, sessions
from people.models import Community, Membership, Role
from people.own_passwords import set_own_password
from tests.harness.camera import picture_of, scan
from tests.harness.chromium import axe_violations, overflows_sideways, screenshot
from tests.harness.live import LiveServer, demo_data, serving
from tests.harness.run import ROOT
from tests.harness.site import answer_of, open_as

pytestmark = [pytest.mark.browser, pytest.mark.story]

PICTURES = ROOT / "test-results"
COMERS = 3
PASSWORD = "彩虹里的老邻居们"
# More than a code lives, and less than one lives in a queue.
OLD = 27 * SECOND
ASKS_MS, SHOWN_MS = 1600, 6000

# A voice and sounds that are kept as text instead of being heard.
EARS = """
window.__said = [];
window.__tones = [];
const voice = {getVoices: () => [{}], cancel() {}, speak: said => window.__said.push(said.text)};
Object.defineProperty(window, 'speechSynthesis', {value: voice});
window.AudioContext = class {
  currentTime = 0;
  createOscillator() {
    const tone = {frequency: {}, connect: next => next, start: () => __tones.push(tone.frequency.value), stop() {}};
    return tone;
  }
  createGain() {
    return {gain: {setValueAtTime() {}, exponentialRampToValueAtTime() {}}, connect: next => next};
  }
};
"""


async def prepared(crowd: bool) -> dict[str, Any]:
    """Three who have not come, and claims and codes of some minutes and seconds ago; if asked, six more who ask."""
    async with connected(settings().url):
        book_id = (await Community.all().first()).id  # type: ignore[union-attr]
        now = clock.now()
        shift = await Shift.filter(book_id=book_id, starts_at__lte=now, ends_at__gte=now).first()
        assert shift is not None
        await set_code_mode(book_id, shift.id, CodeMode.SHARED)
        staff = await roster.staff(book_id)
        chief = next(grant.person_id for grant in staff if grant.role is Role.ORGANISER)
        busy = {each.person_id for each in await Attendance.filter(state="present")}
        busy |= {each.person_id for each in await Attendance.filter(shift_id=shift.id)}
        busy |= {grant.person_id for grant in staff}
        free = [each for each in await roster.members(book_id) if each.person_id not in busy]
        for each in free[COMERS : COMERS + MANY + 1] if crowd else []:
            await ask_by_number(venue_codes.claim(book_id, shift.id, now), each.shown_number)
        comers = [await _comer(each) for each in free[:COMERS]]
        await set_own_password(
            book_id, free[0].person_id, PASSWORD, session_id=comers[0]["session"]
        )
        now = clock.now()
        made = {
            minutes: venue_codes.claim(book_id, shift.id, now - minutes * MINUTE)
            for minutes in (2, 6)
        }
        return {
            "shift": f"/shifts/{shift.id}",
            "organiser": (await sessions.begin(book_id, chief, staff=True)).token,
            "comers": comers,
            "claims": {minutes: venue_codes.make_claim(claim) for minutes, claim in made.items()},
            "old": venue_codes.issue(book_id, shift.id, now - OLD),
        }


async def _comer(member: Membership) -> dict[str, Any]:
    signed = await sessions.begin(member.book_id, member.person_id, staff=False)
    masked = member.person.masked_name
    return {
        "token": signed.token,
        "session": signed.session_id,
        "name": member.person.name,
        "masked": masked,
        "number": member.shown_number,
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A demo that knows an address for phones, so that its screens show their codes as they do outdoors."""
    data = demo_data(tmp_path_factory.mktemp("check-in") / "data")
    with serving(data, public_url="https://caihong.example.cn") as running:
        yield running


def scanned(page: Page, server: LiveServer, claim: str) -> Page:
    """Let a browser have scanned the shift's code, and look at the shift now."""
    secure = server.url.replace("http:", "https:")
    page.context.add_cookies(
        [{"name": "__Host-claim", "value": claim, "url": secure, "secure": True}]
    )
    page.goto("/check-in")
    return page


def scans(phone: Page, screen: Page) -> None:
    """Let a phone's camera read the code on a screen."""
    phone.goto("/scan")
    scan(phone, picture_of(screen, ".shift-code"))


def test_who_opens_an_old_code_or_comes_back_late_reads_the_way_out(server, new_page):
    here = answer_of(server, __name__)
    phone = open_as(new_page, server, None, care=True, width=320)
    phone.goto(f"/Q/{here['old']}")
    expect(phone.locator("h1")).to_have_text("签到码已更新")
    assert axe_violations(phone) == []
    assert not overflows_sideways(phone)
    phone.get_by_role("link", name="再扫一次，或输数字").click()
    expect(phone.get_by_label("码下面的号码")).to_be_visible()
    phone = scanned(open_as(new_page, server, None), server, here["claims"]["6"])
    expect(phone.locator("h1")).to_have_text("请再扫一次")
    expect(phone.locator('.answer a[href="/scan"]')).to_be_visible()


def test_signing_in_and_being_confirmed_may_take_two_minutes(server, new_page):
    here = answer_of(server, __name__)
    first, second, _ = here["comers"]
    slow = here["claims"]["2"]
    phone = scanned(open_as(new_page, server, None), server, slow)
    phone.get_by_role("link", name="我有密码").click()
    phone.locator("summary", has_text="密码").click()
    form = phone.locator('form[action="/sign-in/number"]')
    form.locator("[name=who]").fill(first["number"])
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button").click()
    phone.locator('form[action="/check-in"] button').click()
    expect(phone.locator("h1")).to_have_text("签到成功")
    expect(phone.locator(".answer")).to_contain_text("走的时候请再扫一次")

    blank = scanned(open_as(new_page, server, None), server, slow)
    blank.locator("[name=number]").fill(second["number"])
    blank.locator('form[action="/check-in/number"] button').click()
    digits = blank.locator(".typed").inner_text()
    organiser = open_as(new_page, server, here["organiser"], width=1280)
    organiser.goto(here["shift"])
    asking = organiser.locator("li", has_text=second["masked"]).filter(has_text=digits)
    asking.locator('form[action$="/confirmation"] button').click()
    expect(blank.locator("h1")).to_have_text("签到成功")


def test_the_organiser_of_a_crowd_is_offered_codes_that_live_a_minute(server, new_page):
    known = answer_of(server, __name__)
    organiser = open_as(new_page, server, known["organiser"], width=1280)
    organiser.goto(known["shift"])
    offer = organiser.locator("#queue button")
    expect(offer).to_have_count(0)

    here = answer_of(server, __name__, "crowd")
    first = open_as(new_page, server, here["comers"][0]["token"])
    first.goto(f"/Q/{here['old']}")
    expect(first.locator("h1")).to_have_text("签到码已更新")
    expect(offer).to_have_text("改用排队模式")
    screenshot(organiser, PICTURES / "queue-offered.png")
    offer.click()
    expect(offer).to_have_text("换回平常的码")
    first.goto(f"/Q/{here['old']}")
    first.locator('form[action="/check-in"] button').click()
    expect(first.locator("h1")).to_have_text("签到成功")


def test_a_code_for_one_person_changes_by_itself_once_it_is_used(server, new_page):
    here = answer_of(server, __name__)
    organiser = open_as(new_page, server, here["organiser"], width=1280)
    _, second, third = (open_as(new_page, server, each["token"]) for each in here["comers"])
    organiser.goto(here["shift"])
    organiser.locator("summary", has_text="一个码").click()
    organiser.locator("input[value=strict]").check()
    organiser.locator('details form[action$="/code-mode"] button').click()
    organiser.goto(f"{here['shift']}/code")
    shown = organiser.locator("[data-mark]")
    expect(shown).to_have_attribute("data-mark", re.compile("."))
    for phone in (second, third):
        phone.goto("/scan")
    used = picture_of(organiser, ".shift-code")
    mark = shown.get_attribute("data-mark")
    scan(second, used)
    second.locator('form[action="/check-in"] button').click()
    expect(second.locator("h1")).to_have_text("签到成功")
    scan(third, used)
    expect(third.locator("h1")).to_have_text("这个码已有人用了")
    expect(shown).not_to_have_attribute("data-mark", mark)
    third.locator('.answer a[href="/scan"]').click()
    scan(third, picture_of(organiser, ".shift-code"))
    expect(third.locator('form[action="/check-in"] button')).to_be_visible()


def test_the_code_is_handed_to_a_helper_and_the_organiser_reads_that_it_is_done(server, new_page):
    here = answer_of(server, __name__)
    helper = here["comers"][0]
    organiser = open_as(new_page, server, here["organiser"])
    organiser.goto(f"{here['shift']}/code")
    organiser.get_by_role("button", name="交给").click()
    expect(organiser.locator(".code svg")).to_be_visible()
    screenshot(organiser, PICTURES / "handed-over.png")
    phone = open_as(new_page, server, helper["token"])
    phone.goto(urlsplit(organiser.locator("#link").input_value()).path)
    phone.locator('form[action^="/screens/"] button').click()
    expect(phone.locator(".shift-code svg")).to_be_visible()
    done = organiser.locator(".note.ok", has_text=helper["masked"])
    expect(done).to_contain_text("好了")
    organiser.goto(f"{here['shift']}/code")
    expect(organiser.locator(".shift-code svg")).to_be_visible()


def hears(page, kept, wanted):
    """The page's script may come a moment after its words."""
    for _ in range(50):
        if page.evaluate(kept) == wanted:
            return
        time.sleep(0.1)
    assert page.evaluate(kept) == wanted


def test_the_kiosk_says_the_masked_name_aloud_and_every_answer_has_its_sound(server, new_page):
    here = answer_of(server, __name__)
    comer = here["comers"][0]
    kiosk = open_as(new_page, server, here["organiser"], width=1280)
    phone = open_as(new_page, server, comer["token"])
    for page in (kiosk, phone):
        page.context.add_init_script(EARS)
    kiosk.clock.install()
    kiosk.goto(f"{here['shift']}/kiosk")
    expect(kiosk.locator(".side-holder")).to_be_hidden()
    kiosk.locator("[data-sound] button").click()
    assert kiosk.evaluate("__tones") == [880]

    scans(phone, kiosk)
    phone.locator('form[action="/check-in"] button').click()
    expect(phone.locator("h1")).to_have_text("签到成功")
    hears(phone, "__tones", [880])
    kiosk.clock.run_for(ASKS_MS)
    greeting = kiosk.locator(".greeting")
    expect(greeting).to_contain_text(comer["masked"])
    expect(greeting).to_contain_text("走的时候请再扫一次")
    screenshot(kiosk, PICTURES / "kiosk.png")
    hears(kiosk, "__said", [f"{comer['masked'].replace('*', '')}，欢迎您。"])
    assert comer["name"] not in kiosk.content()
    kiosk.clock.run_for(SHOWN_MS)
    expect(greeting).to_have_count(0)

    # Once more before the same screen: amber, since when, and the way out.
    kiosk.reload()
    scans(phone, kiosk)
    expect(phone.locator(".answer.orange h1")).to_have_text("您已经签过到了")
    expect(phone.locator(".answer")).to_contain_text(re.compile(r"\d\d:\d\d"))
    hears(phone, "__tones", [520, 520])
    phone.locator('form[action="/check-in/out"] button').click()
    expect(phone.locator("h1")).to_have_text("签退成功")


if __name__ == "__main__":
    print(json.dumps(asyncio.run(prepared("crowd" in sys.argv))))  # noqa: T201  its answer to the test
