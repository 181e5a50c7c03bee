"""The demo's afternoons at the shop, and what the property desks take off their bills."""

from dataclasses import dataclass
from functools import partial

from cli.demo_community import Demo, Resident
from cli.demo_data import FRESH, FRESH_DAYS, SHOP_DAYS
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.days import day_of, plus_days, to_date
from ledger import chart
from ledger.balances import holding, holdings
from people.models import Role
from redemption import counter, property_desk, stock, vouchers
from redemption.models import Item, Voucher
from redemption.receipts import Receipt

OPENS, DELIVERY = (14, 0), (9, 0)
A_CUSTOMER_TAKES = 6 * MINUTE
CUSTOMERS, VOUCHERS_A_DAY = 8, 2
LEAST_WORTH_COMING = 10
SAVED_FOR, SAVING = 100, 0.6  # many of the keen save for a voucher that is worth the way
TOO_DEAR, USED_IN_PART, USED_WHOLE = 0.08, 0.3, 0.5


@dataclass(frozen=True)
class Purse:
    """A resident and the points they may spend."""

    owner: Resident
    points: int


def plan_shop(demo: Demo) -> None:
    """Plan deliveries of fresh goods on Mondays and the open afternoons."""
    for day in range(-7 * demo.weeks, 1):
        weekday = to_date(plus_days(demo.today, day)).weekday()
        if weekday == 0 or day == -7 * demo.weeks:
            demo.timeline.at(demo.moment(day, DELIVERY), partial(_deliver, demo))
        if weekday in SHOP_DAYS:
            demo.timeline.at(demo.moment(day, OPENS), partial(_open, demo))


async def purses(demo: Demo) -> list[Purse]:
    """Return who has points to spend, the richest first; whoever owes some is left out."""
    names = {chart.purse(each.person_id): each for each in demo.residents}
    debts = {chart.owed(each.person_id): each for each in demo.residents}
    held = await holdings(demo.book, [*names, *debts])
    owing = {each.person_id for name, each in debts.items() if held[name].balance}
    found = [Purse(each, held[name].balance) for name, each in names.items()]
    rich = [each for each in found if each.points and each.owner.person_id not in owing]
    return sorted(rich, key=lambda each: (-each.points, each.owner.number))


async def _deliver(demo: Demo) -> None:
    assert demo.fresh is not None  # noqa: S101  the shop is open
    use_by = plus_days(day_of(clock.now(), demo.zone), FRESH_DAYS)
    await stock.receive(
        *(demo.book, demo.fresh.id, FRESH.source, FRESH.pieces),
        by=demo.one(Role.CLERK),
        key=demo.key(),
        use_by=use_by,
    )


async def _open(demo: Demo) -> None:
    """Let some of those with points come, one after the other; the richest take vouchers first."""
    rich = await purses(demo)
    moment = clock.now() + 5 * MINUTE
    for each in rich[:VOUCHERS_A_DAY]:
        demo.timeline.at(moment, partial(_take_voucher, demo, each))
        moment += A_CUSTOMER_TAKES
    rest = [each for each in rich[VOUCHERS_A_DAY:] if each.points >= LEAST_WORTH_COMING]
    for each in demo.rng.sample(rest, min(CUSTOMERS, len(rest))):
        demo.timeline.at(moment, partial(serve, demo, each.owner))
        moment += A_CUSTOMER_TAKES


async def serve(demo: Demo, customer: Resident, *, share: float | None = None) -> Receipt | None:
    """Serve one customer for a share of their points; now and then something is too dear."""
    clerk = demo.staff[Role.CLERK][demo.rng.randrange(2)]
    have = (await holding(demo.book, chart.purse(customer.person_id))).balance
    if share is None and demo.rng.random() < TOO_DEAR:
        dear = max(demo.goods, key=lambda item: item.price_points)
        more = [(dear.id, have // dear.price_points + 1)]
        await counter.redeem(demo.book, demo.shop, customer.person_id, more, clerk, demo.key())
    cart = _cart(demo, int(have * (share or demo.rng.uniform(0.5, 0.95))))
    if not cart:
        return None
    quote = await counter.quote(demo.book, demo.shop, customer.person_id, cart)
    if not quote.can_confirm:
        return None
    return await counter.redeem(
        *(demo.book, demo.shop, customer.person_id, cart, clerk, demo.key()),
        expected_total=quote.total,
    )


def _cart(demo: Demo, budget: int) -> list[tuple[int, int]]:
    """Return a cart of different things that costs at most a budget."""
    goods: list[Item] = [item for item in demo.goods if item.price_points]
    if demo.fresh is not None:
        goods.append(demo.fresh)
    demo.rng.shuffle(goods)
    goods.sort(key=lambda item: -item.price_points * (demo.rng.random() < 1 / 2))
    cart, left = [], budget
    for item in goods:
        if item.price_points <= left:
            pieces = min(left // item.price_points, demo.rng.choice((1, 1, 1, 2)))
            cart.append((item.id, pieces))
            left -= pieces * item.price_points
    return cart[:4]


async def _take_voucher(demo: Demo, purse: Purse) -> None:
    """Issue the best voucher that the points buy; most are used at the property desk within days."""
    affordable = [each for each in demo.offers if each.price_points <= purse.points]
    if not affordable or (purse.points < SAVED_FOR and demo.rng.random() < SAVING):
        return
    owner, clerk = purse.owner, demo.one(Role.CLERK)
    best = max(affordable, key=lambda offer: offer.price_points)
    voucher = await vouchers.issue(
        demo.book, owner.person_id, best.id, owner.company_id, clerk, demo.key()
    )
    fate, later = demo.rng.random(), clock.now() + demo.rng.randint(1, 3) * DAY
    later -= demo.rng.randint(0, 4) * HOUR
    if fate < USED_IN_PART:
        part = voucher.face_fen * demo.rng.choice((30, 40, 60)) // 100
        demo.timeline.at(later, partial(use, demo, voucher, part))
    elif fate < USED_IN_PART + USED_WHOLE:
        demo.timeline.at(later, partial(use, demo, voucher, None))


async def use(demo: Demo, voucher: Voucher, amount_fen: int | None) -> None:
    """Take an amount, or all, off a bill at the desk of the voucher's company."""
    desk = demo.desks[voucher.company_id]
    found = await property_desk.look_up(demo.book, voucher.company_id, voucher.serial)
    await property_desk.use(demo.book, found.id, amount_fen, desk, voucher.company_id, demo.key())
