"""Vouchers with the real desk: issue, look-up, use, undo, void; what is refused, and what two at once may do."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import DAY
from kernel.days import plus_days, plus_months
from ledger import chart
from ledger.balances import holding
from ledger.errors import AlreadyReversed, KeyReused, NotEnoughPoints
from ledger.post import Lot
from redemption import property_desk, vouchers
from redemption.errors import (
    AlreadySettled,
    AlreadyUndone,
    AmountIsOdd,
    NotAMember,
    OfferIsWithdrawn,
    OfferNotHere,
    PriceIsWrong,
    VoucherCodeUnreadable,
    VoucherHasExpired,
    VoucherHasLess,
    VoucherIsUsedUp,
    VoucherIsVoid,
    VoucherNotFound,
)
from redemption.models import VoucherUse
from redemption.property_desk import look_up, undo_use, use, uses_today
from redemption.states import OnOffer, VoucherState
from redemption.voucher_codes import grouped, slip
from redemption.vouchers import code_of, issue, void_rest
from tests.redemption.world import World, key, make_world, today


async def issued(world: World, **more):
    """A ¥50 voucher for 100 points, asked for by the member."""
    company = more.get("company", world.company)
    return await issue(
        world.book, world.member, world.offer.id, company, world.member, more.get("key") or key()
    )


async def take(world: World, voucher, amount: int | None, **more):
    """Take an amount off a bill at the company's desk."""
    company = more.get("company", world.company)
    return await use(
        world.book, voucher.id, amount, world.desk_clerk, company, more.get("key") or key()
    )


async def undo(world: World, taken, **more):
    """Undo a use at the desk of the same company."""
    company = more.get("company", world.company)
    return await undo_use(world.book, taken.id, world.desk_clerk, company, more.get("key") or key())


async def fen_on(world: World, voucher) -> int:
    """What the books say is left on a voucher."""
    return (await holding(world.book, chart.voucher(voucher.id))).balance


async def test_a_voucher_is_issued_for_points(database):
    world = await make_world(points=130)
    voucher = await issued(world)
    assert (voucher.face_fen, voucher.remaining_fen, voucher.points_paid) == (5000, 5000, 100)
    assert (voucher.state, voucher.flat) == (VoucherState.ISSUED, "3-2-601")
    assert voucher.expires_on == plus_months(today(), 12)
    assert (await world.points()).balance == 30
    assert await fen_on(world, voucher) == 5000
    assert [each.id for each in await vouchers.of_person(world.book, world.member)] == [voucher.id]
    totals = await world.totals()
    assert totals["points:for-vouchers"] == 100
    assert totals[f"vouchers:{world.company}:issued"] == 5000


async def test_a_repeated_issue_is_one_voucher(database):
    world = await make_world(points=300)
    told = await asyncio.gather(*(issued(world, key="once") for _ in range(3)))
    assert len({each.serial for each in told}) == 1
    assert (await world.points()).balance == 200


async def test_an_issue_is_refused_without_points_offer_or_membership(database):
    world, elsewhere = await make_world(points=99), await make_world()
    with pytest.raises(NotEnoughPoints):
        await issued(world)
    with pytest.raises(OfferNotHere):
        await issued(world, company=elsewhere.company)
    with pytest.raises(OfferNotHere):
        await issue(world.book, world.member, elsewhere.offer.id, world.company, 1, key())
    with pytest.raises(NotAMember):
        await issue(world.book, elsewhere.member, world.offer.id, world.company, 1, key())
    world.offer.state = OnOffer.WITHDRAWN
    await world.offer.save()
    assert await vouchers.offers(world.book) == []
    with pytest.raises(OfferIsWithdrawn):
        await issued(world)


@pytest.mark.parametrize("odd", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, 121), (10**9, 1, 1)])
async def test_an_odd_offer_is_refused(odd):
    with pytest.raises(PriceIsWrong):
        await vouchers.offer(1, odd[0], odd[1], months_valid=odd[2])


async def test_an_offer_made_twice_is_one(database):
    world = await make_world()
    again = await vouchers.offer(world.book, 5000, 100)
    assert again.id == world.offer.id
    smaller = await vouchers.offer(world.book, 1000, 20)
    assert [each.id for each in await vouchers.offers(world.book)] == [smaller.id, world.offer.id]


async def test_the_desk_finds_a_voucher_by_code_or_serial(database):
    world = await make_world()
    voucher = await issued(world)
    code = code_of(voucher)
    for scanned in (
        code,
        f"https://caihong.example.cn/Q/{code}",
        voucher.serial,
        f" {grouped(voucher.serial).lower()} ",
    ):
        found = await look_up(world.book, world.company, scanned)
        assert found.id == voucher.id
        assert found.person.name == "王秀兰"


async def test_a_foreign_voucher_gets_the_same_answer_as_an_unknown_one(database):
    world = await make_world()
    voucher = await issued(world)
    told = []
    for scanned, company in (
        (voucher.serial, world.rival),
        (code_of(voucher), world.rival),
        ("00000000000", world.company),
    ):
        with pytest.raises(VoucherNotFound) as refused:
            await look_up(world.book, company, scanned)
        told.append((refused.value.slug, refused.value.members))
    assert len(set(map(str, told))) == 1
    with pytest.raises(VoucherNotFound):
        await take(world, voucher, 100, company=world.rival)
    with pytest.raises(VoucherNotFound):
        await use(world.book, 1, 100, world.desk_clerk, world.company, key())


@pytest.mark.parametrize("garbled", ["", "hello", "ABCDE", "A" * 144, "０" * 400, "\0", "🧧" * 99])
async def test_a_garbled_code_is_unreadable(database, garbled):
    world = await make_world(points=0, rice=0, soap=0)
    with pytest.raises(VoucherCodeUnreadable):
        await look_up(world.book, world.company, garbled)


async def test_a_voucher_is_used_in_parts_until_nothing_is_left(database):
    world = await make_world()
    voucher = await issued(world)
    first = await take(world, voucher, 3000)
    assert (first.amount_fen, first.number, first.voucher.remaining_fen) == (3000, 1, 2000)
    assert slip(first.voucher.serial, first.number).endswith("/1")
    with pytest.raises(VoucherHasLess, match=r"¥20\.00 is left"):
        await take(world, voucher, 2001)
    rest = await take(world, voucher, None)
    assert (rest.amount_fen, rest.number, rest.voucher.state) == (2000, 2, VoucherState.USED)
    assert await fen_on(world, voucher) == 0
    assert (await holding(world.book, chart.payable(world.company))).balance == 5000
    with pytest.raises(VoucherIsUsedUp):
        await take(world, voucher, 1)
    with pytest.raises(VoucherIsUsedUp):
        await look_up(world.book, world.company, voucher.serial)
    with pytest.raises(VoucherIsUsedUp):
        await void_rest(world.book, voucher.id, world.member, key())
    listed = await uses_today(world.book, world.company)
    assert [(each.amount_fen, each.used_by.name) for each in listed] == [
        (2000, "陈物业"),
        (3000, "陈物业"),
    ]
    assert await uses_today(world.book, world.rival) == []
    with clock.frozen(clock.now() + DAY):
        assert await uses_today(world.book, world.company) == []


@pytest.mark.concurrency
async def test_a_voucher_used_twice_at_once_is_used_once(database):
    world = await make_world()
    voucher = await issued(world)
    told = await asyncio.gather(
        *(take(world, voucher, 5000) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(each, VoucherIsUsedUp) for each in told) == 3
    assert (await holding(world.book, chart.payable(world.company))).balance == 5000
    assert await VoucherUse.filter(book_id=world.book).count() == 1


@pytest.mark.concurrency
async def test_thirty_yuan_twice_at_once_off_fifty_is_taken_once(database):
    world = await make_world()
    voucher = await issued(world)
    told = await asyncio.gather(
        *(take(world, voucher, 3000) for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(each, VoucherHasLess) for each in told) == 1
    assert await fen_on(world, voucher) == 2000


async def test_a_repeated_use_is_one_use(database):
    world = await make_world()
    voucher = await issued(world)
    first = await take(world, voucher, 1000, key="once")
    again = await take(world, voucher, 1000, key="once")
    assert first.id == again.id
    assert await fen_on(world, voucher) == 4000
    with pytest.raises(KeyReused):
        await take(world, voucher, 2000, key="once")


@pytest.mark.parametrize("amount", [0, -1, 10**12, 1.5, True])
async def test_an_odd_amount_is_refused(amount):
    with pytest.raises(AmountIsOdd):
        await use(1, 1, amount, 1, 1, "k")


async def test_an_expired_voucher_is_refused_everywhere(database):
    world = await make_world()
    voucher = await issued(world)
    day_after = clock.now() + 400 * DAY
    with clock.frozen(day_after):
        for act in (
            look_up(world.book, world.company, voucher.serial),
            take(world, voucher, 100),
            void_rest(world.book, voucher.id, world.member, key()),
        ):
            with pytest.raises(VoucherHasExpired, match="valid until 20"):
                await act
    assert await fen_on(world, voucher) == 5000


async def test_a_wrong_amount_is_undone_and_the_right_one_taken(database):
    world = await make_world()
    voucher = await issued(world)
    wrong = await take(world, voucher, 5000)
    back = await undo(world, wrong)
    assert back.undone_at is not None
    assert back.voucher.state == VoucherState.ISSUED
    right = await take(world, voucher, 3000)
    assert (right.number, right.voucher.remaining_fen) == (2, 2000)
    assert (await holding(world.book, chart.payable(world.company))).balance == 3000


async def test_an_undo_is_for_the_same_desk_and_once_however_late(database):
    world = await make_world()
    voucher = await issued(world)
    taken = await take(world, voucher, 5000)
    with pytest.raises(VoucherNotFound):
        await undo(world, taken, company=world.rival)
    with clock.frozen(taken.used_at + 20 * DAY):
        told = await asyncio.gather(*(undo(world, taken) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(each, AlreadyReversed | AlreadyUndone) for each in told) == 2
    assert await fen_on(world, voucher) == 5000


async def test_a_use_of_a_voucher_that_was_voided_since_stands(database):
    world = await make_world()
    voucher = await issued(world)
    taken = await take(world, voucher, 3000)
    await void_rest(world.book, voucher.id, world.clerk, key())
    with pytest.raises(VoucherIsVoid):
        await undo(world, taken)


async def test_a_use_that_is_being_settled_is_not_undone_at_the_desk(database):
    world = await make_world()
    voucher = await issued(world)
    taken = await take(world, voucher, 3000)
    await settle(world, 3000)
    with pytest.raises(AlreadySettled):
        await undo(world, taken)


async def settle(world: World, amount: int) -> None:
    """Put what is owed to the company into a settlement, as a later page will."""
    from kernel.ids import new_id
    from ledger.chart import Kind
    from ledger.desk import post
    from ledger.post import Decision, DocumentKey, Fact, Line, Post

    batch = new_id()
    line = Line(chart.payable(world.company), chart.settling(world.company, batch), amount)
    await post(
        Post(
            book_id=world.book,
            kind=Kind.SETTLEMENT_OPENED,
            key=DocumentKey(f"settlement:{batch}"),
            document=Fact("settlement", batch),
            accounts=(line.debit, line.credit),
            decide=lambda _facts, _balances: Decision((line,)),
        )
    )


async def test_voiding_the_rest_brings_its_points_back_to_their_lots(database):
    world = await make_world(points=0)
    await world.give_points(30, expires_on=plus_days(today(), 40))
    await world.give_points(70)
    early, late = (await world.points()).lots
    voucher = await issued(world)
    await take(world, voucher, 3000)
    void = await void_rest(world.book, voucher.id, world.member, key())
    assert (void.state, void.points_returned, void.remaining_fen) == (VoucherState.VOID, 40, 0)
    assert (await world.points()).lots == (Lot(late.expires_on, 40),)
    assert early.expires_on < late.expires_on
    assert await fen_on(world, voucher) == 0
    with pytest.raises(VoucherIsVoid):
        await void_rest(world.book, voucher.id, world.member, key())
    with pytest.raises(VoucherIsVoid):
        await take(world, voucher, 1)


async def test_a_rest_worth_less_than_a_point_brings_none_back(database):
    world = await make_world()
    voucher = await issued(world)
    await take(world, voucher, 4999)
    void = await void_rest(world.book, voucher.id, world.member, key())
    assert void.points_returned == 0
    assert await fen_on(world, voucher) == 0
    assert (await world.totals())[f"vouchers:{world.company}:void"] == 1


@pytest.mark.concurrency
async def test_a_use_and_a_void_at_once_never_pay_twice(database):
    world = await make_world()
    voucher = await issued(world)
    await asyncio.gather(
        take(world, voucher, 5000),
        void_rest(world.book, voucher.id, world.member, key()),
        return_exceptions=True,
    )
    points = (await world.points()).balance
    owed = (await holding(world.book, chart.payable(world.company))).balance
    assert (points, owed) in {(100, 0), (0, 5000)}
    with pytest.raises(VoucherNotFound):
        await vouchers.voucher(world.book, 1)


async def test_a_use_can_only_be_found_by_its_own_company(database):
    world = await make_world()
    with pytest.raises(VoucherNotFound):
        await property_desk.undo_use(world.book, 1, world.desk_clerk, world.company, key())
