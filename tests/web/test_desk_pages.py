"""The property desk's pages: which codes are understood, which amounts, and whose vouchers these are."""

import re

import pytest

from kernel import clock
from kernel.clock import DAY, MINUTE
from people import sessions
from people.models import Role
from people.registration import grant_role
from redemption import property_desk, vouchers
from redemption.models import VoucherUse
from redemption.voucher_codes import grouped
from redemption.vouchers import code_of
from tests.web.counter_world import ADDRESS, Visitor, day, forms, own_key

__all__ = ["day", "own_key"]


@pytest.fixture
async def voucher(day):
    """A voucher of 50 yuan."""
    return await _issue(day, day.world.company)


async def _issue(day, company):
    world = day.world
    await world.give_points(100, person=day.wang.person_id)
    return await vouchers.issue(
        world.book, day.wang.person_id, world.offer.id, company, world.clerk, f"issue-{company}"
    )


async def _scan(day, text):
    return await day.desk.send(await day.desk.get("/desk"), "/desk/scans", code=text)


async def test_code_address_and_serial_lead_to_the_voucher(day, voucher):
    signed = code_of(voucher)
    for text in (
        signed,
        f"{ADDRESS.upper()}/Q/{signed}",
        voucher.serial,
        grouped(voucher.serial).lower(),
    ):
        page = await _scan(day, text)
        assert page.status_code == 200
        assert "¥50.00" in page.text
        assert "3-2-601" in page.text
        assert "王*兰" in page.text
        assert "王秀兰" not in page.text
        assert "全部 50 元" in page.text


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 422),
        ("x", 422),
        ("\x00", 422),
        ("A" * 300, 422),
        ("9" * 40, 422),
        ("0123-4567-89A", 422),
    ],
)
async def test_a_garbled_code_is_said_and_stays_in_the_box(day, voucher, text, status):
    page = await _scan(day, text)
    assert page.status_code == status
    assert "读不出来" in page.text or "不完整" in page.text
    if text == "x":
        assert 'value="x"' in page.text


async def test_another_companys_voucher_is_not_here(day):
    foreign = await _issue(day, day.world.rival)
    for text in (code_of(foreign), foreign.serial):
        page = await _scan(day, text)
        assert page.status_code == 404
        assert "王*兰" not in page.text
    csrf = forms(page, "/desk/scans")[0].fields["csrf"]
    sent = {
        "csrf": csrf,
        "voucher": str(foreign.id),
        "serial": foreign.serial,
        "fen": "100",
        "key": "k",
    }
    assert (await day.desk.http.post("/desk/uses", data=sent)).status_code == 404


async def test_used_up_void_and_expired_are_three_answers(day, voucher):
    world = day.world
    await property_desk.use(world.book, voucher.id, None, world.desk_clerk, world.company, "all")
    assert "已经用完" in (await _scan(day, voucher.serial)).text
    gone = await _void(day)
    assert "已作废" in (await _scan(day, gone.serial)).text
    await world.give_points(100, person=world.member)
    old = await vouchers.issue(
        world.book, world.member, world.offer.id, world.company, world.clerk, "third"
    )
    with clock.frozen(clock.now() + 500 * DAY):
        token = (await sessions.begin(world.book, world.desk_clerk, staff=True)).token
        later = Visitor(token)
        page = await later.send(await later.get("/desk"), "/desk/scans", code=old.serial)
        assert page.status_code == 409
        assert "过期" in page.text
        await later.http.aclose()


async def _void(day):
    world = day.world
    await world.give_points(100, person=world.member)
    found = await vouchers.issue(
        world.book, world.member, world.offer.id, world.company, world.clerk, "second"
    )
    return await vouchers.void_rest(world.book, found.id, world.clerk, "void")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("30", "30 元"),
        ("30.5", "30.50 元"),
        ("３０．５", "30.50 元"),
        ("¥30元", "30 元"),
        ("50", "50 元"),
    ],
)
async def test_amounts_are_read_as_people_type_them(day, voucher, typed, said):
    page = await _scan(day, voucher.serial)
    form = f"/desk/vouchers/{grouped(voucher.serial)}/use"
    asked = await day.desk.send(page, form, nth=1, amount=typed)
    assert asked.status_code == 200
    assert f"从 3-2-601 本期物业费减 {said}？" in asked.text


@pytest.mark.parametrize("typed", ["", "0", "-3", "1e3", "51", "30.555", "9" * 40, "三十", "\x00"])
async def test_an_amount_that_cannot_be_is_refused_and_kept(day, voucher, typed):
    page = await _scan(day, voucher.serial)
    form = f"/desk/vouchers/{grouped(voucher.serial)}/use"
    refused = await day.desk.send(page, form, nth=1, amount=typed)
    assert refused.status_code in (409, 422)
    assert 'aria-invalid="true"' in refused.text
    if typed in ("51", "三十"):
        assert f'value="{typed}"' in refused.text
    assert await VoucherUse.all().count() == 0


async def test_an_undo_is_offered_as_long_as_the_month_is_not_settled(day, voucher):
    world = day.world
    with clock.frozen(clock.now() - 16 * MINUTE):
        used = await property_desk.use(
            world.book, voucher.id, 3000, world.desk_clerk, world.company, "k"
        )
    page = await day.desk.get(f"/desk/uses/{used.id}")
    undone = await day.desk.send(page, f"/desk/uses/{used.id}/reversal")
    assert "已退回券上" in undone.text


@pytest.mark.parametrize("path", ["/desk/uses/x", f"/desk/uses/{2**80}", "/desk/uses/1"])
async def test_a_slip_that_does_not_exist_is_not_found(day, path):
    assert (await day.desk.get(path)).status_code == 404


async def test_the_desk_is_the_companys(day, voucher):
    assert (await day.clerk.get("/desk")).status_code == 403
    world = day.world
    used = await property_desk.use(
        world.book, voucher.id, 3000, world.desk_clerk, world.company, "k"
    )
    await grant_role(world.book, world.other, Role.PROPERTY_DESK, None, company_id=world.rival)
    rival = Visitor((await sessions.begin(world.book, world.other, staff=True)).token)
    assert (await rival.get(f"/desk/uses/{used.id}")).status_code == 404
    assert not re.search("3-2-601", (await rival.get("/desk")).text)
    await rival.http.aclose()
