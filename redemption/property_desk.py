"""The property desk: look a voucher up by code or serial, take it off a bill, undo a slip of the hand.

A voucher of another company gets the same answer as one that does not exist.
"""

from functools import partial

from kernel import clock
from kernel.days import day_of, start_of
from kernel.ids import new_id
from kernel.keys import signing_key
from ledger import chart
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.entries import entry_lines
from ledger.post import Fact, Post, RequestKey
from redemption import voucher_codes
from redemption.entries import entry_about
from redemption.errors import AmountIsOdd, VoucherCodeUnreadable, VoucherNotFound
from redemption.models import Voucher, VoucherUse
from redemption.voucher_rules import Use, require_good, use_undone, used

MOST_FEN = 100_000_000


async def look_up(book_id: int, company_id: int, scanned: str) -> Voucher:
    """Return the good voucher that a scanned code or a typed serial names, with its person.

    Raises: VoucherCodeUnreadable, VoucherNotFound, VoucherIsVoid, VoucherIsUsedUp, VoucherHasExpired.
    """
    found = await _named(book_id, company_id, scanned)
    today = day_of(clock.now(), await zone_of(book_id))
    require_good({"state": found.state, "expires_on": found.expires_on}, today)
    return found


async def _named(book_id: int, company_id: int, scanned: str) -> Voucher:
    here = Voucher.filter(book_id=book_id, company_id=company_id).prefetch_related("person")
    if serial := voucher_codes.typed(scanned):
        found = await here.get_or_none(serial=serial)
    else:
        code = voucher_codes.read(scanned, book_id, signing_key("voucher").public_key())
        if code is None:
            raise VoucherCodeUnreadable(field="code")
        found = await here.get_or_none(id=code.voucher_id)
    if found is None:
        raise VoucherNotFound
    return found


async def use(
    book_id: int, voucher_id: int, amount_fen: int | None, by: int, company_id: int, key: str
) -> VoucherUse:
    """Take an amount, or with None all that is left, off a bill: the company is owed it from now on.

    Raises: AmountIsOdd, VoucherNotFound, VoucherIsVoid, VoucherIsUsedUp, VoucherHasExpired, VoucherHasLess, KeyReused.
    """
    if amount_fen is not None and (type(amount_fen) is not int or not 1 <= amount_fen <= MOST_FEN):
        raise AmountIsOdd(field="amount")
    if not await Voucher.exists(book_id=book_id, id=voucher_id, company_id=company_id):
        raise VoucherNotFound
    now = clock.now()
    paper = Use(
        use_id=new_id(),
        voucher_id=voucher_id,
        company_id=company_id,
        by=by,
        amount_fen=amount_fen,
        now=now,
        today=day_of(now, await zone_of(book_id)),
    )
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.VOUCHER_USED,
            key=RequestKey(f"person:{by}", key, ["use", voucher_id, amount_fen, company_id]),
            document=Fact("voucher_use", paper.use_id),
            facts=(Fact("voucher", voucher_id),),
            accounts=(chart.voucher(voucher_id), chart.payable(company_id)),
            decide=partial(used, paper),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await one_use(book_id, company_id, posted.document_id)


async def undo_use(book_id: int, use_id: int, by: int, company_id: int, key: str) -> VoucherUse:
    """Undo a use until it is in a settlement, at the desk of the same company.

    Raises: VoucherNotFound, AlreadyReversed, AlreadyUndone, VoucherIsVoid, AlreadySettled, KeyReused.
    """
    found = await one_use(book_id, company_id, use_id)
    paper = Fact("voucher_use", use_id)
    entry_id = (await entry_about(book_id, paper, Kind.VOUCHER_USED))["id"]
    lines = await entry_lines(book_id, entry_id)
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    await post(
        Post(
            book_id=book_id,
            kind=Kind.REVERSAL,
            key=RequestKey(f"person:{by}", key, ["undo-use", use_id, company_id]),
            document=paper,
            facts=(paper, Fact("voucher", found.voucher_id)),
            accounts=(chart.voucher(found.voucher_id), chart.payable(company_id)),
            decide=partial(use_undone, use_id, found.voucher_id, lines, now, today),
            actor_id=by,
            reverses_id=entry_id,
            occurred_at=now,
        )
    )
    return await one_use(book_id, company_id, use_id)


async def uses_today(book_id: int, company_id: int) -> list[VoucherUse]:
    """Return what a company's desk took today, latest first, with vouchers, their persons and who took them."""
    zone = await zone_of(book_id)
    midnight = start_of(day_of(clock.now(), zone), zone)
    taken = VoucherUse.filter(book_id=book_id, company_id=company_id, used_at__gte=midnight)
    return await taken.order_by("-used_at", "-id").prefetch_related("voucher__person", "used_by")


async def one_use(book_id: int, company_id: int, use_id: int) -> VoucherUse:
    """Return a use with its voucher, person and who took it. Raises: VoucherNotFound, also for another company's."""
    found = await VoucherUse.get_or_none(
        book_id=book_id, company_id=company_id, id=use_id
    ).prefetch_related("voucher__person", "used_by")
    if found is None:
        raise VoucherNotFound
    return found
