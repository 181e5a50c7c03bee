"""A book with volunteers in it, and the acts of a community reduced to posts without documents."""

from collections.abc import Callable, Sequence
from itertools import count

from kernel.database import fetch
from kernel.ids import new_id
from ledger import chart, checks, purse
from ledger.books import open_book
from ledger.chart import AccountName, Kind
from ledger.checks import Finding
from ledger.desk import post
from ledger.post import (
    Balances,
    Decision,
    DocumentKey,
    Fact,
    Facts,
    Line,
    Lot,
    Post,
    Posted,
    RequestKey,
)

ANN, BOB = 101, 102
SHOP, COMPANY, FUND = 1, 1, 1
TODAY = 20_261_121
EXPIRES = 20_281_130

_papers = count(1)
Lines = Callable[[Balances], Sequence[Line]]


async def a_book() -> int:
    """Open an empty book."""
    book_id = new_id()
    await open_book(book_id, "Asia/Shanghai")
    return book_id


def a_post(
    book_id: int,
    kind: Kind,
    accounts: Sequence[AccountName],
    lines: Lines,
    key: RequestKey | DocumentKey | None = None,
) -> Post:
    """Make a post that depends on balances alone."""
    paper = next(_papers)

    def decide(_: Facts, balances: Balances) -> Decision:
        return Decision(tuple(lines(balances)))

    return Post(
        book_id=book_id,
        kind=kind,
        key=key or DocumentKey(f"paper:{paper}"),
        document=Fact("paper", paper),
        accounts=tuple(accounts),
        decide=decide,
        actor_id=1,
    )


def an_award(
    book_id: int, person: int, points: int, expires_on: int = EXPIRES, key: RequestKey | None = None
) -> Post:
    """Points earned, debts first."""
    accounts = (chart.purse(person), chart.owed(person), chart.POINTS_ISSUED)
    return a_post(
        *(book_id, Kind.HOURS_EARNED, accounts),
        *(lambda b: purse.earned(person, points, expires_on, b), key),
    )


def names_of_award(person: int) -> tuple[AccountName, ...]:
    """Name every account that an award or its taking back may touch, minutes and the notice included."""
    own = (chart.purse(person), chart.pending(person), chart.owed(person), chart.minutes(person))
    return (*own, chart.POINTS_ISSUED, chart.SERVICE_RENDERED)


def a_sale(
    book_id: int,
    person: int,
    points: int,
    key: RequestKey | DocumentKey | None = None,
    today: int = TODAY,
) -> Post:
    """Points spent in the shop."""
    accounts = (chart.purse(person), chart.owed(person), chart.redeemed(SHOP))
    return a_post(
        book_id,
        Kind.GOODS_REDEEMED,
        accounts,
        lambda b: purse.spent(person, chart.redeemed(SHOP), points, b, today),
        key,
    )


def a_hold(book_id: int, person: int, hold_id: int, points: int, today: int = TODAY) -> Post:
    """Points set aside."""
    accounts = (chart.purse(person), chart.owed(person), chart.hold(hold_id))
    return a_post(
        book_id,
        Kind.HOLD_PLACED,
        accounts,
        lambda b: purse.spent(person, chart.hold(hold_id), points, b, today),
    )


def a_capture(book_id: int, hold_id: int, points: int) -> Post:
    """Held points taken for goods."""

    def lines(balances: Balances) -> list[Line]:
        lots = purse.earliest(balances[chart.hold(hold_id)].lots, points)
        return [
            Line(chart.hold(hold_id), chart.redeemed(SHOP), lot.amount, lot.expires_on)
            for lot in lots
        ]

    return a_post(book_id, Kind.HOLD_CAPTURED, (chart.hold(hold_id), chart.redeemed(SHOP)), lines)


def a_release(book_id: int, person: int, hold_id: int, today: int = TODAY) -> Post:
    """What is left of a hold goes back to the purse."""
    accounts = (chart.hold(hold_id), chart.purse(person), chart.POINTS_EXPIRED)
    return a_post(
        book_id,
        Kind.HOLD_RELEASED,
        accounts,
        lambda b: purse.released(
            chart.hold(hold_id), chart.purse(person), b[chart.hold(hold_id)].lots, today
        ),
    )


def an_expiry(book_id: int, person: int, today: int) -> Post:
    """Lapsed lots expire: what the decision finds."""
    accounts = (chart.purse(person), chart.POINTS_EXPIRED)
    return a_post(
        book_id,
        Kind.POINTS_EXPIRED,
        accounts,
        lambda b: purse.lapsed(chart.purse(person), b[chart.purse(person)], today),
    )


def a_refund(
    book_id: int, person: int, lots: Sequence[Lot], already: int, points: int, today: int
) -> Post:
    """Part of a sale's points go back to their lots."""
    accounts = (chart.redeemed(SHOP), chart.purse(person))

    def lines(_: Balances) -> list[Line]:
        back = purse.latest(lots, already, points)
        return purse.given_back(chart.redeemed(SHOP), chart.purse(person), back, today)

    return a_post(book_id, Kind.GOODS_RETURNED, accounts, lines)


def an_unverification(book_id: int, person: int, lots: Sequence[Lot], points: int) -> Post:
    """Hours taken back: what is in the purse, the rest is owed."""
    accounts = (chart.purse(person), chart.owed(person), chart.POINTS_ISSUED)
    return a_post(
        book_id,
        Kind.HOURS_UNVERIFIED,
        accounts,
        lambda b: purse.taken_back(person, lots, points, b),
    )


def a_voucher(book_id: int, person: int, voucher_id: int, points: int, face_fen: int) -> Post:
    """A property-fee voucher for points."""
    accounts = (
        *(chart.purse(person), chart.owed(person), chart.POINTS_FOR_VOUCHERS),
        *(chart.vouchers(COMPANY, "issued"), chart.voucher(voucher_id)),
    )

    def lines(balances: Balances) -> list[Line]:
        money = Line(chart.vouchers(COMPANY, "issued"), chart.voucher(voucher_id), face_fen)
        return [*purse.spent(person, chart.POINTS_FOR_VOUCHERS, points, balances, TODAY), money]

    return a_post(book_id, Kind.VOUCHER_ISSUED, accounts, lines)


def fixed(book_id: int, kind: Kind, *lines: Line) -> Post:
    """An act whose lines are known beforehand."""
    return a_post(
        book_id,
        kind,
        [name for line in lines for name in (line.debit, line.credit)],
        lambda _: lines,
    )


async def all_posted(*posts: Post) -> list[Posted]:
    """Post one after another."""
    return [await post(each) for each in posts]


async def count_entries() -> int:
    """Return how many entries there are, in all books."""
    rows = await fetch("SELECT COUNT(*) AS entries FROM journal_entry")
    return int(rows[0]["entries"])


async def faults(book_id: int) -> list[Finding]:
    """Return what the checks find, but that nothing was sealed: in a history long past no sealer was there."""
    return [each for each in await checks.check(book_id) if each.check != "unsealed"]
