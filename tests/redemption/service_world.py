"""A barber and a canteen beside the shop: what they offer, and at which shares."""

from dataclasses import dataclass

from people import guardians
from people.models import PropertyCompany, Trade
from redemption import agreeing, rendering
from redemption.cost_shares import Terms
from redemption.service_papers import Service, ServiceUse
from tests.redemption.world import World, key, make_world

HAIRCUT = Terms(
    list_fen=2500, subsidy_fen=500, discount_fen=500, points=20, points_fen=500, a_month=2
)
MEAL = Terms(list_fen=1000, subsidy_fen=300, discount_fen=100, a_day=1, household_a_month=40)


@dataclass
class Street:
    """The world with its merchants."""

    world: World
    barber: int
    canteen: int
    haircut: Service
    meal: Service

    async def render(self, offered: Service | None = None, **more) -> ServiceUse:
        """A service at the price that is shown."""
        offered = offered or self.haircut
        person = more.pop("person", self.world.member)
        by = more.pop("by", self.world.desk_clerk)
        shown = more.pop("shown", None) or await self.shown(offered, person)
        return await rendering.render(
            *(self.world.book, offered.id, person, by, offered.company_id, more.pop("key", key())),
            shown=shown,
            **more,
        )

    async def shown(self, offered: Service, person: int) -> tuple[int, int]:
        """The points and the fen that a person is told."""
        found = await agreeing.offers(self.world.book, offered.company_id, person)
        price = next(each.price for each in found if each.service.id == offered.id)
        assert price
        return price.points, price.resident_fen

    async def undo(self, use: ServiceUse) -> ServiceUse:
        """The desk's own undo."""
        by = self.world.desk_clerk
        return await rendering.undo_use(self.world.book, use.id, by, use.company_id, key())

    async def born(self, year: int, person: int | None = None) -> None:
        """Somebody saw the identity card."""
        world = self.world
        await guardians.set_birth_year(
            world.book, person or world.member, year, "身份证", world.other
        )


async def make_street(points: int = 100, **more) -> Street:
    """The world with a barber and a canteen."""
    world = await make_world(points=points, **more)
    barber, canteen = [
        await PropertyCompany.create(book_id=world.book, name=name, trade=Trade.MERCHANT)
        for name in ("巷口理发", "社区食堂")
    ]
    haircut = await agreeing.offer_service(world.book, barber.id, "理发")
    meal = await agreeing.offer_service(world.book, canteen.id, "午餐")
    await agreeing.agree(world.book, haircut.id, HAIRCUT, world.other)
    await agreeing.agree(world.book, meal.id, MEAL, world.other)
    return Street(world, barber.id, canteen.id, haircut, meal)
