"""The day's sheet, closed days, clerks' figures, what happened with one's points, and points about to lapse."""

from kernel.days import to_date
from ledger.periods import month_words
from people.models import Role
from people.privacy import Disclosure, Told
from redemption import counter
from redemption.notice_papers import PointsCase
from tests.redemption.world import key, today
from tests.web.counter_world import day, own_key, signed_in  # noqa: F401  fixtures


async def comes(day, person, role, *, staff=True):  # noqa: F811
    """Let somebody in who reads English."""
    visitor = await signed_in(day.world.book, person, role, staff=staff)
    visitor.http.headers["accept-language"] = "en"
    day.clerk.http.headers["accept-language"] = "en"
    return visitor


async def sold_to_wang(day):  # noqa: F811
    world = day.world
    cart = [(world.soap.id, 2)]
    return await counter.redeem(
        world.book, world.shop.id, day.wang.person_id, cart, world.clerk, key()
    )


async def test_a_clerk_closes_the_day_with_one_button_and_a_later_sale_is_closed_again(day):  # noqa: F811
    organiser = await comes(day, day.world.other, Role.ORGANISER)
    assert "Nothing was done" in (await day.clerk.get("/counter/days/today")).text
    receipt = await sold_to_wang(day)
    at = f"/counter/days/{to_date(today()).isoformat()}"
    sheet = await day.clerk.get("/counter/days/today")
    assert f"/redemptions/{receipt.redemption_id}" in sheet.text
    long = await day.clerk.send(sheet, f"{at}/closing", note="长" * 201)
    assert long.status_code == 422
    assert "长" * 201 in long.text
    paper = await day.clerk.send(sheet, f"{at}/closing", note="雨天")
    assert "雨天" in paper.text
    assert "16" in paper.text
    slip = await day.clerk.get(f"{paper.url.path}?paper=80")
    assert "w80" in slip.text
    await sold_to_wang(day)
    again = await organiser.get(at)
    assert "1 thing was done after closing" in again.text
    month = await organiser.get(f"/shop/days?month={month_words(today())}")
    assert "1 after closing" in month.text
    await organiser.send(again, f"{at}/closing")
    assert "Everything of this day is signed off" in (await day.clerk.get(at)).text
    assert (await day.clerk.get("/counter/days/2026-13-01")).status_code == 422
    figures = await organiser.get("/shop/clerks")
    assert "Nothing stands out" in figures.text
    behind = await organiser.get(f"/shop/clerks/{day.world.clerk}?of=same_member")
    assert f"/redemptions/{receipt.redemption_id}" in behind.text
    assert (await organiser.get(f"/shop/clerks/{day.world.member}")).status_code == 404


async def test_a_member_reads_what_happened_and_an_organiser_answers_that_it_was_not_them(day):  # noqa: F811
    receipt = await sold_to_wang(day)
    book, wang = day.world.book, day.wang.person_id
    volunteer = await comes(day, wang, Role.VOLUNTEER, staff=False)
    assert "What happened with my points (1 new)" in (await volunteer.get("/")).text
    told = await volunteer.get("/happened")
    assert "16 points were taken for goods" in told.text
    assert "unread" in told.text
    read = await volunteer.send(told, "/happened/seen")
    assert "unread" not in read.text
    one = await volunteer.get(f"/happened/{receipt.entry_id}")
    said = await volunteer.send(one, f"/happened/{receipt.entry_id}/case", said="我没去")
    assert "The organisers were told" in said.text
    case = await PointsCase.get(book_id=book)
    organiser = await comes(day, day.world.other, Role.ORGANISER)
    assert "我没去" in (await organiser.get("/cases")).text
    page = await organiser.get(f"/cases/{case.id}")
    assert f"/redemptions/{receipt.redemption_id}" in page.text
    answer = f"/cases/{case.id}/answer"
    empty = await organiser.send(page, answer, text="  ")
    assert "what you found" in empty.text
    await organiser.send(page, answer, text="是老伴买的")
    assert "是老伴买的" in (await volunteer.get(f"/happened/{receipt.entry_id}")).text
    stranger = await comes(day, day.zhang.person_id, Role.VOLUNTEER, staff=False)
    assert (await stranger.get(f"/happened/{receipt.entry_id}")).status_code == 404


async def test_points_about_to_lapse_are_told_masked_on_the_board_and_whole_under_record(day):  # noqa: F811
    wang = day.wang.person_id
    await day.world.give_points(6, person=wang, expires_on=today())
    organiser = await comes(day, day.world.other, Role.ORGANISER)
    board = await organiser.get("/lapsing/board")
    assert "王*兰" in board.text
    assert "王秀兰" not in board.text
    ring = await organiser.get("/lapsing")
    assert "138****3316" in ring.text
    asked = await organiser.send(ring, "/lapsing/phones")
    assert "13800003316" in asked.text
    shown = await Disclosure.get(book_id=day.world.book)
    assert (shown.what, shown.people, shown.by_id) == (Told.PHONE, 1, day.world.other)
    volunteer = await comes(day, wang, Role.VOLUNTEER, staff=False)
    assert "6 points: use them before" in (await volunteer.get("/happened")).text
