"""Settling a month with a partner: what it holds, what waits before it, and that the bank has paid it."""

from collections.abc import Iterable, Sequence
from functools import partial

from tortoise.queryset import QuerySet

from kernel import clock
from kernel.days import day_of, month_end, plus_days, plus_months, start_of
from ledger import chart
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.periods import month_words
from ledger.post import Fact, Post, RequestKey
from people.models import PropertyCompany, Trade
from redemption.dues import PAPERS, WITH_ALL, Due
from redemption.models import VoucherUse
from redemption.service_papers import ServiceUse
from redemption.settlement_errors import (
    BankReferenceIsMissing,
    CompanyNotHere,
    EarlierMonthUnsettled,
    MonthNotOver,
    NothingToSettle,
    SettlementIsLocked,
    SettlementNotFound,
)
from redemption.settlement_papers import Settlement, SettlementState
from redemption.settlement_rules import SETTLEMENT, Content, fitting, paid

REFERENCE_LIMIT = 40


async def company_here(book_id: int, company_id: int) -> PropertyCompany:
    """Return one of the community's partners. Raises: CompanyNotHere."""
    found = await PropertyCompany.get_or_none(book_id=book_id, id=company_id)
    if found is None:
        raise CompanyNotHere
    return found


async def bounds(book_id: int, month: int) -> tuple[int, int]:
    """Return the first moment of a month (its last day is given), and of the next."""
    zone = await zone_of(book_id)
    return start_of(month // 100 * 100 + 1, zone), start_of(plus_days(month, 1), zone)


async def waiting(company: PropertyCompany, month: int) -> tuple[Sequence[Due], Sequence[Due]]:
    """Return the uses up to a month's end that are to be settled, and corrections still to be taken off, oldest first.

    A use of an earlier month was posted when that month was locked: it is in the next batch.
    """
    _, after = await bounds(company.book_id, month)
    own = dues(company)
    uses = own.filter(settled_in_id__isnull=True, undone_at__isnull=True, used_at__lt=after)
    corrections = own.filter(
        settled_in_id__isnull=False, undone_at__isnull=False, deducted_in_id__isnull=True
    )
    return await uses.order_by("used_at", "id"), await corrections.order_by("undone_at", "id")


def dues(company: PropertyCompany) -> QuerySet[VoucherUse] | QuerySet[ServiceUse]:
    """Return everything a partner was ever owed for, to be narrowed down, with whose it was and who took it."""
    own = PAPERS[company.trade].filter(book_id=company.book_id, company_id=company.id)
    return own.prefetch_related(*WITH_ALL[company.trade])


async def content_of(book_id: int, company_id: int, month: int) -> Content:
    """Return what the settlement of a month would hold now. Raises: CompanyNotHere."""
    company = await company_here(book_id, company_id)
    return _content(company.trade, *await waiting(company, month))


def _content(trade: Trade, uses: Iterable[Due], corrections: Iterable[Due]) -> Content:
    return fitting(
        tuple((use.id, use.amount_fen) for use in uses),
        [(use.id, use.amount_fen) for use in corrections],
        trade,
    )


async def require_settleable(book_id: int, company_id: int, month: int) -> Content:
    """Return what a settlement would hold that can be signed now.

    Raises: MonthNotOver, SettlementIsLocked, EarlierMonthUnsettled, NothingToSettle.
    """
    if month >= day_of(clock.now(), await zone_of(book_id)):
        raise MonthNotOver
    there = await Settlement.get_or_none(book_id=book_id, company_id=company_id, month=month)
    if there is not None and there.state is not SettlementState.DRAFT:
        raise SettlementIsLocked
    earlier = await earliest_unsettled(book_id, company_id)
    if earlier is not None and earlier < month:
        raise EarlierMonthUnsettled(month=month_words(earlier))
    content = await content_of(book_id, company_id, month)
    if not content.uses:
        raise NothingToSettle
    return content


async def earliest_unsettled(book_id: int, company_id: int) -> int | None:
    """Return the last day of the first month that is not locked, with uses that no settlement pays for, or None."""
    company = await company_here(book_id, company_id)
    months, locked = await _months_that_wait(company), await _locked(company)
    return min(months - locked, default=None)


async def takes_late(company: PropertyCompany) -> int | None:
    """Return the last day of the month whose settlement takes what came when its own was locked, or None."""
    locked = await _locked(company)
    late = await _months_that_wait(company) & locked
    if not late:
        return None
    month = plus_months(min(late), 1)
    while month in locked:
        month = plus_months(month, 1)
    return month


async def _months_that_wait(company: PropertyCompany) -> set[int]:
    """Return the last days of all months with uses that no settlement pays for."""
    waits = PAPERS[company.trade].filter(
        book_id=company.book_id,
        company_id=company.id,
        settled_in_id__isnull=True,
        undone_at__isnull=True,
    )
    zone = await zone_of(company.book_id)
    rows = await waits.values("used_at")
    return {month_end(day_of(row["used_at"], zone)) for row in rows}


async def _locked(company: PropertyCompany) -> set[int]:
    """Return the last days of all months that both have signed."""
    signed = Settlement.filter(book_id=company.book_id, company_id=company.id)
    rows = await signed.exclude(state=SettlementState.DRAFT).values("month")
    return {row["month"] for row in rows}


async def drafted(book_id: int, company_id: int, month: int, by: int) -> Settlement:
    """Return the settlement of a month, begun now if there is none. Raises: CompanyNotHere."""
    await company_here(book_id, company_id)
    found, _ = await Settlement.get_or_create(
        book_id=book_id,
        company_id=company_id,
        month=month,
        defaults={"made_by": by, "made_at": clock.now()},
    )
    return found


async def settlement(book_id: int, company_id: int, month: int) -> Settlement:
    """Return a company's settlement of a month. Raises: SettlementNotFound, also for another company's."""
    found = await Settlement.get_or_none(
        book_id=book_id, company_id=company_id, month=month
    ).prefetch_related("company")
    if found is None:
        raise SettlementNotFound
    return found


async def settlements(book_id: int, company_id: int | None = None) -> list[Settlement]:
    """Return the settlements of all companies, or of one, the latest month first."""
    found = Settlement.filter(book_id=book_id)
    if company_id is not None:
        found = found.filter(company_id=company_id)
    return await found.order_by("-month", "company__name", "id").prefetch_related("company")


async def lines_of(found: Settlement) -> tuple[Sequence[Due], Sequence[Due]]:
    """Return the uses that a settlement pays for, and those it takes off again; of a draft, as they stand now."""
    company = await company_here(found.book_id, found.company_id)
    if found.state is SettlementState.DRAFT:
        uses, corrections = await waiting(company, found.month)
        fit = len(_content(company.trade, uses, corrections).corrected)
        return uses, corrections[:fit]
    own = dues(company)
    pays = await own.filter(settled_in_id=found.id).order_by("used_at", "id")
    return pays, await own.filter(deducted_in_id=found.id).order_by("undone_at", "id")


async def pay(
    book_id: int, company_id: int, month: int, reference: str, by: int, key: str
) -> Settlement:
    """Note the bank's reference of the transfer that paid a locked settlement; nothing is then left in it.

    Raises: SettlementNotFound, BankReferenceIsMissing, SettlementNotLocked, SettlementIsPaid, KeyReused.
    """
    found = await settlement(book_id, company_id, month)
    said = "".join(reference.split())
    if not 1 <= len(said) <= REFERENCE_LIMIT:
        raise BankReferenceIsMissing(field="reference")
    now, paper = clock.now(), Fact(SETTLEMENT, found.id)
    settling = chart.settling(company_id, found.id, found.company.trade.value)
    await post(
        Post(
            book_id=book_id,
            kind=Kind.SETTLEMENT_PAID,
            key=RequestKey(f"person:{by}", key, ["pay-settlement", found.id, said]),
            document=paper,
            facts=(paper,),
            accounts=(settling, chart.BANK_PAID_OUT),
            decide=partial(paid, found.id, settling, said, (by, now)),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await settlement(book_id, company_id, month)
