"""The terms of exchange: what things cost, what is on offer, how much goes in a day, and where points pass to."""

from api.asking import LimitSetter, RuleSetter, ShopKeeper, SignedIn
from api.routing import Id
from api.routing import router as _router
from api.schemas.terms import (
    AllowToday,
    EnterCompany,
    Keep,
    NewOffer,
    NewPrice,
    NewState,
    Passing,
    PassingRule,
    SetSpendingLimits,
    SpendingLimits,
)
from api.schemas.vouchers import Company, Offer
from people import passing, registration
from people.lives import PassesTo
from redemption import day_limits, spending, stock, vouchers
from redemption.states import OnOffer
from redemption.stock import Kept

router = _router("terms")


@router.put("/items/{item_id}/price", status_code=204)
async def set_item_price(viewer: ShopKeeper, item_id: Id, body: NewPrice) -> None:
    """Give a thing another price from now on."""
    await stock.set_price(viewer.book_id, item_id, body.price_points)


@router.put("/items/{item_id}/keeping", status_code=204)
async def keep_item(viewer: ShopKeeper, item_id: Id, body: Keep) -> None:
    """Give a thing another category, and another limit of a household in a month."""
    kept = Kept(body.category, body.household_limit_pieces)
    await stock.keep(viewer.book_id, item_id, kept)


@router.put("/items/{item_id}/state", status_code=204)
async def set_item_state(viewer: ShopKeeper, item_id: Id, body: NewState) -> None:
    """Withdraw a thing from exchange, or offer it again."""
    await stock.set_on_offer(viewer.book_id, item_id, OnOffer(body.state))


@router.post("/voucher-offers", status_code=201)
async def offer_voucher(viewer: ShopKeeper, body: NewOffer) -> Offer:
    """Put a denomination on offer; the same money for the same points is the same offer."""
    made = await vouchers.offer(
        *(viewer.book_id, body.face_fen, body.price_points), months_valid=body.months_valid
    )
    return Offer.of(made)


@router.post("/property-companies", status_code=201)
async def enter_company(viewer: ShopKeeper, body: EnterCompany) -> Company:
    """Enter a property company; the same name is the same company."""
    return Company.of(await registration.open_company(viewer.book_id, body.name))


@router.get("/spending-limits")
async def spending_limits(viewer: SignedIn) -> SpendingLimits:
    """Return what may be exchanged in a day without the code on one's own phone."""
    now = await day_limits.limits_of(viewer.book_id)
    return SpendingLimits(points_without_pin=now.without_pin, points_with_pin=now.with_pin)


@router.put("/spending-limits")
async def set_spending_limits(viewer: LimitSetter, body: SetSpendingLimits) -> SpendingLimits:
    """Set other limits of a day."""
    await day_limits.set_limits(
        viewer.book_id, body.points_without_pin, body.points_with_pin, viewer.person_id
    )
    return await spending_limits(viewer)


@router.post("/members/{person_id}/allowances", status_code=204)
async def allow_more_today(viewer: ShopKeeper, person_id: Id, body: AllowToday) -> None:
    """Let one member exchange more today, at a colleague's counter."""
    await spending.allow_today(viewer.book_id, person_id, body.points, viewer.person_id)


@router.get("/passing-rule")
async def passing_rule(viewer: RuleSetter) -> PassingRule:
    """Return where the points of closed records go; the household has them while no rule is written."""
    rule = await passing.rule_of(viewer.book_id)
    if rule is None:
        return PassingRule(passes_to=PassesTo.HOUSEHOLD, fund_name="")
    return PassingRule(passes_to=rule.passes_to, fund_name=rule.fund_name)


@router.put("/passing-rule")
async def set_passing_rule(viewer: RuleSetter, body: Passing) -> PassingRule:
    """Write down where the points of records closed from now on go."""
    made = await passing.decide_rule(
        viewer.book_id, body.passes_to, viewer.person_id, fund_name=body.fund_name
    )
    return PassingRule(passes_to=made.passes_to, fund_name=made.fund_name)
