"""The pack of one month's settlement: every line, what it adds up to, what differs from the books, who signed."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from audit.lists import List, amount_of
from audit.settled import Figures, figures
from audit.spreadsheets import Cell
from kernel import clock
from kernel.database import fetch
from kernel.days import day_of, to_date
from kernel.errors import N_
from ledger.books import zone_of
from ledger.chart import FEN
from ledger.periods import month_words
from people import roster
from people.models import PropertyCompany, Trade
from redemption import settling
from redemption.dues import Due, slip_of, what, whose
from redemption.service_papers import ServiceUse
from redemption.settlement_papers import Settlement, SettlementState
from redemption.settlement_rules import USES

HEADS = {
    False: (N_("Slip"), N_("Used on"), N_("Flat"), N_("Holder"), N_("Taken by")),
    True: (N_("Slip"), N_("Used on"), N_("Service"), N_("Resident"), N_("Rendered by")),
}
MORE_HEADS = (
    N_("List price in yuan"),
    N_("Given by the merchant"),
    N_("Paid by the resident"),
    N_("Value of the points"),
)
State = Literal["running", "nothing", "open", "draft", "locked", "paid"]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of one company: its figures by the books, its settlement if there is one, and how far it is."""

    company: PropertyCompany
    ends_on: int
    figures: Figures
    settlement: Settlement | None
    state: State

    @property
    def words(self) -> str:
        """Return the month as 2026-11."""
        return month_words(self.ends_on)

    @property
    def of_services(self) -> bool:
        """Say whether services are settled, and not vouchers."""
        return self.company.trade is Trade.MERCHANT


@dataclass(frozen=True, slots=True)
class Pack:
    """A month with its lines, oldest first, and what undoing at the desk moved between months."""

    month: Month
    zone: str
    uses: Sequence[Due]
    corrections: Sequence[Due]
    undone_before: int  # uses of earlier months that were undone in this one
    undone_after: int  # uses of this month that were undone when it was over
    settled_here: int  # uses that the books have in other months, paid for here
    settled_elsewhere: int  # uses that the books have in this month, paid for in another one
    maker: str
    checker: str

    @property
    def used_fen(self) -> int:
        """Return what the lines add up to."""
        return sum(use.amount_fen for use in self.uses)

    @property
    def owed_back_fen(self) -> int:
        """Return what is taken off for earlier months."""
        return sum(use.amount_fen for use in self.corrections)

    @property
    def amount_fen(self) -> int:
        """Return what is to be paid."""
        return self.used_fen - self.owed_back_fen

    @property
    def agrees(self) -> bool:
        """Say whether the lines are what the books say was used, but for what was undone or paid in another month."""
        in_books = self.month.figures.used + self.undone_before - self.undone_after
        return self.used_fen == in_books + self.settled_here - self.settled_elsewhere

    def is_late(self, use: Due) -> bool:
        """Say whether a use is of an earlier month, whose settlement was locked before it came."""
        return day_of(use.used_at, self.zone) // 100 < self.month.ends_on // 100


async def months(book_id: int, company_id: int | None = None) -> list[Month]:
    """Return every month of every company, or of one, in which its vouchers moved; the latest first."""
    companies = {each.id: each for each in await roster.partners(book_id)}
    papers = {(each.company_id, each.month): each for each in await settling.settlements(book_id)}
    today = day_of(clock.now(), await zone_of(book_id))
    in_books = await figures(book_id)
    late = {each.id: await settling.takes_late(each) for each in companies.values()}
    # A month of nothing but what came late moved nothing of its own.
    waits = {(company, month) for company, month in late.items() if month is not None}
    for company, ends_on in (waits | papers.keys()) - in_books.keys():
        services = companies[company].trade is Trade.MERCHANT
        in_books[company, ends_on] = Figures(company, ends_on, of_services=services)
    found = [
        _month(
            *(companies[company], ends_on, each, papers.get((company, ends_on)), today),
            waits=(company, ends_on) in waits,
        )
        for (company, ends_on), each in in_books.items()
        if company_id in (None, company)
    ]
    return sorted(found, key=lambda each: (-each.ends_on, each.company.name))


def _month(
    company: PropertyCompany,
    ends_on: int,
    each: Figures,
    paper: Settlement | None,
    today: int,
    *,
    waits: bool = False,
) -> Month:
    state: State = "open" if each.used > 0 or waits else "nothing"
    if paper is not None:
        state = paper.state.value
    elif ends_on >= today:
        state = "running"
    return Month(company, ends_on, each, paper, state)


async def pack(book_id: int, company_id: int, ends_on: int) -> Pack:
    """Return the pack of a month; before it is locked, as things stand. Raises: CompanyNotHere."""
    company = await settling.company_here(book_id, company_id)
    zone = await zone_of(book_id)
    known = {each.ends_on: each for each in await months(book_id, company_id)}
    today = day_of(clock.now(), zone)
    month = known.get(ends_on) or _month(
        company, ends_on, Figures(company_id, ends_on), None, today
    )
    paper = month.settlement or Settlement(book_id=book_id, company_id=company_id, month=ends_on)
    uses, corrections = await settling.lines_of(paper)
    signed = (paper.made_by, paper.checked_by) if month.settlement else (None, None)
    names = await roster.names(book_id, [each for each in signed if each])
    return Pack(
        month,
        zone,
        uses,
        corrections,
        *(await _undone_elsewhere(book_id, company_id, ends_on)),
        *(await _settled_elsewhere(company, ends_on, uses)),
        *(names.get(each or 0, "") for each in signed),
    )


async def _undone_elsewhere(book_id: int, company_id: int, ends_on: int) -> tuple[int, int]:
    """Return what was undone in this month of earlier ones, and of this month in later ones, in fen."""
    first, after = await settling.bounds(book_id, ends_on)
    company = await settling.company_here(book_id, company_id)
    undone = settling.dues(company).filter(settled_in_id__isnull=True, undone_at__isnull=False)
    before = await undone.filter(used_at__lt=first, undone_at__gte=first, undone_at__lt=after)
    later = await undone.filter(used_at__gte=first, used_at__lt=after, undone_at__gte=after)
    return sum(use.amount_fen for use in before), sum(use.amount_fen for use in later)


async def _settled_elsewhere(
    company: PropertyCompany, ends_on: int, uses: Sequence[Due]
) -> tuple[int, int]:
    """Return what of these lines the books have in other months, and what of this one is paid elsewhere, in fen."""
    table = USES[company.trade]
    rows = await fetch(
        f"SELECT u.id, u.amount_fen, e.booked_on / 100 AS month FROM {table} u "
        "JOIN journal_entry e ON e.book_id = u.book_id AND e.document_id = u.id AND e.document_type = $4 "
        "AND e.kind IN ('VOUCHER_USED', 'SERVICE_RENDERED') WHERE u.book_id = $1 AND u.company_id = $2 "
        "AND (u.undone_at IS NULL OR u.settled_in_id IS NOT NULL) AND (e.booked_on / 100 = $3 OR u.used_at < $5)",
        *(company.book_id, company.id, ends_on // 100, table),
        (await settling.bounds(company.book_id, ends_on))[1],
    )
    here = {use.id for use in uses}
    month = ends_on // 100
    came = sum(row["amount_fen"] for row in rows if row["id"] in here and row["month"] != month)
    went = sum(row["amount_fen"] for row in rows if row["id"] not in here and row["month"] == month)
    return came, went


def signatures(found: Pack) -> tuple[tuple[str, str], ...]:
    """Return both signatures: in which part, and whose; an empty name is still missing, or nobody objected."""
    return ((N_("Prepared by"), found.maker), (N_("Checked by"), found.checker))


def sums(found: Pack) -> tuple[tuple[str, int], ...]:
    """Return what stands under the lines, in words for `gettext` and fen."""
    all_of = found.month.figures
    services = found.month.of_services
    shown = (
        (N_("Uses of this month"), found.used_fen),
        (N_("Corrections of earlier months"), -found.owed_back_fen),
        (N_("To be paid"), found.amount_fen),
    )
    undone = (
        (N_("Undone now, used in earlier months"), found.undone_before),
        (N_("Undone later, used in this month"), -found.undone_after),
        *_moved(found),
    )
    if services:
        return (
            *shown,
            (N_("Services at list prices"), all_of.listed),
            (N_("Given by the merchant"), -all_of.discounts),
            (N_("Paid by residents"), -all_of.residents),
            (N_("Taken back after settling"), all_of.corrected),
            *undone,
            (N_("Owed by the books"), all_of.used),
        )
    return (
        *shown,
        (N_("On vouchers when the month began"), all_of.before),
        (N_("Issued"), all_of.issued),
        (N_("Used by the books"), all_of.used),
        *undone,
        (N_("Put back on vouchers after settling"), all_of.corrected),
        (N_("Void"), all_of.void),
        (N_("Expired"), all_of.expired),
        (N_("On vouchers when the month ended"), all_of.outstanding),
    )


def _moved(found: Pack) -> tuple[tuple[str, int], ...]:
    """Return what this settlement and others pay for of each other's months, where there is such a thing."""
    both = (
        (N_("Paid here, used in other months by the books"), found.settled_here),
        (N_("Paid elsewhere, used in this month by the books"), -found.settled_elsewhere),
    )
    return tuple(each for each in both if each[1])


def sheet(found: Pack, words: Callable[[str], str]) -> List:
    """Return the pack as a table for a spreadsheet; amounts stay numbers."""
    services = found.month.of_services
    heads = (
        *HEADS[services],
        *(MORE_HEADS if services else ()),
        N_("Remark"),
        N_("Amount in yuan"),
    )
    blank = (None,) * (len(heads) - 2)

    async def rows() -> AsyncIterator[Sequence[Cell]]:
        for use in found.uses:
            late = words(N_("from an earlier month")) if found.is_late(use) else None
            yield _line(use, 1, found.zone, late)
        for use in found.corrections:
            yield _line(use, -1, found.zone, words(N_("taken off this month")))
        yield ()
        for said, fen in sums(found):
            yield (words(said), *blank, amount_of(fen, FEN))
        yield ()
        for said, name in signatures(found):
            yield (words(said), name)
        if paper := found.month.settlement:
            yield (words(N_("Bank reference")), paper.bank_reference)

    name = f"{found.month.words} {found.month.company.name}"
    return List(name, tuple(map(words, heads)), rows())


def _line(use: Due, sign: int, zone: str, remark: str | None) -> Sequence[Cell]:
    more: tuple[Cell, ...] = ()
    if isinstance(use, ServiceUse):
        parts = (use.list_fen, use.discount_fen, use.resident_fen, use.points_fen)
        more = tuple(amount_of(sign * fen, FEN) for fen in parts)
    return (
        *(slip_of(use), to_date(day_of(use.used_at, zone)), what(use)),
        *(whose(use).masked_name, use.used_by.masked_name, *more, remark),
        amount_of(sign * use.amount_fen, FEN),
    )


def is_locked(found: Pack) -> bool:
    """Say whether both signatures stand under it."""
    paper = found.month.settlement
    return paper is not None and paper.state is not SettlementState.DRAFT
