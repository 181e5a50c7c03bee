"""What happened with somebody's points, each event one plain sentence: where, what, how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.errors import N_
from ledger.kinds import Kind
from redemption.happened import Happening
from redemption.models import Redemption, VoucherUse
from redemption.reservation_papers import Reservation
from web.i18n import gettext, points, yuan
from web.record_words import LOOKS, titles_of, words_of

# How an event is said, with its points taken or given; what is not here is said by its name alone.
TAKEN = {
    Kind.GOODS_REDEEMED: N_("%(points)s points were taken for goods"),
    Kind.GOODS_EXCHANGED: N_("Goods were swapped, and %(points)s points taken"),
    Kind.SALE_MOVED: N_("An exchange was moved to you: %(points)s points were taken"),
    Kind.HOLD_PLACED: N_("%(points)s points were set aside for reserved goods"),
    Kind.HOLD_CAPTURED: N_("Reserved goods were collected for %(points)s points"),
    Kind.SHEET_SETTLED: N_("%(points)s points were taken for goods written on a paper sheet"),
    Kind.SERVICE_RENDERED: N_("%(points)s points were taken for a service"),
    Kind.VOUCHER_ISSUED: N_("%(points)s points became a voucher"),
    Kind.POINTS_EXPIRED: N_("%(points)s points expired"),
    Kind.POINTS_ADJUSTED: N_("The office took %(points)s points off"),
    Kind.HOURS_UNVERIFIED: N_("Hours were corrected: %(points)s points less"),
    Kind.BONUS_TAKEN_BACK: N_("A bonus was taken back: %(points)s points less"),
    Kind.POINTS_DONATED: N_("%(points)s points were given away"),
    Kind.REVERSAL: N_("Something was undone: %(points)s points less"),
}
GIVEN = {
    Kind.GOODS_RETURNED: N_("Goods came back: %(points)s points are yours again"),
    Kind.GOODS_EXCHANGED: N_("Goods were swapped, and %(points)s points given back"),
    Kind.SALE_MOVED: N_("An exchange was not yours and was moved: %(points)s points came back"),
    Kind.HOLD_RELEASED: N_("Reserved goods were not collected: %(points)s points are free again"),
    Kind.HOLD_CAPTURED: N_("Reserved goods were collected for %(points)s points"),
    Kind.SERVICE_CORRECTED: N_("A service was corrected: %(points)s points came back"),
    Kind.VOUCHER_VOIDED: N_("A voucher was given up: %(points)s points came back"),
    Kind.POINTS_ADJUSTED: N_("The office put %(points)s points right for you"),
    Kind.REVERSAL: N_("Something was undone: %(points)s points came back"),
}
OF_MONEY = {
    Kind.VOUCHER_USED: N_("A voucher paid %(amount)s of a property fee"),
    Kind.VOUCHER_CORRECTED: N_("A voucher was put right: %(amount)s are on it again"),
    Kind.REVERSAL: N_("A voucher’s use was undone: %(amount)s are on it again"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """An event as its member reads it: the sentence, where it was and of what, and its picture."""

    happening: Happening
    sentence: str
    where: str
    icon: str
    hue: str


def sentence(kind: Kind, points_moved: int, fen: int) -> str:
    """Return what happened in one sentence."""
    if fen and kind in OF_MONEY:
        return gettext(OF_MONEY[kind], amount=yuan(fen))
    words = (TAKEN if points_moved < 0 else GIVEN).get(kind)
    if words is None:
        return words_of(kind)
    return gettext(words, points=points(abs(points_moved)))


async def said_of(book_id: int, found: Sequence[Happening]) -> list[Said]:
    """Return events in words, in the same order."""
    titles = await titles_of(book_id, (each.paper for each in found))
    places = await _places(book_id, found)
    said = []
    for each in found:
        title, more = titles.get(each.paper, ("", ""))
        icon, hue = LOOKS.get(each.kind, ("ticket", "cyan") if each.fen else ("coins", ""))
        where = " · ".join(part for part in (places.get(each.paper, ""), title, more) if part)
        said.append(Said(each, sentence(each.kind, each.points, each.fen), where, icon, hue))
    return said


async def _places(book_id: int, found: Sequence[Happening]) -> dict[tuple[str, int], str]:
    """Return where the papers of events were made: the shop, or the property company."""
    ids: dict[str, list[int]] = {}
    for each in found:
        ids.setdefault(each.paper[0], []).append(each.paper[1])
    places: dict[tuple[str, int], str] = {}
    sold = Redemption.filter(book_id=book_id, id__in=ids.get("redemption", []))
    kept = Reservation.filter(book_id=book_id, id__in=ids.get("hold", []))
    used = VoucherUse.filter(book_id=book_id, id__in=ids.get("voucher_use", []))
    if "redemption" in ids:
        for sale in await sold.select_related("shop"):
            places["redemption", sale.id] = sale.shop.name
    if "hold" in ids:
        for row in await kept.select_related("shop"):
            places["hold", row.id] = row.shop.name
    if "voucher_use" in ids:
        for use in await used.select_related("company"):
            places["voucher_use", use.id] = use.company.name
    return places
