"""What is used or rendered when its month is locked already: it is in the next batch, and nothing sticks."""

import pytest

from audit import settlement_pack
from kernel.database import execute
from redemption import settling
from redemption.models import VoucherUse
from redemption.settlement_errors import SettlementIsLocked
from tests.redemption.test_service_settling import office as street_office  # noqa: F401
from tests.redemption.test_service_settling import rendered
from tests.redemption.test_settling import OCTOBER, SEPTEMBER, office  # noqa: F401


async def test_a_use_that_comes_when_its_month_is_locked_is_in_the_next_batch(office):  # noqa: F811
    """And its month is no longer in the way; the pack says where the line comes from, and agrees with the books."""
    await office.used(20_260_915, 2000)
    september = await office.lock(SEPTEMBER)
    [late] = await office.used(20_260_930, 700)
    await office.used(20_261_005, 1000)
    company = await settling.company_here(office.world.book, office.world.company)
    assert await settling.takes_late(company) == OCTOBER
    with pytest.raises(SettlementIsLocked):
        await office.sign(SEPTEMBER)
    october = await office.lock(OCTOBER)
    assert (september.amount_fen, october.amount_fen, october.uses) == (2000, 1700, 2)
    assert (await VoucherUse.get(id=late.id)).settled_in_id == october.id
    assert await settling.takes_late(company) is None
    packs = [
        await settlement_pack.pack(office.world.book, office.world.company, month)
        for month in (SEPTEMBER, OCTOBER)
    ]
    assert [each.agrees for each in packs] == [True, True]
    assert [[each.is_late(use) for use in each.uses] for each in packs] == [[False], [True, False]]
    assert [(each.settled_here, each.settled_elsewhere) for each in packs] == [(0, 700), (700, 0)]
    table = settlement_pack.sheet(packs[1], str)
    rows = [row async for row in table.rows]
    assert [row[5] for row in rows[:2]] == ["from an earlier month", None]
    assert await office.findings() == []
    await execute("UPDATE settlement SET month = $1 WHERE id = $2", 20_260_831, september.id)
    [found] = [each for each in await office.findings() if "later month" in str(each)]
    assert "of 2026-08 pays for something of a later month" in str(found)


async def test_what_came_late_makes_a_batch_where_its_month_had_nothing_else(office):  # noqa: F811
    await office.used(20_260_915, 2000)
    await office.lock(SEPTEMBER)
    await office.used(20_260_930, 700)
    [october] = [
        each for each in await settlement_pack.months(office.world.book) if each.ends_on == OCTOBER
    ]
    assert (october.state, october.figures.used) == ("open", 0)
    assert (await office.lock(OCTOBER)).amount_fen == 700
    assert await office.findings() == []


async def test_a_service_that_comes_when_its_month_is_locked_is_in_the_next_batch(street_office):  # noqa: F811
    street = street_office.street
    await rendered(street_office, 20_260_928)
    await street_office.lock(SEPTEMBER)
    late = await rendered(street_office, 20_260_930)
    october = await street_office.lock(OCTOBER)
    assert (october.uses, october.amount_fen) == (1, late.amount_fen)
    pack = await settlement_pack.pack(street.world.book, street.barber, OCTOBER)
    assert (pack.agrees, [pack.is_late(use) for use in pack.uses]) == (True, [True])
    assert await street_office.findings() == []
