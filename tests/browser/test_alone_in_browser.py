"""Two volunteers without an organiser: one with a card at both ends, one by start and stop and somebody's word."""

import asyncio
import json

import pytest
from playwright.sync_api import expect

from tests.harness.site import answer_of, open_as

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def escort(demo_server):
    """An activity on call, the card of Grandma Li, and three members of the demo with their sessions."""
    return answer_of(demo_server, __name__)


def opened(new_page, server, escort, who):
    return open_as(new_page, server, escort[who], width=390, locale="zh-CN")


def test_a_card_at_both_ends_and_a_word_on_ones_own_phone(demo_server, new_page, escort):
    # The camera opens the card's address; signed in already, one tap begins.
    first = opened(new_page, demo_server, escort, "first")
    first.goto(f"/Q/{escort['token']}")
    assert first.url.endswith("/errands/card")
    first.get_by_role("button", name="开始：夜间陪诊").click()
    expect(first.locator(".note").filter(has_text="夜间陪诊").first).to_be_visible()
    first.goto(f"/Q/{escort['token']}")
    first.get_by_role("button", name="是的，做完了").click()
    first.locator(".note.ok").filter(has_text="等待审核").wait_for()

    # Without a card: start, stop, and it waits for somebody's word.
    second = opened(new_page, demo_server, escort, "second")
    second.goto("/")
    second.get_by_role("link", name="开始：夜间陪诊").click()
    second.get_by_label("您帮的是谁？").fill(escort["number"])
    second.get_by_role("button", name="现在开始").click()
    second.get_by_role("button", name="结束").click()
    expect(second.get_by_role("heading", name="请对方确认一下")).to_be_visible()

    served = opened(new_page, demo_server, escort, "served")
    served.goto("/")
    served.get_by_role("button", name="是的，没错").click()
    served.locator(".note.ok").filter(has_text="谢谢").wait_for()
    second.goto("/errands")
    assert second.get_by_text("这些还没有人确认").count() == 0

    # Both stand in the inbox with who speaks for them.
    organiser = opened(new_page, demo_server, escort, "organiser")
    organiser.goto("/verifications")
    for said, spoke in (
        ("两头扫了同一张卡", "扫了“李奶奶家”的卡"),
        ("志愿者自己说的", "在自己手机上确认"),
    ):
        row = organiser.locator(".card", has_text="夜间陪诊").locator("li", has_text=said)
        row.locator("a.row-link").click()
        expect(organiser.get_by_text(spoke).first).to_be_visible()
        organiser.goto("/verifications")


async def prepared() -> dict[str, str]:
    """Put an escort on call in the demo, and sign its people in."""
    from checkin import service_cards, shifts
    from checkin.alone_models import CardKind
    from checkin.models import Attendance
    from people import roster, sessions
    from people.models import Community, Role, RoleGrant

    book = (await Community.all().first()).id  # type: ignore[union-attr]
    here = {row.person_id for row in await Attendance.filter(book_id=book, state="present")}
    staff = {
        row.person_id for row in await RoleGrant.filter(book_id=book).exclude(role="volunteer")
    }
    free = [each for each in await roster.members(book) if each.person_id not in here | staff]
    leads = await RoleGrant.filter(book_id=book, role=Role.ORGANISER).first()
    assert leads
    by, served = leads.person_id, free[-3]
    await shifts.plan_activity(book, "夜间陪诊", "助老", usual_minutes=60)
    made = await service_cards.make(
        book, CardKind.PERSON, "李奶奶家", by=by, person_id=served.person_id
    )
    people = {"first": free[-1].person_id, "second": free[-2].person_id, "served": served.person_id}
    signed = {
        name: (await sessions.begin(book, person, staff=False)).token
        for name, person in people.items()
    }
    signed["organiser"] = (await sessions.begin(book, by, staff=True)).token
    return {**signed, "token": made.token, "number": str(served.number)}


async def main() -> None:
    """Print what the story needs."""
    from kernel.database import connected
    from kernel.settings import settings

    async with connected(settings().url):
        print(json.dumps(await prepared()))  # noqa: T201  its answer to the story


if __name__ == "__main__":
    asyncio.run(main())
