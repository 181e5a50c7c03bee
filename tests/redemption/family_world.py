"""The small community's member in a household: with her husband, who lets her spend; and two who work in the office."""

from dataclasses import dataclass

from audit.reconcile import reconcile
from kernel import clock
from kernel.days import month_end, plus_months
from ledger import checks
from people import consents, households
from people.models import Membership, Person, Role, RoleGrant
from tests.redemption.world import World, make_world, today


@dataclass
class Family:
    """Who is there, by id: Wang and her husband in one household, another member, and the office's Chen and Zhao."""

    world: World
    wang: int
    husband: int
    stranger: int
    chen: int
    zhao: int
    household: int

    @property
    def book(self) -> int:
        """The book."""
        return self.world.book

    async def points(self, person: int) -> int:
        """What is in a purse."""
        return (await self.world.points(person)).balance

    async def lots(self, person: int) -> list[tuple[int, int]]:
        """The lots of a purse."""
        return [(lot.expires_on, lot.amount) for lot in (await self.world.points(person)).lots]

    async def faults(self) -> list[str]:
        """Whatever the checks and reconcile find, but the made-up opening papers of the small world."""
        found = [*await checks.check(self.book), *await reconcile(self.book)]
        return [str(each) for each in found if "opening" not in str(each)]


async def newcomer(book: int, name: str, number: int) -> int:
    """A member with the role of a volunteer."""
    person = await Person.create(name=name, registered_at=clock.now())
    await Membership.create(
        book_id=book, person=person, number=number, flat="5-1-302", joined_at=clock.now()
    )
    await RoleGrant.create(book_id=book, person=person, role=Role.VOLUNTEER, granted_at=clock.now())
    return int(person.id)


async def make_family(points: int = 20, husband_points: int = 50, allowed: int = 40) -> Family:
    """Wang has two lots, her husband one; he lets her spend so many points a month."""
    world = await make_world(points=0)
    book = world.book
    await RoleGrant.create(
        book_id=book, person_id=world.member, role=Role.VOLUNTEER, granted_at=clock.now()
    )
    husband = await newcomer(book, "李建国", 11)
    chen, zhao = await newcomer(book, "陈静", 12), await newcomer(book, "赵敏", 13)
    near = month_end(plus_months(today(), 2))
    if points:
        await world.give_points(points // 2, expires_on=near)
        await world.give_points(points - points // 2)
    if husband_points:
        await world.give_points(husband_points, person=husband)
    home = await households.make(book, "3-2-601", world.member, chen)
    await households.join(book, home.id, husband, chen)
    if allowed:
        await consents.give(book, husband, world.member, allowed, husband)
    return Family(world, world.member, husband, world.other, chen, zhao, home.id)
