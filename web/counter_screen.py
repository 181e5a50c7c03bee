"""What the counter's screen shows: the customer, the basket with its prices of now, and what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.errors import N_, DomainError, Invalid, Refused
from people import collecting
from people.browsers import BrowserQuestion
from people.enrolling import questions_about
from people.models import Membership
from people.permissions import Viewer
from people.roster import member
from redemption import counter, openings, receipts, spending, stock
from redemption.family import FamilyPurse, family_purses
from redemption.models import Item, Shop
from web.baskets import Basket, basket_of, keep, packed
from web.counter_keys import KEYS
from web.customers import customer, listed
from web.displays import shows_basket
from web.errors import status_of
from web.render import page
from web.slips import slip
from web.swaps import swap_on, waiting
from web.which_shop import another_shop, the_shop

GRID = 4  # As many as fit below three lines on an office monitor; the rest folds away.
SAID = 40


class DecideFirst(Refused):
    """Whose goods lie there is still open."""

    slug = "decide-first"
    title = N_("Please choose first")
    detail = N_("Please choose first: 1 park the goods, 2 clear them, or 3 go on.")


class FinishFirst(Refused):
    """Somebody else's goods lie on the counter."""

    slug = "finish-first"
    title = N_("Please finish this exchange first")
    detail = N_("Please confirm, park or remove the goods on the counter first, then try again.")


class NobodyYet(Invalid):
    """Goods are there, but nobody to take points from."""

    slug = "nobody-yet"
    title = N_("Whose points?")
    detail = N_("Please scan a points code first, or type the last four digits of the phone.")


@dataclass(frozen=True, slots=True)
class AsLeft:
    """What was going on here: a code ready in the box, a sale sent that was not taken off, a reason being typed."""

    ready: str = ""
    not_taken: bool = False
    reason: str = ""


NOTHING_LEFT = AsLeft()


async def screen(
    request: Request,
    viewer: Viewer,
    basket: Basket,
    *,
    refusal: DomainError | None = None,
    said: str = "",
    left: AsLeft = NOTHING_LEFT,
    found: Sequence[Item] | Sequence[Membership] = (),
) -> Response:
    """Draw the counter; with a refusal, its words and ways on, and everything on the counter as it was."""
    shop, basket, refusal = await _here(request, viewer, basket, refusal)
    quote = await counter.quote(viewer.book_id, shop.id, basket.person_id or None, basket.lines)
    purses = await _purses(viewer, basket)
    ticked = sum(each.points for each in purses if each.person_id in basket.family)
    swap = await swap_on(viewer, basket)
    quote = replace(quote, family=ticked, back=swap.points if swap else 0)
    served = await customer(viewer, basket.person_id) if basket.person_id else None
    await shows_basket(viewer, basket, quote, served)
    response = page(
        request,
        "counter/counter.html",
        status=status_of(refusal) if refusal else 200,
        scan=True,
        zone=viewer.zone,
        basket=basket,
        basket_text=packed(basket, viewer),
        quote=quote,
        purses=purses,
        collecting=await collecting.one(viewer.book_id, basket.code_id) if basket.code_id else None,
        customer=served,
        just=quote.line_of(basket.just),
        questions=await _questions(viewer, basket),
        day=await _day(viewer, basket),
        other=await member(viewer.book_id, basket.other) if basket.other else None,
        goods=await _grid(viewer, shop),
        grid=GRID,
        last=[slip(each) for each in await receipts.recent(viewer.book_id, shop.id)],
        refusal=refusal,
        closed=await openings.closed_now(viewer.book_id, shop.id, clock.now()),
        keys=KEYS,
        said=said[:SAID],
        ready=left.ready,
        swap=swap,
        parked=await waiting(viewer, shop.id),
        not_taken=left.not_taken,
        reason=left.reason,
        **await _to_choose(viewer, shop, found),
    )
    return keep(request, response, viewer, basket)


async def _here(
    request: Request, viewer: Viewer, basket: Basket, refusal: DomainError | None
) -> tuple[Shop, Basket, DomainError | None]:
    """Return the shop and what lies on its counter: a basket of another shop's goods is refused, its own stays."""
    shop = await the_shop(request)
    if basket.shop_id not in (0, shop.id):
        refusal = refusal or await another_shop(shop, basket.shop_id)
        there = basket_of(request, viewer)
        basket = there if there.shop_id == shop.id else Basket()
    return shop, replace(basket, shop_id=shop.id), refusal


async def _purses(viewer: Viewer, basket: Basket) -> list[FamilyPurse]:
    """Return who may pay too; whoever collects for another, or swaps, pays from one purse."""
    if basket.code_id or basket.swaps:
        return []
    return await family_purses(viewer.book_id, basket.person_id)


async def _questions(viewer: Viewer, basket: Basket) -> list[BrowserQuestion]:
    served = basket.person_id
    return await questions_about(viewer.book_id, served) if served else []


async def _day(viewer: Viewer, basket: Basket) -> spending.Standing | None:
    """Return what may still go today without the code on the phone."""
    if not basket.person_id:
        return None
    return await spending.standing(viewer.book_id, basket.person_id, viewer.person_id)


async def _grid(viewer: Viewer, shop: Shop) -> tuple[counter.QuoteLine, ...]:
    """Return the goods without a maker's barcode, those on the shelf first."""
    items = await stock.without_barcode(viewer.book_id, shop.id)
    lines = await _on_shelf(viewer, shop, items)
    return tuple(sorted(lines, key=lambda line: line.refusal is not None))


async def _on_shelf(
    viewer: Viewer, shop: Shop, items: Sequence[Item]
) -> tuple[counter.QuoteLine, ...]:
    each = [(item.id, 1) for item in items]
    return (await counter.quote(viewer.book_id, shop.id, None, each)).lines


async def _to_choose(
    viewer: Viewer, shop: Shop, found: Sequence[Item] | Sequence[Membership]
) -> dict[str, Any]:
    people = [listed(one) for one in found if isinstance(one, Membership)]
    items = [one for one in found if isinstance(one, Item)]
    return {"people": people, "hits": await _on_shelf(viewer, shop, items)}
