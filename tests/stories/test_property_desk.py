"""The property desk's errand over HTTP: a wrong amount, undone, the right amount, and the rest another day."""

import asyncio

import pytest

from redemption import vouchers
from redemption.models import Voucher, VoucherUse
from redemption.voucher_codes import grouped
from redemption.vouchers import code_of
from tests.web.counter_world import day, own_key

__all__ = ["day", "own_key"]
pytestmark = pytest.mark.story


async def _asked(day, voucher, amount):
    """The page that asks once more, reached by scanning and typing."""
    page = await day.desk.send(await day.desk.get("/desk"), "/desk/scans", code=code_of(voucher))
    form = f"/desk/vouchers/{grouped(voucher.serial)}/use"
    if amount is None:
        return await day.desk.send(page, form)
    return await day.desk.send(page, form, nth=1, amount=amount)


@pytest.fixture
async def voucher(day):
    """A voucher of 50 yuan for 王秀兰's flat."""
    world = day.world
    return await vouchers.issue(
        world.book, day.wang.person_id, world.offer.id, world.company, world.clerk, "issue"
    )


async def test_a_wrong_amount_is_undone_and_the_right_one_taken(day, voucher):
    wrong = await day.desk.send(await _asked(day, voucher, "50"), "/desk/uses")
    assert "从 3-2-601 本期物业费减 50 元" in wrong.text
    undone = await day.desk.send(wrong, f"{wrong.url.path}/reversal")
    assert "50 元已退回券上" in undone.text

    right = await day.desk.send(await _asked(day, voucher, "３０"), "/desk/uses")
    assert "从 3-2-601 本期物业费减 30 元" in right.text
    assert f"核销单 {grouped(voucher.serial)}/2" in right.text
    assert "券上还剩 ¥20.00" in right.text

    rest = await _asked(day, voucher, None)
    assert "减 20 元？" in rest.text
    await day.desk.send(rest, "/desk/uses")
    front = await day.desk.get("/desk")
    assert "合计 ¥50.00" in front.text
    found = await Voucher.get(id=voucher.id)
    assert found.remaining_fen == 0
    totals = await day.world.totals()
    assert totals[f"property:{day.world.company}:payable"] == 5000


async def test_a_double_tap_takes_the_amount_once(day, voucher):
    page = await _asked(day, voucher, None)
    twice = await asyncio.gather(*(day.desk.send(page, "/desk/uses") for _ in range(2)))
    again = await day.desk.send(page, "/desk/uses")
    assert len({answer.url.path for answer in (*twice, again)}) == 1
    assert await VoucherUse.all().count() == 1


async def test_a_rest_that_shrank_meanwhile_is_refused_and_corrected(day, voucher):
    first = await _asked(day, voucher, None)
    await day.desk.send(await _asked(day, voucher, "20"), "/desk/uses")
    refused = await day.desk.send(first, "/desk/uses")
    assert refused.status_code == 409
    assert "¥30.00" in refused.text
    assert 'value="50"' in refused.text
    form = f"/desk/vouchers/{grouped(voucher.serial)}/use"
    asked = await day.desk.send(refused, form, nth=1, amount="30")
    assert "本期物业费减 30 元" in (await day.desk.send(asked, "/desk/uses")).text
