"""Settling over http: the office signs twice and enters the bank's reference; the company sees its own months only."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from kernel import clock
from kernel.clock import HOUR
from kernel.days import start_of
from ledger import chart
from ledger.balances import holding
from people import sessions
from people.models import PropertyCompany, Role
from people.registration import grant_role, register
from redemption import vouchers
from redemption.property_desk import use
from tests.redemption.world import ZONE, key
from tests.web.counter_world import Visitor, day, forms, own_key
from web import pdf

__all__ = ["day", "own_key"]
SEPTEMBER = "2026-09"


def at(date: int) -> int:
    return start_of(date, ZONE) + 12 * HOUR


async def staff(world, name, role, company=None):
    """Somebody who works here, and their browser."""
    person = (await register(world.book, name)).person_id
    await grant_role(world.book, person, role, None, company_id=company)
    return Visitor((await sessions.begin(world.book, person, staff=True)).token)


@pytest.fixture
async def settled(day):
    """A voucher of which ¥30 were used in September; it is November."""
    world = day.world
    with clock.frozen(at(20_260_928)):
        issued = await vouchers.issue(
            world.book, day.wang.person_id, world.offer.id, world.company, world.clerk, key()
        )
        taken = await use(world.book, issued.id, 3000, world.desk_clerk, world.company, key())
    with clock.frozen(at(20_261_102)):
        yield taken


async def signed(day):
    """Both signatures: the maker's browser, the checker's, and the address of the month."""
    maker = await staff(day.world, "赵敏", Role.ORGANISER)
    checker = await staff(day.world, "钱主任", Role.ADMIN)
    month = f"/settlements/{day.world.company}/{SEPTEMBER}"
    asked = await maker.send(await maker.get(month), f"{month}/signature")
    assert "与安和物业结算 2026-09：¥30.00" in asked.text
    approved = await checker.send(await checker.get(asked.url.path), f"{asked.url.path}/approval")
    assert "已按申请办理" in approved.text or approved.status_code == 200
    return maker, checker, month


async def test_a_month_is_signed_twice_paid_and_taken_away(day, settled):
    maker, _, month = await signed(day)
    listed = (await maker.get("/settlements")).text
    assert "待付款" in listed
    assert "与账一致" in (await maker.get(month)).text
    odd = await maker.send(await maker.get(month), f"{month}/payment", reference="9" * 50)
    assert odd.status_code == 422
    assert "9" * 50 in odd.text
    paid = await maker.send(odd, f"{month}/payment", reference="ICBC20261102001")
    assert "ICBC20261102001" in paid.text
    assert "赵敏" in paid.text
    assert "钱主任" in paid.text
    book = await maker.get(f"{month}/pack/xlsx")
    with ZipFile(BytesIO(book.content)) as parts:
        texts = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>30" in texts
    if pdf.is_there():
        assert (await maker.get(f"{month}/pack/pdf")).content.startswith(b"%PDF")


async def test_the_company_sees_its_own_months_and_nobody_elses(day, settled):
    await signed(day)
    assert "2026年9月" in (await day.desk.get("/desk/settlements")).text
    own = await day.desk.get(f"/desk/settlements/{SEPTEMBER}")
    assert "¥30.00" in own.text
    assert "/payment" not in own.text
    assert (await day.desk.get(f"/settlements/{day.world.company}/{SEPTEMBER}")).status_code == 403
    rival = await staff(day.world, "郑前台", Role.PROPERTY_DESK, day.world.rival)
    assert "2026年9月" not in (await rival.get("/desk/settlements")).text
    assert "¥30.00" not in (await rival.get(f"/desk/settlements/{SEPTEMBER}")).text
    foreign = await PropertyCompany.create(book_id=1, name="别处物业")
    admin = await staff(day.world, "孙主任", Role.ADMIN)
    assert (await admin.get(f"/settlements/{foreign.id}/{SEPTEMBER}")).status_code == 404
    assert (await admin.get(f"/settlements/{day.world.company}/2026-13")).status_code == 422


async def test_a_settled_use_is_corrected_by_two_and_the_desk_can_no_longer_undo_it(day, settled):
    maker, checker, month = await signed(day)
    slip = await day.desk.get(f"/desk/uses/{settled.id}")
    assert "/reversal" not in slip.text
    csrf = forms(slip, "/sign-out")[0].fields["csrf"]
    sent = {"csrf": csrf, "key": "late"}
    late = await day.desk.http.post(f"/desk/uses/{settled.id}/reversal", data=sent)
    assert late.status_code == 409
    form = await maker.get(f"/settlements/uses/{settled.id}")
    address = f"/settlements/uses/{settled.id}/correction"
    empty = await maker.send(form, address, reason="")
    assert empty.status_code == 422
    asked = await maker.send(empty, address, reason="扣错了户")
    await checker.send(await checker.get(asked.url.path), f"{asked.url.path}/approval")
    owed = await holding(day.world.book, chart.owed_back(day.world.company))
    assert owed.balance == 3000
    assert "后来已更正" in (await maker.get(month)).text
