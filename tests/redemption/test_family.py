"""A family pays together: one entry from several purses, within consents, and back to the purses it came from."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock
from kernel.clock import DAY
from ledger import chart
from ledger.chart import Kind
from ledger.debts import write_off
from ledger.desk import post
from ledger.entries import entry_lines
from ledger.errors import PointsAreOwed
from ledger.post import Decision, DocumentKey, Fact, Line, Post, RequestKey
from people import collecting, consents, households
from people.household_errors import CollectCodeUnknown, LimitBelowSpent
from people.leaving import leave
from people.lives import CollectCode, SpendingConsent
from redemption.counter import Payment, redeem
from redemption.errors import ServesOneself
from redemption.family import payers_of
from redemption.family_errors import (
    CollectCodeEnded,
    CollectsTooMuch,
    FamilyHasTooLittle,
    FamilyMayNotPay,
    FamilyMemberOwes,
    ServesOwnFamily,
)
from redemption.refunds import return_goods, undo
from redemption.shares import proportions
from tests.redemption.family_world import Family, make_family
from tests.redemption.world import key


async def sell(family: Family, *cart: tuple[int, int], payers=(), code=None, **more):
    """Redeem for Wang, together with others."""
    world = family.world
    payment = Payment(frozenset(payers), code)
    clerk, with_key = more.pop("clerk", world.clerk), more.pop("key", None) or key()
    return await redeem(
        world.book, world.shop.id, family.wang, cart, clerk, with_key, payment=payment, **more
    )


async def owe(family: Family, person: int, points: int) -> None:
    """Let a person owe points, as un-verified hours do."""
    line = Line(chart.owed(person), chart.POINTS_ISSUED, points)
    await post(
        Post(
            book_id=family.book,
            kind=Kind.HOURS_UNVERIFIED,
            key=DocumentKey(key()),
            document=Fact("attendance", 1),
            accounts=(line.debit, line.credit),
            decide=lambda _facts, _balances: Decision((line,)),
        )
    )


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.data())
def test_what_comes_back_is_shared_out_and_never_taken_again(parts, data):
    total = sum(parts)
    first = data.draw(st.integers(0, total))
    second = data.draw(st.integers(first, total))
    before, after = proportions(parts, first), proportions(parts, second)
    assert (sum(before), sum(after)) == (first, second)
    assert all(0 <= a <= b <= part for a, b, part in zip(before, after, parts, strict=True))
    assert proportions(parts, total) == parts


async def test_the_own_purse_pays_first_and_the_family_the_rest(database):
    family = await make_family(points=20, husband_points=50, allowed=40)
    world = family.world

    given = await sell(family, (world.rice.id, 1), (world.soap.id, 2), payers=[family.husband])

    assert given.points_total == 46
    assert (await family.points(family.wang), await family.points(family.husband)) == (0, 24)
    lines = await entry_lines(family.book, given.entry_id)
    assert [(each.debit.path, each.amount) for each in lines[:3]] == [
        (f"volunteer:{family.wang}:points", 10),
        (f"volunteer:{family.wang}:points", 10),
        (f"volunteer:{family.husband}:points", 26),
    ]
    payers = (await payers_of(family.book, [given.redemption_id]))[given.redemption_id]
    assert [(each.name, each.points) for each in payers] == [("王*兰", 20), ("李*国", 26)]
    assert await family.faults() == []

    # Half of the soap and then the rice: to each in proportion, the odd point to the last payer first.
    soap = next(each for each in given.lines if each.item_id == world.soap.id)
    rice = next(each for each in given.lines if each.item_id == world.rice.id)
    await return_goods(family.book, given.redemption_id, [(soap.line_id, 1)], world.clerk, key())
    assert (await family.points(family.wang), await family.points(family.husband)) == (3, 29)
    assert (await SpendingConsent.get(giver_id=family.husband)).points_spent == 21
    await return_goods(family.book, given.redemption_id, [(rice.line_id, 1)], world.clerk, key())
    rest = [(soap.line_id, 1)]
    await return_goods(family.book, given.redemption_id, rest, world.clerk, key())
    assert (await family.points(family.wang), await family.points(family.husband)) == (20, 50)
    assert (await SpendingConsent.get(giver_id=family.husband)).points_spent == 0
    assert await family.faults() == []


async def test_an_undo_gives_everybody_their_own_and_the_limit_back(database):
    family = await make_family()
    before = await family.lots(family.wang), await family.lots(family.husband)
    given = await sell(family, (family.world.rice.id, 1), payers=[family.husband])

    await undo(family.book, given.redemption_id, family.world.clerk, key())

    assert (await family.lots(family.wang), await family.lots(family.husband)) == before
    assert (await SpendingConsent.get(giver_id=family.husband)).points_spent == 0
    assert await family.faults() == []


async def test_a_consent_is_kept_within_its_month(database):
    family = await make_family(points=0, husband_points=90, allowed=40)
    world = family.world
    await sell(family, (world.rice.id, 1), payers=[family.husband])
    with pytest.raises(FamilyHasTooLittle) as refused:
        await sell(family, (world.soap.id, 2), payers=[family.husband])
    assert refused.value.members == {"available": 10, "needed": 16, "missing": 6}

    # Withdrawing and giving again is no way round the limit.
    (consent,) = await consents.had_by(family.book, family.wang)
    await consents.withdraw_own(family.book, consent.id, family.husband)
    with pytest.raises(FamilyMayNotPay):
        await sell(family, (world.soap.id, 1), payers=[family.husband])
    with pytest.raises(LimitBelowSpent):
        await consents.give(family.book, family.husband, family.wang, 29, family.husband)
    await consents.give(family.book, family.husband, family.wang, 40, family.husband)
    with pytest.raises(FamilyHasTooLittle):
        await sell(family, (world.soap.id, 2), payers=[family.husband])
    assert await family.faults() == []

    with clock.frozen(clock.now() + 32 * DAY):
        await sell(family, (world.rice.id, 1), payers=[family.husband])
        assert await family.faults() == []


@pytest.mark.concurrency
async def test_a_limit_and_a_purse_are_spent_once_by_rivals(database):
    family = await make_family(points=0, husband_points=90, allowed=40)
    world = family.world

    told = await asyncio.gather(
        *(sell(family, (world.rice.id, 1), payers=[family.husband]) for _ in range(4)),
        return_exceptions=True,
    )

    assert sum(isinstance(each, FamilyHasTooLittle) for each in told) == 3
    assert await family.points(family.husband) == 60
    assert (await SpendingConsent.get(giver_id=family.husband)).points_spent == 30
    assert await family.faults() == []


async def test_whoever_owes_does_not_pay(database):
    family = await make_family(points=0)
    await owe(family, family.husband, 5)
    with pytest.raises(FamilyMemberOwes):
        await sell(family, (family.world.rice.id, 1), payers=[family.husband])
    await write_off(
        *(family.book, family.husband),
        actor_id=family.chen,
        approver_id=family.zhao,
        reason="算错了",
        key=RequestKey("office", key()),
    )
    await owe(family, family.wang, 5)
    with pytest.raises(PointsAreOwed):
        await sell(family, (family.world.rice.id, 1), payers=[family.husband])


async def test_leaving_ends_what_was_allowed_and_divides_nothing(database):
    family = await make_family()
    await leave(family.book, family.husband, family.chen)
    assert await consents.had_by(family.book, family.wang) == []
    assert await households.of_person(family.book, family.husband) is None
    assert (await family.points(family.wang), await family.points(family.husband)) == (20, 50)
    with pytest.raises(FamilyMayNotPay):
        await sell(family, (family.world.rice.id, 1), payers=[family.husband])


async def test_nobody_serves_a_purse_of_the_own_household(database):
    family = await make_family(points=100)
    world = family.world
    with pytest.raises(ServesOneself):
        await sell(family, (world.rice.id, 1), payers=[family.husband], clerk=family.husband)
    with pytest.raises(ServesOwnFamily):
        await sell(family, (world.rice.id, 1), clerk=family.husband)
    given = await sell(family, (world.rice.id, 1))
    with pytest.raises(ServesOwnFamily):
        await undo(family.book, given.redemption_id, family.husband, key())
    await households.join(family.book, family.household, world.clerk, family.chen)
    with pytest.raises(ServesOwnFamily):
        await sell(family, (world.rice.id, 1))


async def test_somebody_else_collects_once_today_within_the_limit(database):
    family = await make_family(points=100, allowed=0)
    world = family.world
    made = await collecting.make(family.book, family.wang, 40, family.wang)
    assert len(made.digits) == 8
    for said in (made.digits, f"{made.digits[:4]} {made.digits[4:]}", made.token.lower()):
        assert (await collecting.find(family.book, said)).id == made.id
    kept = await CollectCode.get(id=made.id)
    assert made.digits not in (kept.digits_hash, kept.token_hash)

    with pytest.raises(CollectsTooMuch):
        await sell(family, (world.rice.id, 2), code=made.id)
    told = await asyncio.gather(
        *(sell(family, (world.rice.id, 1), code=made.id) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(each, CollectCodeEnded) for each in told) == 2
    assert await family.points(family.wang) == 70
    (given,) = [each for each in told if not isinstance(each, BaseException)]
    assert await collecting.used_for(family.book, given.redemption_id)

    late = await collecting.make(family.book, family.wang, 40, family.chen)
    with clock.frozen(clock.now() + DAY), pytest.raises(CollectCodeUnknown):
        await collecting.find(family.book, late.digits)
    with clock.frozen(clock.now() + DAY), pytest.raises(CollectCodeEnded):
        await sell(family, (world.rice.id, 1), code=late.id)
    await collecting.revoke(family.book, family.wang, late.id)
    with pytest.raises(CollectCodeEnded):
        await sell(family, (world.rice.id, 1), code=late.id)
    assert await family.faults() == []
