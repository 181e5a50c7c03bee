"""What a member is told of their points, what they say was not them, and whose points are about to lapse."""

import pytest

from kernel.days import plus_days
from kernel.errors import NotFound
from ledger.kinds import Kind
from ledger.post import Lot
from people.lapsing import about_to_lapse, lapses, stage_of
from people.lives import LifeEvent, LifeKind
from people.privacy import Erasure
from redemption import cases, counter, exchanging, happened, property_desk, refunds, vouchers
from redemption.day_errors import AnswerIsMissing, CaseIsAnswered, CaseNotFound, OwnCase
from redemption.picking_up import collect
from redemption.reserving import reserve
from tests.redemption.world import key, make_world, today


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (20261130, None),
        (20261201, 7),
        (20261208, 7),
        (20261209, 30),
        (20270130, 60),
        (20270131, None),
    ],
)
def test_a_warning_is_due_60_30_and_7_days_before(day, stage):
    assert stage_of(day, 20261201) == stage
    assert about_to_lapse([Lot(day, 5)], 20261201) == ([(Lot(day, 5), stage)] if stage else [])


async def test_a_member_is_told_of_all_that_was_done_with_the_points_and_of_nothing_twice(database):
    world = await make_world(points=400)
    await world.give_points(8, person=world.other)
    buy = (world.book, world.shop.id, world.member, [(world.soap.id, 1)])
    sold = await counter.redeem(*buy, world.clerk, key())
    await refunds.undo(world.book, sold.redemption_id, world.clerk, key())
    wrong = await counter.redeem(*buy, world.clerk, key())
    await exchanging.move_sale(world.book, wrong.redemption_id, world.other, world.clerk, key())
    kept = await reserve(*buy, world.member, key())
    await collect(world.book, kept.id, world.clerk, key())
    voucher = await vouchers.issue(
        world.book, world.member, world.offer.id, world.company, world.clerk, key()
    )
    await property_desk.use(world.book, voucher.id, 1000, world.desk_clerk, world.company, key())

    told = await happened.happened(world.book, world.member)

    assert [(each.kind, each.points, each.fen) for each in told] == [
        (Kind.VOUCHER_USED, 0, 1000),
        (Kind.VOUCHER_ISSUED, -100, 0),
        (Kind.HOLD_CAPTURED, 8, 0),
        (Kind.HOLD_PLACED, -8, 0),
        (Kind.SALE_MOVED, 8, 0),
        (Kind.GOODS_REDEEMED, -8, 0),
        (Kind.REVERSAL, 8, 0),
        (Kind.GOODS_REDEEMED, -8, 0),
    ]
    assert all(each.is_new for each in told)
    [other] = await happened.happened(world.book, world.other)
    assert (other.kind, other.points) == (Kind.SALE_MOVED, -8)

    await happened.mark_seen(world.book, world.member, told[2].entry_id)
    await happened.mark_seen(world.book, world.member, told[5].entry_id)  # read stays read
    again = await happened.happened(world.book, world.member)
    assert [each.is_new for each in again] == [True, True, *[False] * 6]
    with pytest.raises(NotFound):
        await happened.mark_seen(world.book, world.other, told[0].entry_id)


async def test_that_was_not_me_is_a_case_that_somebody_else_answers_once(database):
    world = await make_world()
    sold = await counter.redeem(
        *(world.book, world.shop.id, world.member, [(world.soap.id, 1)], world.clerk, key())
    )
    with pytest.raises(NotFound):
        await cases.object_to(world.book, world.other, sold.entry_id)
    case = await cases.object_to(world.book, world.member, sold.entry_id, "我没去超市")
    assert (await cases.object_to(world.book, world.member, sold.entry_id)).id == case.id
    for by, text, refusal in (
        (world.member, "x", OwnCase),
        (world.clerk, "x", OwnCase),
        (world.other, " ", AnswerIsMissing),
    ):
        with pytest.raises(refusal):
            await cases.answer(world.book, case.id, by, text)
    with pytest.raises(CaseNotFound):
        await cases.answer(world.book + 1, case.id, world.other, "x")
    answered = await cases.answer(world.book, case.id, world.other, "是老伴买的")
    assert answered.answer == "是老伴买的"
    with pytest.raises(CaseIsAnswered):
        await cases.answer(world.book, case.id, world.desk_clerk, "y")
    assert [each.id for each in await cases.cases(world.book)] == [case.id]
    assert list(await cases.own_cases(world.book, world.member)) == [sold.entry_id]


async def test_nobody_whose_record_is_closed_or_removed_is_told_of_points_about_to_lapse(database):
    world = await make_world(points=0)
    soon = plus_days(today(), 3)
    for person in (world.member, world.other, world.clerk):
        await world.give_points(10, person=person, expires_on=soon)
    await world.give_points(10, expires_on=plus_days(today(), 200))
    told = await lapses(world.book)
    assert [(each.member.person_id, each.points) for each in told] == [
        (world.member, 10),
        (world.other, 10),
        (world.clerk, 10),
    ]
    await LifeEvent.create(
        book_id=world.book,
        person_id=world.other,
        kind=LifeKind.CLOSED,
        recorded_at=1,
        made_by=world.desk_clerk,
        approved_by=world.clerk,
    )
    await Erasure.create(
        book_id=world.book,
        person_id=world.clerk,
        erased_by=world.member,
        approved_by=world.other,
        erased_at=1,
    )
    assert [each.member.person_id for each in await lapses(world.book)] == [world.member]
