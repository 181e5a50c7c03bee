"""A volunteer's own statement in words: what happened, when, how much, and what was left."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from checkin.models import Attendance
from kernel.errors import N_
from ledger.statements import StatementLine
from people import roster
from people.approvals import Approval
from people.masks import masked_name
from redemption.gift_papers import PointsGift
from redemption.models import RedemptionLine, Voucher
from redemption.reservation_papers import ReservationLine
from redemption.service_papers import ServiceUse
from web.i18n import gettext, hours, yuan
from web.ledger_words import kind_words

# kind of entry → the picture beside it and its colour
LOOKS = {
    "HOURS_EARNED": ("hand-heart", "green"),
    "BONUS_GIVEN": ("hand-heart", "green"),
    "BONUS_TAKEN_BACK": ("undo-2", "violet"),
    "GOODS_REDEEMED": ("gift", "orange"),
    "GOODS_RETURNED": ("undo-2", "orange"),
    "GOODS_EXCHANGED": ("gift", "orange"),
    "SALE_MOVED": ("undo-2", "orange"),
    "SHEET_SETTLED": ("gift", "orange"),
    "VOUCHER_ISSUED": ("ticket", "cyan"),
    "VOUCHER_VOIDED": ("ticket", "cyan"),
    "SERVICE_RENDERED": ("store", "orange"),
    "SERVICE_CORRECTED": ("undo-2", "orange"),
    "POINTS_DONATED": ("hand-heart", "violet"),
    "POINTS_EXPIRED": ("clock", "red"),
    "POINTS_ADJUSTED": ("user-check", "violet"),
    "REVERSAL": ("undo-2", "violet"),
}
# What a volunteer calls them; the books' own words do for the rest.
WORDS = {
    "HOURS_EARNED": N_("Verified"),
    "HOURS_UNVERIFIED": N_("Hours corrected"),
    "GOODS_REDEEMED": N_("Charity shop"),
    "SHEET_SETTLED": N_("Charity shop, from a paper sheet"),
    "VOUCHER_ISSUED": N_("Exchanged for a voucher"),
    "REVERSAL": N_("Undone"),
}
Titles = dict[tuple[str, int], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Record:
    """One event as its volunteer sees it: every lot it moved together."""

    entry_id: int
    title: str
    detail: str
    icon: str
    hue: str
    amount: int
    balance_after: int
    occurred_at: int
    booked_late_on: int | None


async def records_of(book_id: int, lines: list[StatementLine], zone: str) -> list[Record]:
    """Return the events behind the lines of a statement, in the same order; days are those of the zone."""
    titles = await titles_of(book_id, ((line.document_type, line.document_id) for line in lines))
    events = groupby(lines, key=lambda line: line.entry_id)
    return [_record(list(moved), titles, zone) for _, moved in events]


def _record(lines: list[StatementLine], titles: Titles, zone: str) -> Record:
    line = lines[0]  # the latest: its running balance is the event's
    icon, hue = LOOKS.get(line.kind, ("coins", ""))
    words = words_of(line.kind)
    title, more = titles.get((line.document_type, line.document_id), (words, ""))
    return Record(
        entry_id=line.entry_id,
        title=title,
        detail=" · ".join(each for each in (words, more) if each and each != title),
        icon=icon,
        hue=hue,
        amount=sum(each.amount for each in lines),
        balance_after=line.balance_after,
        occurred_at=line.occurred_at,
        booked_late_on=line.booked_on if line.booked_on != line.occurred_on(zone) else None,
    )


def words_of(kind: str) -> str:
    """Return what a kind of entry is called on a volunteer's pages."""
    return gettext(WORDS[kind]) if kind in WORDS else kind_words(kind)


async def titles_of(book_id: int, papers: Iterable[tuple[str, int]]) -> Titles:
    """Return what papers are about, by table and id: a title, and a detail beside it."""
    wanted: dict[str, set[int]] = {}
    for table, paper_id in papers:
        wanted.setdefault(table, set()).add(paper_id)
    found: Titles = {}
    for table, read in READERS.items():
        if table in wanted:
            for paper_id, title in (await read(book_id, sorted(wanted[table]))).items():
                found[table, paper_id] = title
    return found


async def _attendances(book_id: int, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = Attendance.filter(book_id=book_id, id__in=ids).select_related("shift__activity")
    return {row.id: (row.shift.activity.title, hours(row.minutes_worked)) for row in await rows}


async def _redemptions(book_id: int, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = RedemptionLine.filter(book_id=book_id, redemption_id__in=ids).order_by("id")
    goods: dict[int, dict[str, int]] = {}
    numbers: dict[int, str] = {}
    for row in await rows.select_related("item", "redemption"):
        counts = goods.setdefault(row.redemption_id, {})
        counts[row.item.name] = counts.get(row.item.name, 0) + row.quantity
        numbers[row.redemption_id] = gettext("No. %(number)s", number=row.redemption.number)
    return {paper_id: (_listed(counts), numbers[paper_id]) for paper_id, counts in goods.items()}


def _listed(counts: dict[str, int]) -> str:
    return gettext(", ").join(f"{name} ×{n}" if n > 1 else name for name, n in counts.items())


async def _reservations(book_id: int, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = ReservationLine.filter(book_id=book_id, reservation_id__in=ids).order_by("id")
    goods: dict[int, dict[str, int]] = {}
    for row in await rows.select_related("item"):
        counts = goods.setdefault(row.reservation_id, {})
        counts[row.item.name] = counts.get(row.item.name, 0) + row.quantity
    return {paper_id: (_listed(counts), "") for paper_id, counts in goods.items()}


async def _vouchers(book_id: int, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = await Voucher.filter(book_id=book_id, id__in=ids).select_related("company")
    return {
        row.id: (
            gettext("Property-fee voucher of %(amount)s", amount=yuan(row.face_fen)),
            row.company.name,
        )
        for row in rows
    }


async def _services(book_id: int, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = ServiceUse.filter(book_id=book_id, id__in=ids).select_related("service__company")
    return {row.id: (row.service.name, row.service.company.name) for row in await rows}


async def _gifts(book_id: int, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = PointsGift.filter(book_id=book_id, id__in=ids).select_related("fund")
    return {row.id: (gettext("Points for a fund"), row.fund.name) for row in await rows}


async def _approvals(book_id: int, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = await Approval.filter(book_id=book_id, id__in=ids)
    known = await roster.names(
        book_id, [row.made_by for row in rows] + [row.decided_by or 0 for row in rows]
    )
    names = {person_id: masked_name(name) for person_id, name in known.items()}
    return {
        row.id: (row.why, _agreed(names.get(row.made_by, ""), names.get(row.decided_by or 0)))
        for row in rows
    }


def _agreed(maker: str, checker: str | None) -> str:
    if checker is None:
        return gettext("asked by %(name)s", name=maker)
    return gettext("asked by %(maker)s, approved by %(checker)s", maker=maker, checker=checker)


READERS = {
    "attendance": _attendances,
    "redemption": _redemptions,
    "hold": _reservations,
    "voucher": _vouchers,
    "approval": _approvals,
    "service_use": _services,
    "points_gift": _gifts,
}
