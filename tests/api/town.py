"""Two communities to ask through the API: every role, a running shift, a shop and vouchers in each."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from api import access_tokens
from api.access_tokens import Access
from checkin import recurring, rules, service_cards, shifts, venue_codes
from checkin.alone_models import CardKind, ServiceCard
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance, Purpose, Shift
from checkin.recurring import Weekly
from checkin.signup_models import ShiftTemplate
from checkin.verification import verify
from kernel import clock
from kernel.clock import HOUR, MINUTE
from ledger import chart
from ledger.accounts import find_accounts
from ledger.trial_balance import trial_balance
from people import losing, roster, sessions
from people.approvals import Approval
from people.cards import LossReport
from people.models import Role, Trade
from people.permissions import Viewer
from people.point_acts import ask_adjustment
from people.registration import grant_role, open_company, register, revoke_role
from redemption import counter, openings, property_desk, vouchers
from redemption.models import Voucher, VoucherUse
from redemption.opening_papers import OpeningTime
from redemption.receipts import Receipt
from redemption.reservation_papers import Reservation
from redemption.reserving import reserve
from tests.redemption.world import ZONE, World, make_world
from web.acts import ACTS

V1 = "/api/v1"
_keys = count(1)


def fresh_key() -> str:
    """An idempotency key that was never used."""
    return f"api-{next(_keys)}"


@dataclass
class Town:
    """A community in which somebody has each role, and the papers they made."""

    world: World
    people: dict[str, int]
    shift: Shift
    attendance: Attendance
    receipt: Receipt
    voucher: Voucher
    use: VoucherUse
    account_id: int
    approval: Approval
    report: LossReport
    template: ShiftTemplate
    card: ServiceCard
    opening: OpeningTime
    reservation: Reservation | None
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def book(self) -> int:
        """The community's id."""
        return self.world.book

    @property
    def reserved(self) -> Reservation:
        """What the member has reserved, in a town made so."""
        assert self.reservation is not None
        return self.reservation

    @property
    def member(self) -> int:
        """A volunteer with points."""
        return self.people["volunteer"]

    async def token(self, who: str) -> str:
        """An access token of a person of this town."""
        if who not in self.tokens:
            self.tokens[who] = await token_of(self.book, self.people[who])
        return self.tokens[who]

    def code(self) -> str:
        """What the organiser's screen shows now."""
        return venue_codes.issue(self.book, self.shift.id, clock.now())

    async def books(self) -> list[tuple[str, int]]:
        """Every balance: what must not change when a request is refused."""
        return [(total.name.path, total.balance) for total in await trial_balance(self.book)]


async def token_of(book: int, person: int) -> str:
    """Sign somebody in and return their access token."""
    signed = await sessions.begin(book, person, staff=True)
    return access_tokens.issue(Access(person, book, signed.session_id))


async def make_town(*, reserving: bool = False) -> Town:
    """Open a community, grant every role to somebody of its own, and have each make a paper; goods may be reserved."""
    world = await make_world(points=0)
    people = {
        "volunteer": world.member,
        "clerk": world.clerk,
        "property_desk": world.desk_clerk,
        "other": world.other,
    }
    for name in ("organiser", "auditor", "admin", "merchant", "everything", "leaver"):
        people[name] = (await register(world.book, name)).person_id
    for name in ("volunteer", "other"):
        await grant_role(world.book, people[name], Role.VOLUNTEER, None)
    barber = (await open_company(world.book, "巷口理发", Trade.MERCHANT)).id
    at = {Role.PROPERTY_DESK: world.company, Role.MERCHANT: barber}
    for role in set(Role) - {Role.VOLUNTEER}:
        # Nobody works at two desks: a barber's is looked at as the barber.
        names = (role.value,) if role is Role.MERCHANT else (role.value, "everything")
        for name in names:
            await grant_role(world.book, people[name], role, None, company_id=at.get(role))
    for name in ("organiser", "auditor", "admin", "merchant"):
        await revoke_role(world.book, people[name], Role.VOLUNTEER)
    shift = await a_shift(world.book)
    await earn_500(world.book, world.member, people["organiser"])
    attendance = await one_who_left(world.book, shift, people["leaver"])
    receipt = await counter.redeem(
        world.book, world.shop.id, world.member, [(world.rice.id, 2)], world.clerk, fresh_key()
    )
    voucher = await vouchers.issue(
        world.book, world.member, world.offer.id, world.company, world.member, fresh_key()
    )
    use = await property_desk.use(
        world.book, voucher.id, 1000, world.desk_clerk, world.company, fresh_key()
    )
    [purse] = (await find_accounts(world.book, [chart.purse(world.member)])).values()
    approval = await asked_for(world.book, people["everything"], people["other"])
    report = await losing.report_loss(
        world.book, people["leaver"], by=people["organiser"], facts=["joined", "number"]
    )
    template = await recurring.plan_weekly(world.book, shift.activity_id, Weekly((0,), 540, 60))
    card = await service_cards.make(world.book, CardKind.PLACE, "社区食堂", by=people["organiser"])
    kept = None
    if reserving:
        soap = [(world.soap.id, 1)]
        kept = await reserve(
            world.book, world.shop.id, world.member, soap, world.member, fresh_key()
        )
    return Town(
        *(world, people, shift, attendance, receipt, voucher, use, purse.id),
        *(approval, report, template, card.card),
        *(await open_all_day(world), kept),
    )


async def open_all_day(world: World) -> OpeningTime:
    """Hours of every day of the week, in which numbers are given; the last of them."""
    for weekday in range(1, 8):
        made = await openings.add_hours(
            *(world.book, world.shop.id, (0, 1440), world.clerk),
            weekday=weekday,
            exchange_day=True,
        )
    return made


async def asked_for(book: int, by: int, person: int) -> Approval:
    """A request for five points that waits for somebody else."""
    maker = Viewer(by, book, "", await roster.roles_of(book, by), session_id=1, zone=ZONE)
    return await ask_adjustment(ACTS, maker, person, 5, "漏记", expires_on=20_991_231)


async def a_shift(book: int) -> Shift:
    """A shift that is going on, at ten points an hour."""
    await rules.adopt(book, 10, in_force_from=0)
    activity = await shifts.plan_activity(book, "周六清洁家园", "环境", place="彩虹里")
    start = clock.now() - 10 * MINUTE
    return await shifts.plan_shift(book, activity.id, start, start + 2 * HOUR)


async def earn_500(book: int, person: int, by: int) -> None:
    """Five hours of a tenfold activity, verified."""
    planting = await shifts.plan_activity(book, "植树", "环境", multiplier_percent=1000)
    start = clock.now() - 8 * HOUR
    shift = await shifts.plan_shift(book, planting.id, start, start + 5 * HOUR)
    helped = await one_who_left(book, shift, person, minutes=300)
    await verify(book, helped.id, by)


async def one_who_left(book: int, shift: Shift, person: int, minutes: int = 60) -> Attendance:
    """Somebody who has come and gone, on two scans, and waits for verification."""
    left = await Attendance.create(
        book_id=book,
        shift_id=shift.id,
        person_id=person,
        state=AttendanceState.LEFT,
        provenance=Provenance.SCANNED,
        checked_in_at=shift.starts_at,
        checked_out_at=shift.starts_at + minutes * MINUTE,
        minutes_worked=minutes,
    )
    for purpose, at in (
        (Purpose.ARRIVING, left.checked_in_at),
        (Purpose.LEAVING, left.checked_out_at),
    ):
        await CheckinScan.create(
            book_id=book,
            shift_id=shift.id,
            person_id=person,
            attendance=left,
            purpose=purpose,
            way="code",
            scanned_at=at,
        )
    return left


@dataclass
class Client:
    """A program that asks; `who` signs the request."""

    http: httpx.AsyncClient
    town: Town

    async def __call__(
        self, method: str, path: str, who: str | None = None, **more: Any
    ) -> httpx.Response:
        """Send one request in English."""
        headers = {"accept-language": "en", **more.pop("headers", {})}
        if who is not None:
            headers["authorization"] = f"Bearer {await self.town.token(who)}"
        if (key := more.pop("key", None)) is not None:
            headers["idempotency-key"] = key
        return await self.http.request(method, V1 + path, headers=headers, **more)

    async def get(self, path: str, who: str | None = None, **more: Any) -> httpx.Response:
        """GET."""
        return await self("GET", path, who, **more)

    async def post(self, path: str, who: str | None = None, **more: Any) -> httpx.Response:
        """POST, with a fresh key unless one is given."""
        return await self("POST", path, who, **{"key": fresh_key(), **more})


def problem(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of a problem document; anything else is a failure."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["type"] == f"/problems/{said['code']}"
    assert said["title"]
    assert said["detail"]
    return answer.status_code, said["code"]
