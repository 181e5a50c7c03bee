"""Vouchers off the property fee: offered, issued for points, shown as codes, voided for what is left."""

from functools import partial

from tortoise.expressions import Q

from kernel import clock
from kernel.days import day_of, plus_months
from kernel.ids import new_id
from kernel.keys import signing_key
from ledger import chart
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.entries import entry_lines
from ledger.post import Fact, Post, RequestKey
from people.closed import joined_into, survivor_of
from people.joined import post_for_survivors
from people.models import Membership, PropertyCompany, Trade
from redemption.entries import entry_about, points_taken
from redemption.errors import NotAMember, OfferNotHere, PriceIsWrong, VoucherNotFound
from redemption.family import require_may_serve
from redemption.family_papers import Rebinding
from redemption.models import Voucher, VoucherOffer
from redemption.spending import BY_CODE, Recognised, counting
from redemption.states import OnOffer, VoucherState
from redemption.voucher_codes import VoucherCode, new_serial, write
from redemption.voucher_limits import row_of, yearly_of
from redemption.voucher_rules import Issue, issued, voided

MOST_FEN = 100_000_000
MOST_POINTS = 1_000_000
MOST_MONTHS = 120


async def offer(
    book_id: int, face_fen: int, price_points: int, *, months_valid: int = 12
) -> VoucherOffer:
    """Put a denomination on offer: so many fen for so many points. Raises: PriceIsWrong."""
    limits = ((face_fen, MOST_FEN), (price_points, MOST_POINTS), (months_valid, MOST_MONTHS))
    for value, most in limits:
        if type(value) is not int or not 1 <= value <= most:
            raise PriceIsWrong(most=most)
    on_offer, _ = await VoucherOffer.get_or_create(
        book_id=book_id,
        face_fen=face_fen,
        price_points=price_points,
        defaults={"months_valid": months_valid},
    )
    return on_offer


async def offers(book_id: int) -> list[VoucherOffer]:
    """Return the denominations on offer, smallest first."""
    on_sale = VoucherOffer.filter(book_id=book_id, state=OnOffer.ON_SALE)
    return await on_sale.order_by("face_fen", "id")


async def issue(
    book_id: int,
    person_id: int,
    offer_id: int,
    company_id: int,
    by: int,
    key: str,
    *,
    recognised: Recognised = BY_CODE,
) -> Voucher:
    """Issue a voucher of one company for a member's points; `by` is the member, or a clerk who recognised them.

    Raises: OfferNotHere, NotAMember, ServesOwnFamily, OfferIsWithdrawn, CompanyIsReplaced, PointsAreOwed,
        NotEnoughPoints, OverYearLimit, PinNeeded, OverDayLimit, KeyReused.
    """
    denomination = await VoucherOffer.get_or_none(book_id=book_id, id=offer_id)
    company = PropertyCompany.filter(book_id=book_id, id=company_id, trade=Trade.PROPERTY)
    if denomination is None or not await company.exists():
        raise OfferNotHere
    member = await _asking_for(book_id, person_id, by)
    now, voucher_id = clock.now(), new_id()
    today = day_of(now, await zone_of(book_id))
    counted = await counting(book_id, person_id, by, today, recognised)
    paper = Issue(
        *(voucher_id, offer_id, company_id, person_id, member.flat, new_serial()),
        expires_on=plus_months(today, denomination.months_valid),
        now=now,
        today=today,
        yearly=await yearly_of(book_id, person_id, today),
        counted=counted,
    )
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.VOUCHER_ISSUED,
            key=RequestKey(f"person:{by}", key, ["issue", person_id, offer_id, company_id]),
            document=Fact("voucher", voucher_id),
            facts=paper.facts,
            accounts=(
                *(chart.purse(person_id), chart.owed(person_id), chart.POINTS_FOR_VOUCHERS),
                *(chart.vouchers(company_id, "issued"), chart.voucher(voucher_id)),
            ),
            decide=partial(issued, paper),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await voucher(book_id, posted.document_id)


async def _asking_for(book_id: int, person_id: int, by: int) -> Membership:
    """Return the member a voucher is for; a clerk asks for nobody of their own family."""
    member = await Membership.get_or_none(book_id=book_id, person_id=person_id)
    if member is None:
        raise NotAMember
    if by != person_id:
        await require_may_serve(book_id, by, person_id)
    return member


async def void_rest(book_id: int, voucher_id: int, by: int, key: str) -> Voucher:
    """Make void what is left of a voucher; ⌊points paid × left ÷ face⌋ points come back.

    Raises: VoucherNotFound, VoucherIsVoid, VoucherIsUsedUp, VoucherHasExpired, KeyReused.
    """
    found = await voucher(book_id, voucher_id)
    paper = Fact("voucher", voucher_id)
    # The points, and the year it was counted in, stand behind the first voucher, however often another took its place.
    first = await voucher(book_id, await origin_of(book_id, voucher_id))
    entry = await entry_about(book_id, Fact("voucher", first.id), Kind.VOUCHER_ISSUED)
    lines = await entry_lines(book_id, entry["id"])
    now, zone = clock.now(), await zone_of(book_id)
    today, year = day_of(now, zone), day_of(first.issued_at, zone) // 10_000
    row = Fact("voucher_year", await row_of(book_id, first.person_id, today // 10_000))
    await post_for_survivors(
        Post(
            book_id=book_id,
            kind=Kind.VOUCHER_VOIDED,
            key=RequestKey(f"person:{by}", key, ["void", voucher_id]),
            document=paper,
            facts=(paper, row),
            accounts=(
                *(chart.voucher(voucher_id), chart.vouchers(found.company_id, "void")),
                *(chart.purse(found.person_id), chart.POINTS_FOR_VOUCHERS),
            ),
            decide=partial(
                voided, voucher_id, found.person_id, points_taken(lines), (row, year), today
            ),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await voucher(book_id, voucher_id)


async def origin_of(book_id: int, voucher_id: int) -> int:
    """Return the voucher that was issued for points and whose place this one took at last; often it is itself."""
    while True:
        before = await Rebinding.get_or_none(book_id=book_id, successor_id=voucher_id)
        if before is None:
            return voucher_id
        voucher_id = before.voucher_id


async def voucher(book_id: int, voucher_id: int) -> Voucher:
    """Return a voucher with its company. Raises: VoucherNotFound."""
    found = await Voucher.get_or_none(book_id=book_id, id=voucher_id).prefetch_related("company")
    if found is None:
        raise VoucherNotFound
    return found


async def own_voucher(book_id: int, voucher_id: int, person_id: int) -> Voucher:
    """Return a voucher of one's own with its company. Raises: VoucherNotFound, also for another's."""
    found = await voucher(book_id, voucher_id)
    if await survivor_of(book_id, found.person_id) != person_id:
        raise VoucherNotFound
    return found


async def of_person(book_id: int, person_id: int) -> list[Voucher]:
    """Return a person's vouchers with their companies, latest first.

    Of records that were joined with this one those are named that have money again: their uses were undone since.
    """
    joined = Q(
        person_id__in=await joined_into(book_id, person_id),
        state=VoucherState.ISSUED,
        remaining_fen__gt=0,
    )
    own = Voucher.filter(Q(person_id=person_id) | joined, book_id=book_id)
    return await own.order_by("-issued_at", "-id").prefetch_related("company")


def code_of(found: Voucher) -> str:
    """Return the signed code of a voucher, the token that a QR code carries after `/Q/`."""
    said = VoucherCode(found.id, found.face_fen, found.expires_on, found.company_id)
    return write(said, found.book_id, signing_key("voucher"))
