"""The demo's people: the community, who works in it, its households, and what its shop has to offer."""

from dataclasses import dataclass, field
from itertools import count
from random import Random

from checkin import rules
from cli import demo_data
from cli.timeline import Timeline
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.days import day_of, start_of
from people import guardians, households, registration
from people.card_issuing import issue_cards
from people.credentials import set_password
from people.guardians import AGE_OF_OWN_CONSENT
from people.lives import ConsentGiven
from people.models import Role, Trade
from redemption import barcodes, stock, vouchers
from redemption.models import Item, VoucherOffer

# Shares: of the households that are old, of their people who have no smartphone.
OLD_FROM, WITHOUT_PHONE = 0.4, 0.4
HOUSEHOLDS_FROM, HOUSEHOLDS_A_WEEK, MOST_HOUSEHOLDS = 40, 4, 120
GROWN_UPS = 2  # in a household of three
APART = HOUR  # at least, between two occasions of one person
YOUNGEST, OLDEST_MINOR = 10, 17


@dataclass
class Resident:
    """A volunteer: how to find them and how they check in."""

    person_id: int
    number: int
    name: str
    company_id: int
    has_phone: bool
    keenness: float
    card: str = ""
    birth_year: int | None = None  # of those who are under age


@dataclass
class Demo:
    """The community while it is being lived through."""

    book: int
    zone: str
    rng: Random
    now: int
    weeks: int
    timeline: Timeline = field(default_factory=Timeline)
    residents: list[Resident] = field(default_factory=list)
    companies: dict[str, int] = field(default_factory=dict)
    staff: dict[Role, list[int]] = field(default_factory=dict)
    merchants: dict[str, int] = field(default_factory=dict)
    desks: dict[int, int] = field(default_factory=dict)
    shop: int = 0
    goods: list[Item] = field(default_factory=list)
    fresh: Item | None = None
    offers: list[VoucherOffer] = field(default_factory=list)
    busy: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    shifts_held: int = 0
    _keys: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def today(self) -> int:
        """Return the local day (yyyymmdd) of the present."""
        return day_of(self.now, self.zone)

    @property
    def first_moment(self) -> int:
        """Return when the community opens: eight in the morning, some weeks ago."""
        return self.moment(-7 * self.weeks, (8, 0))

    def moment(self, days: int, time: tuple[int, int] = (0, 0)) -> int:
        """Return a local time of day (hour, minute), so many days from today, as UTC microseconds."""
        midnight = start_of(self.today, self.zone) + days * DAY
        return midnight + time[0] * HOUR + time[1] * MINUTE

    def key(self) -> str:
        """Return a fresh key, as a form would carry."""
        return f"demo-{next(self._keys)}"

    def choose(self, count: int, starts: int, ends: int) -> list[Resident]:
        """Return people who are free then; the keen ones come more often."""
        free = [
            each
            for each in self.residents
            if all(
                end + APART <= starts or ends + APART <= start
                for start, end in self.busy.get(each.person_id, [])
            )
        ]
        drawn = sorted(free, key=lambda each: -(self.rng.random() ** (1 / each.keenness)))[:count]
        for each in drawn:
            self.busy.setdefault(each.person_id, []).append((starts, ends))
        return drawn

    def one(self, role: Role) -> int:
        """Return the first of those who have a role."""
        return self.staff[role][0]


async def open_demo(rng: Random, zone: str, weeks: int) -> Demo:
    """Open the community as it was some weeks ago."""
    demo = Demo(book=0, zone=zone, rng=rng, now=clock.now(), weeks=weeks)
    with clock.frozen(demo.first_moment):
        community = await registration.open_community(
            demo_data.COMMUNITY, zone, office_phone=demo_data.OFFICE_PHONE
        )
        demo.book = community.id
        await _adopt_rules(demo)
        for each in dict.fromkeys(compound.company for compound in demo_data.COMPOUNDS):
            demo.companies[each] = (await registration.open_company(demo.book, each)).id
        for offer in demo_data.SERVICES:
            merchant = await registration.open_company(demo.book, offer.merchant, Trade.MERCHANT)
            demo.merchants[offer.merchant] = merchant.id
        for member in demo_data.STAFF:
            await _hire(demo, member)
        for household in _households(
            rng, min(MOST_HOUSEHOLDS, HOUSEHOLDS_FROM + HOUSEHOLDS_A_WEEK * weeks)
        ):
            await _move_in(demo, household)
        await _print_cards(demo)
        await _open_shop(demo)
    return demo


async def _adopt_rules(demo: Demo) -> None:
    """Adopt the rules of both halves.

    In the second one night patrol brings less, whoever leads a shift gets points for it, and clean scans verify
    themselves.
    """
    half = demo.moment(-7 * demo.weeks // 2)
    for start, night, leading, verifies_itself in (
        (demo.first_moment - DAY, demo_data.NIGHT_POINTS_PER_HOUR[0], 0, False),
        (half, demo_data.NIGHT_POINTS_PER_HOUR[1], demo_data.POINTS_FOR_LEADING, True),
    ):
        for category, points in (("", demo_data.POINTS_PER_HOUR), (demo_data.NIGHT, night)):
            terms = rules.Terms(
                points_per_hour=points,
                category=category,
                minimum_minutes=30,
                longest_minutes=240,
                points_per_day=demo_data.POINTS_PER_DAY,
                notice_days_by_hand=3,
                leader_bonus_points=leading,
                verifies_itself=verifies_itself and not category,
            )
            await rules.adopt_terms(demo.book, terms, in_force_from=start)


async def _hire(demo: Demo, member: demo_data.Staff) -> None:
    role = Role(member.role)
    person_id = (await registration.register(demo.book, member.name)).person_id
    company_id = (demo.companies | demo.merchants).get(member.company)
    await registration.grant_role(demo.book, person_id, role, None, company_id=company_id)
    # They have their desks; the volunteers' pages would only be in their way.
    await registration.revoke_role(demo.book, person_id, Role.VOLUNTEER)
    demo.staff.setdefault(role, []).append(person_id)
    if company_id is not None:
        demo.desks[company_id] = person_id
    if member.sign_in_name:
        await set_password(person_id, member.sign_in_name, demo_data.PASSWORD)


@dataclass(frozen=True)
class Household:
    """The people of one flat."""

    names: tuple[str, ...]
    compound: demo_data.Compound
    flat: str
    old: bool


def _households(rng: Random, count: int) -> list[Household]:
    taken = {member.name for member in demo_data.STAFF} | set(demo_data.FIRST_HOUSEHOLD)
    first = Household(demo_data.FIRST_HOUSEHOLD, demo_data.COMPOUNDS[0], "金苑一期 3-2-601", True)
    flats = {first.flat}
    found = [first]
    while len(found) < count:
        compound, old = rng.choice(demo_data.COMPOUNDS), rng.random() < OLD_FROM
        grown = demo_data.GIVEN_ELDER if old else demo_data.GIVEN_YOUNG
        given = (grown, grown, demo_data.GIVEN_CHILD)[: rng.choice((1, 2, 2, 3))]
        names = tuple(_new_name(rng, taken, each) for each in given)
        found.append(Household(names, compound, _new_flat(rng, flats, compound), old))
    return found


def _new_name(rng: Random, taken: set[str], given: tuple[str, ...]) -> str:
    while True:
        name = rng.choice(demo_data.SURNAMES) + rng.choice(given)
        if name not in taken:
            taken.add(name)
            return name


def _new_flat(rng: Random, taken: set[str], compound: demo_data.Compound) -> str:
    while True:
        where = f"{rng.randint(1, 6)}-{rng.randint(1, 3)}-{rng.randint(1, 6)}0{rng.randint(1, 2)}"
        flat = f"{compound.name} {where}"
        if flat not in taken:
            taken.add(flat)
            return flat


async def _move_in(demo: Demo, household: Household) -> None:
    """Take a household in; its third member is a child, for whom the first one signs."""
    # Eleven digits that no network gives out; husband and wife share the first one's.
    phone = f"1000000{1000 + len(demo.residents):04d}"
    company_id = demo.companies[household.compound.company]
    own: list[Resident] = []
    for place, name in enumerate(household.names):
        is_minor = place == GROWN_UPS
        age = demo.rng.randint(YOUNGEST, OLDEST_MINOR) if is_minor else None
        is_child = age is not None and age < AGE_OF_OWN_CONSENT
        of_old = household.old and not is_minor and bool(demo.residents)
        has_phone = not (is_child or (of_old and demo.rng.random() < WITHOUT_PHONE))
        shared = place == 0 or household.old
        number = phone if shared else f"1000000{1000 + len(demo.residents) + place:04d}"
        member = await registration.register(
            demo.book, name, "" if is_child else number, household.flat
        )
        keenness = demo.rng.choice((1.0, 1.0, 2.0, 4.0, 8.0)) if demo.residents else 12.0
        year = None if age is None else demo.today // 10_000 - age
        kept = (member.person_id, member.number, name, company_id, has_phone, keenness)
        own.append(Resident(*kept, birth_year=year))
    demo.residents += own
    await _live_together(demo, own, household.flat)


async def _live_together(demo: Demo, own: list[Resident], flat: str) -> None:
    if len(own) == 1:
        return
    organiser = demo.one(Role.ORGANISER)
    home = await households.make(demo.book, flat, own[0].person_id, organiser)
    for each in own[1:]:
        await households.join(demo.book, home.id, each.person_id, organiser)
        if each.birth_year is not None:
            await guardians.set_birth_year(
                demo.book, each.person_id, each.birth_year, "户口簿", organiser
            )
            await guardians.give(
                *(demo.book, each.person_id, own[0].person_id), ConsentGiven.PAPER, organiser
            )


async def _print_cards(demo: Demo) -> None:
    """Print a card for everybody who has no phone that could show a code."""
    without = {each.person_id: each for each in demo.residents if not each.has_phone}
    for card in await issue_cards(demo.book, without, demo.one(Role.ORGANISER)):
        without[card.member.person_id].card = card.token


async def _open_shop(demo: Demo) -> None:
    demo.shop = (await stock.open_shop(demo.book, demo_data.SHOP)).id
    clerk = demo.one(Role.CLERK)
    for place, goods in enumerate((*demo_data.GOODS, demo_data.FRESH)):
        item = await stock.add_item(
            demo.book,
            demo.shop,
            goods.name,
            goods.points,
            barcode=barcodes.in_store(demo_data.FIRST_BARCODE + place),
            price_fen=goods.yuan * 100,
            unit=goods.unit,
        )
        if goods is demo_data.FRESH:
            demo.fresh = item
            continue
        demo.goods.append(item)
        await stock.receive(
            *(demo.book, item.id, goods.source, goods.pieces),
            by=clerk,
            key=demo.key(),
            donor=goods.donor,
        )
    for fen, points in demo_data.VOUCHERS:
        demo.offers.append(await vouchers.offer(demo.book, fen, points))
