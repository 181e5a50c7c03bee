"""The demo's partners and funds: a barber and a canteen at shared prices, and two funds with some gifts.

Who comes when is drawn apart from everything else, so that the rest of the demo is as it would be without them.
"""

from dataclasses import dataclass
from functools import partial
from random import Random

from cli import demo_data
from cli.demo_community import Demo, Resident
from cli.demo_settlement import plan_partner
from cli.demo_shop import purses
from kernel.clock import MINUTE
from people import funds, guardians
from people.models import Role
from redemption import agreeing, giving, relief, rendering
from redemption.service_papers import Service, ServiceUse

SEED = 23
WEEKS, HAIRCUTS_A_WEEK, MEALS_A_DAY, MEAL_DAYS = 8, 2, 3, 10
ELDER, BORN = "身份证", 1950
GIFTS = ((0, 30), (0, 20), (1, 25))
OPENED, NOON, MORNING, AFTERNOON = (9, 0), (12, 10), (10, 20), (15, 30)


@dataclass
class Street:
    """The services by the names of the demo's data, and who draws."""

    rng: Random
    offered: dict[str, Service]


def plan_services(demo: Demo) -> None:
    """Plan what partners render in the last weeks, their settled months, and gifts to funds."""
    street = Street(Random(SEED), {})  # noqa: S311  a story, not a secret
    days = 7 * min(WEEKS, demo.weeks) - 1
    demo.timeline.at(demo.moment(-days, OPENED), partial(_agree, demo, street))
    for day in range(-days + 1, -1, 7):
        for place in range(HAIRCUTS_A_WEEK):
            moment = demo.moment(day, MORNING) + place * 25 * MINUTE
            demo.timeline.at(moment, partial(_serve, demo, street, demo_data.HAIRCUT))
    for day in range(-min(MEAL_DAYS, days - 1), 0):
        for place in range(MEALS_A_DAY):
            moment = demo.moment(day, NOON) + place * 4 * MINUTE
            demo.timeline.at(moment, partial(_serve, demo, street, demo_data.LUNCH))
    demo.timeline.at(demo.moment(-1, AFTERNOON), partial(_by_mistake, demo, street))
    for merchant in demo.merchants.values():
        plan_partner(demo, merchant, demo.moment(-days))
    demo.timeline.at(demo.moment(-7, OPENED), partial(_open_funds, demo))
    demo.timeline.at(demo.moment(-3, AFTERNOON), partial(_spend, demo))


async def _agree(demo: Demo, street: Street) -> None:
    organiser = demo.one(Role.ORGANISER)
    for offer in demo_data.SERVICES:
        merchant = demo.merchants[offer.merchant]
        made = await agreeing.offer_service(demo.book, merchant, offer.name)
        await agreeing.agree(demo.book, made.id, offer.terms, organiser)
        street.offered[offer.name] = made
    for each in [each for each in demo.residents if each.card and each.birth_year is None][:2]:
        await guardians.set_birth_year(demo.book, each.person_id, BORN, ELDER, organiser)


async def _serve(demo: Demo, street: Street, name: str) -> None:
    """Serve somebody who may have it now; the elders with a card come as well."""
    grown_up = [each for each in demo.residents if each.birth_year is None]
    await demo.timeline.tried(_render(demo, street, name, street.rng.choice(grown_up)))


async def _render(demo: Demo, street: Street, name: str, who: Resident) -> ServiceUse:
    offered = street.offered[name]
    found = await agreeing.offers(demo.book, offered.company_id, who.person_id)
    price = next(each.price for each in found if each.service.id == offered.id and each.price)
    return await rendering.render(
        *(demo.book, offered.id, who.person_id, demo.desks[offered.company_id]),
        *(offered.company_id, demo.key()),
        shown=(price.points, price.resident_fen),
    )


async def _by_mistake(demo: Demo, street: Street) -> None:
    """The canteen takes a meal back: it was the neighbour's card."""
    elder = next(each for each in demo.residents if each.card and each.birth_year is None)
    wrong = await _render(demo, street, demo_data.LUNCH, elder)
    desk = demo.desks[wrong.company_id]
    await rendering.undo_use(demo.book, wrong.id, desk, wrong.company_id, demo.key())


async def _open_funds(demo: Demo) -> None:
    by = demo.one(Role.ORGANISER)
    made = [
        await funds.open_fund(demo.book, name, by, purpose=purpose)
        for name, purpose in demo_data.FUNDS
    ]
    rich = await purses(demo)
    for donor, (fund, points) in zip(rich, GIFTS, strict=False):
        person = donor.owner.person_id
        await giving.give(
            demo.book, person, made[fund].id, min(points, donor.points), person, demo.key()
        )


async def _spend(demo: Demo) -> None:
    """The first fund pays for something for the household in hardship."""
    fund = next(each for each in await funds.funds(demo.book) if each.name == demo_data.FUNDS[0][0])
    left = await giving.left_in(demo.book, fund.id)
    shelf = await relief.relief_shelf(demo.book, demo.shop, "fund")
    cart = [(item.id, 1) for item, _ in shelf if item.price_points <= left][:1]
    taker, clerk = demo.residents[-1].person_id, demo.one(Role.CLERK)
    if cart:
        await relief.hand_out(
            *(demo.book, demo.shop, taker, cart, clerk, demo.key()), fund_id=fund.id
        )
