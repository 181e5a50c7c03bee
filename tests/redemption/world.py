"""A small community to redeem in: a member with points, a clerk, a shop with goods, two property companies."""

from dataclasses import dataclass
from itertools import count

from audit.proofs import proofs
from audit.reconcile import reconcile
from kernel import clock
from kernel.days import day_of, month_end, plus_months
from kernel.ids import new_id
from ledger import chart
from ledger.balances import holding
from ledger.books import open_book
from ledger.chart import Kind
from ledger.checks import check
from ledger.desk import post
from ledger.post import Decision, DocumentKey, Fact, Holding, Line, Post
from ledger.trial_balance import trial_balance
from people.models import Community, Membership, Person, PropertyCompany
from redemption import stock, vouchers
from redemption.models import Item, Shop, VoucherOffer
from redemption.states import Source

ZONE = "Asia/Shanghai"
_keys = count(1)


def key() -> str:
    """A fresh request key."""
    return f"k{next(_keys)}"


def today() -> int:
    """The community's own calendar day."""
    return day_of(clock.now(), ZONE)


@dataclass
class World:
    """Who and what is there; every value is an id or a model."""

    book: int
    member: int
    other: int
    clerk: int
    desk_clerk: int
    company: int
    rival: int
    shop: Shop
    rice: Item
    soap: Item
    offer: VoucherOffer

    async def points(self, person: int | None = None) -> Holding:
        """What is in a purse."""
        return await holding(self.book, chart.purse(person or self.member))

    async def on_shelf(self, item: Item) -> int:
        """How many pieces of an item may be had for points."""
        shelves = await stock.shelves(self.book, self.shop.id)
        return next(shelf.for_points for shelf in shelves if shelf.item.id == item.id)

    async def totals(self) -> dict[str, int]:
        """The balance of every account by path."""
        return {total.name.path: total.balance for total in await trial_balance(self.book)}

    async def give_points(
        self, amount: int, *, person: int | None = None, expires_on: int | None = None
    ) -> None:
        """Put points into a purse, as one lot."""
        purse = chart.purse(person or self.member)
        until = month_end(expires_on or plus_months(today(), 24))
        line = Line(chart.POINTS_OPENING, purse, amount, until)
        opening = new_id()
        await post(
            Post(
                book_id=self.book,
                kind=Kind.OPENING_BALANCE,
                key=DocumentKey(f"opening:{opening}"),
                document=Fact("opening", opening),
                accounts=(line.debit, line.credit),
                decide=lambda _facts, _balances: Decision((line,)),
            )
        )

    async def receive(self, item: Item, quantity: int, **more) -> int:
        """Put pieces on the shelf."""
        source = more.pop("source", Source.PURCHASED)
        lot = await stock.receive(
            self.book, item.id, source, quantity, by=self.clerk, key=key(), **more
        )
        return int(lot.id)


async def make_world(points: int = 100, rice: int = 10, soap: int = 10) -> World:
    """Open a book and everything in it through the domain's verbs; persons are rows of another room."""
    book = new_id()
    await Community.create(id=book, name="金苑社区", zone=ZONE, opened_at=clock.now())
    await open_book(book, ZONE)
    names = ("王秀兰", "李强", "张店员", "陈物业")
    people = [await Person.create(name=name, registered_at=clock.now()) for name in names]
    for number, person in enumerate(people, 1):
        await Membership.create(
            book_id=book, person=person, number=number, flat="3-2-601", joined_at=clock.now()
        )
    companies = [
        await PropertyCompany.create(book_id=book, name=name) for name in ("安和物业", "邻里物业")
    ]
    shop = await stock.open_shop(book, "金苑慈善超市")
    member, other, clerk, desk_clerk = (person.id for person in people)
    world = World(
        book=book,
        member=member,
        other=other,
        clerk=clerk,
        desk_clerk=desk_clerk,
        company=companies[0].id,
        rival=companies[1].id,
        shop=shop,
        rice=await stock.add_item(book, shop.id, "大米 5kg", 30, price_fen=3000, unit="袋"),
        soap=await stock.add_item(book, shop.id, "香皂", 8, barcode="6901234567892"),
        offer=await vouchers.offer(book, 5000, 100),
    )
    if points:
        await world.give_points(points)
    if rice:
        await world.receive(world.rice, rice)
    if soap:
        await world.receive(world.soap, soap)
    return world


async def untrue(book: int) -> list[str]:
    """What checks, reconcile and the proofs find; the points of this world came without a paper."""
    found = await check(book) + await reconcile(book)
    broken = [proof for proof in proofs(await trial_balance(book)) if not proof.holds]
    return [
        *(str(each) for each in found if "opening" not in each.members.values()),
        *map(str, broken),
    ]
