"""Odd cases that the demo shows on purpose: an undo, a return, a void, a debt, refusals."""

from functools import partial

from checkin import correcting, verification
from checkin.models import Attendance, AttendanceState
from cli.demo_approvals import return_late
from cli.demo_community import Demo
from cli.demo_counter import move_to_the_right_one, plan_waiting_cart, swap_broken
from cli.demo_data import SHOP_DAYS
from cli.demo_shop import LEAST_WORTH_COMING, purses, serve, use
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.days import plus_days, to_date
from people.models import Role
from redemption import property_desk, refunds, vouchers
from redemption.models import Voucher, VoucherUse
from redemption.states import VoucherState

AFTER_THE_OTHERS = (16, 20)


def plan_scenes(demo: Demo) -> None:
    """Plan the scenes for the last open afternoons before today, when there are points to spend."""
    open_days = [
        day
        for day in range(-7 * demo.weeks, 0)
        if to_date(plus_days(demo.today, day)).weekday() in SHOP_DAYS
    ]
    scenes = (_undo, _return_one, _void, _spend_all, _keep, swap_broken, move_to_the_right_one)
    for place, scene in enumerate(scenes):
        day = open_days[max(0, len(open_days) - 1 - place % 3)]
        demo.timeline.at(
            demo.moment(day, AFTER_THE_OTHERS) + place * 12 * MINUTE, partial(scene, demo)
        )
    demo.timeline.at(demo.now - 25 * MINUTE, partial(_take_back, demo))
    plan_waiting_cart(demo)


async def _undo(demo: Demo) -> None:
    """The wrong person was served: undone four minutes later."""
    few = [each for each in await purses(demo) if each.points >= LEAST_WORTH_COMING]
    receipt = await serve(demo, few[-1].owner, share=1.0) if few else None
    if receipt is not None:
        again = (demo.book, receipt.redemption_id, receipt.clerk_id, demo.key())
        demo.timeline.at(clock.now() + 4 * MINUTE, partial(refunds.undo, *again))
        # The second clerk comes too late with the same slip: refused.
        late = (demo.book, receipt.redemption_id, receipt.clerk_id, demo.key())
        demo.timeline.at(clock.now() + HOUR, partial(refunds.undo, *late))


async def _return_one(demo: Demo) -> None:
    """A piece comes back the next day, which takes two persons."""
    receipt = await serve(demo, (await purses(demo))[1].owner, share=0.6)
    if receipt is not None:
        demo.timeline.at(clock.now() + DAY - 6 * HOUR, partial(return_late, demo, receipt))


async def _void(demo: Demo) -> None:
    """A voucher is used in part at the wrong amount, undone, used again, and its rest made void the next morning."""
    rich = next(
        (each for each in await purses(demo) if each.points >= demo.offers[1].price_points), None
    )
    if rich is None:
        return
    owner, clerk = rich.owner, demo.one(Role.CLERK)
    voucher = await vouchers.issue(
        demo.book, owner.person_id, demo.offers[1].id, owner.company_id, clerk, demo.key()
    )
    slip = await _used(demo, voucher, 1500)
    wrong = (demo.book, slip.id, slip.used_by_id, slip.company_id, demo.key())
    demo.timeline.at(clock.now() + 2 * MINUTE, partial(property_desk.undo_use, *wrong))
    demo.timeline.at(clock.now() + 3 * MINUTE, partial(use, demo, voucher, 500))
    rest = (demo.book, voucher.id, clerk, demo.key())
    demo.timeline.at(clock.now() + DAY - 6 * HOUR, partial(vouchers.void_rest, *rest))


async def _keep(demo: Demo) -> None:
    """Somebody takes the smallest voucher home and has not used it yet."""
    offer, clerk = demo.offers[0], demo.one(Role.CLERK)
    owner = next(each.owner for each in await purses(demo) if each.points >= offer.price_points)
    await vouchers.issue(demo.book, owner.person_id, offer.id, owner.company_id, clerk, demo.key())


async def _used(demo: Demo, voucher: Voucher, amount_fen: int) -> VoucherUse:
    desk, company_id = demo.desks[voucher.company_id], voucher.company_id
    return await property_desk.use(demo.book, voucher.id, amount_fen, desk, company_id, demo.key())


async def _spend_all(demo: Demo) -> None:
    """Somebody spends all they have; see `_take_back`."""
    everyone = await purses(demo)
    await serve(demo, everyone[min(4, len(everyone) - 1)].owner, share=1.0)


async def _take_back(demo: Demo) -> None:
    """Hours turn out not to have been served, after their points were spent: now points are owed."""
    have = {each.owner.person_id: each.points for each in await purses(demo)}
    numbers = {each.person_id: each.number for each in demo.residents}
    verified = Attendance.filter(
        book_id=demo.book, state=AttendanceState.VERIFIED, person_id__in=list(numbers)
    )
    gaps = [
        (each.points_awarded - have.get(each.person_id, 0), -numbers[each.person_id], each.id)
        for each in await verified
    ]
    _, _, attendance_id = max(gaps)
    organiser, reason = demo.one(Role.ORGANISER), "居民反映并查实：当天没有到场"
    await verification.unverify(demo.book, attendance_id, organiser, reason)
    await correcting.reject(demo.book, attendance_id, organiser, reason)


async def has_open_voucher(book_id: int, person_id: int) -> bool:
    """Say whether a person has a voucher with money on it."""
    own = await vouchers.of_person(book_id, person_id)
    return any(each.state is VoucherState.ISSUED for each in own)
