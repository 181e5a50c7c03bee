"""Two persons for points and roles: asked, seen, approved once; and what neither Python nor raw SQL lets pass."""

import asyncio
from dataclasses import dataclass

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import dialect, execute
from kernel.errors import DomainError
from ledger import chart, entries, purse
from ledger.balances import holding
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import Decision, DocumentKey, Fact, Lot, Post
from people import roster
from people.approvals import Approval, Outcome
from people.deciding import approve, refuse
from people.models import Role
from people.permissions import Viewer
from people.point_acts import ask_adjustment, ask_write_off
from people.requesting import lapse_due, request_of, withdraw
from people.role_acts import ask_for_role, ask_revocation
from people.two_persons import key_of
from tests.redemption.approving import somebody, viewer
from tests.redemption.world import World, make_world
from web.acts import ACTS

UNTIL = 20_991_231


@dataclass
class Office:
    world: World
    chen: Viewer
    lin: Viewer
    zhao: Viewer
    sun: Viewer

    async def asked(
        self, points: int = 30, by: Viewer | None = None, why: str = "漏记"
    ) -> Approval:
        """Zhao asks for points for the member."""
        maker, person = by or self.zhao, self.world.member
        return await ask_adjustment(ACTS, maker, person, points, why, expires_on=UNTIL)

    async def purse(self) -> int:
        return (await self.world.points()).balance


@pytest.fixture
async def office(database) -> Office:
    """Chen and Lin are administrators, Zhao and Sun organisers; the member has 100 points."""
    world = await make_world(points=100, rice=0, soap=0)
    names = (
        ("陈静", Role.ADMIN),
        ("林芳", Role.ADMIN),
        ("赵敏", Role.ORGANISER),
        ("孙丽", Role.ORGANISER),
    )
    return Office(world, *[await somebody(world.book, name, role) for name, role in names])


class refused:  # noqa: N801  reads as a sentence
    """`with refused("slug"):` the block is refused by that rule."""

    def __init__(self, slug: str):
        self.slug = slug

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        assert isinstance(error, DomainError), f"{self.slug} was expected, not {error!r}"
        assert error.slug == self.slug
        return True


async def test_points_asked_for_are_given_once_with_both_names_on_the_entry(office):
    request = await office.asked()
    assert await office.purse() == 100
    assert [(e.before, e.after) for e in (await ACTS[request.act].look(request)).effects] == [
        (100, 130)
    ]
    done = await approve(ACTS, office.chen, request.id, request.digest)
    assert (done.outcome, done.decided_by) == (Outcome.APPROVED, office.chen.person_id)
    again = await approve(ACTS, office.chen, request.id, request.digest)  # a double tap
    assert again.decided_at == done.decided_at
    assert await office.purse() == 130
    entry_id = await entries.entry_posted(office.world.book, key_of(request))
    assert entry_id is not None
    entry = await entries.entry(office.world.book, entry_id)
    assert (entry["kind"], entry["actor_id"], entry["approver_id"], entry["reason"]) == (
        *(Kind.POINTS_ADJUSTED, office.zhao.person_id, office.chen.person_id, "漏记"),
    )
    assert (entry["document_type"], entry["document_id"]) == ("approval", request.id)
    assert "approval" not in await findings(office)
    await forged(request.id)
    assert "approval" in await findings(office)


async def findings(office: Office) -> str:
    """What ties papers to entries, found wanting; the points of this world came without a paper of theirs."""
    return "; ".join(f"{each}".lower() for each in await reconcile(office.world.book))


async def forged(request_id: int) -> None:
    """Write another decider into a request, past the triggers, as somebody with the file in hand could."""
    for trigger in ("approval_decided_once", "approval_fixed"):
        on = "" if dialect() == "sqlite" else " ON approval"
        await execute(f"DROP TRIGGER {trigger}{on}")
    await execute("UPDATE approval SET decided_by = 1 WHERE id = $1", request_id)


async def test_neither_the_maker_nor_the_member_it_is_for_decides(office):
    member = await viewer(office.world.book, office.world.member, Role.ADMIN)
    request = await office.asked()
    for who, slug in ((office.zhao, "own-request"), (member, "own-benefit")):
        with refused(slug):
            await approve(ACTS, who, request.id, request.digest)
        with refused(slug):
            await refuse(ACTS, who, request.id, "nein")
    with refused("own-benefit"):
        await ask_adjustment(
            ACTS, office.zhao, office.zhao.person_id, 5, "for me", expires_on=UNTIL
        )
    with refused("no-such-request"):
        clerk = await somebody(office.world.book, "小张", Role.CLERK)
        await approve(ACTS, clerk, request.id, request.digest)
    assert await office.purse() == 100
    assert (await request_of(ACTS, office.chen, request.id)).outcome is None


INSERT = (
    "INSERT INTO approval (id, book_id, act, payload, digest, points, made_by, made_at, beneficiary_id, alone, "
    "expires_at, reason, outcome, decided_at, decided_by) SELECT 1, book_id, act, payload, 'd', points, {made_by}, "
    "made_at, beneficiary_id, 0, expires_at, '', {outcome}, {at}, {by} FROM approval"
)
BROKEN = (
    "UPDATE approval SET outcome = 'approved', decided_at = made_at + 1, decided_by = made_by",
    "UPDATE approval SET outcome = 'approved', decided_at = made_at + 1, decided_by = beneficiary_id",
    "UPDATE approval SET outcome = 'approved', decided_at = made_at + 1",
    "UPDATE approval SET outcome = 'approved', decided_at = expires_at, decided_by = 1",
    "UPDATE approval SET outcome = 'approved', decided_by = 1",
    "UPDATE approval SET outcome = 'unopposed', decided_at = made_at + 90000000000",
    "UPDATE approval SET outcome = 'refused', decided_at = made_at + 1, decided_by = 1",
    "UPDATE approval SET outcome = 'nodded', decided_at = made_at + 1",
    "UPDATE approval SET decided_at = made_at + 1",
    "UPDATE approval SET payload = '{\"points\":3000}'",
    "UPDATE approval SET digest = '0'",
    "UPDATE approval SET points = 3000",
    "UPDATE approval SET made_by = 1",
    "UPDATE approval SET beneficiary_id = NULL",
    "UPDATE approval SET alone = 1",
    "UPDATE approval SET expires_at = expires_at + 1",
    "DELETE FROM approval",
    INSERT.format(made_by="beneficiary_id", outcome="NULL", at="NULL", by="NULL"),
    INSERT.format(made_by="made_by", outcome="'approved'", at="made_at", by="2"),
)  # fmt: skip


async def test_raw_sql_decides_nothing_alone_and_changes_nothing_that_was_asked(office, database):
    request = await office.asked()
    statements = list(BROKEN)
    if database.dialect == "sqlite":
        statements.append("INSERT OR REPLACE INTO approval SELECT * FROM approval")
    for statement in statements:
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement)
    assert (await Approval.get(id=request.id)).row == request.row
    await refuse(ACTS, office.chen, request.id, "不对")
    with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        await execute("UPDATE approval SET outcome = NULL, decided_by = NULL, decided_at = NULL")


@pytest.mark.concurrency
async def test_two_approvers_at_once_give_the_points_once(office):
    request = await office.asked()
    told = await asyncio.gather(
        *(
            approve(ACTS, who, request.id, request.digest)
            for who in (office.chen, office.lin, office.sun, office.chen)
        ),
        return_exceptions=True,
    )
    decided = {each.decided_by for each in told if isinstance(each, Approval)}
    assert len(decided) == 1
    assert {each.slug for each in told if isinstance(each, DomainError)} == {
        "request-already-decided"
    }
    assert await office.purse() == 130
    role = await ask_for_role(ACTS, office.chen, office.world.member, Role.CLERK)
    lei = await somebody(office.world.book, "雷", Role.ADMIN)
    said = await asyncio.gather(
        approve(ACTS, lei, role.id, role.digest),
        refuse(ACTS, office.lin, role.id, "不用"),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Approval) for each in said) == 1
    given = Role.CLERK in await roster.roles_of(office.world.book, office.world.member)
    assert given == isinstance(said[0], Approval)


async def test_what_no_longer_suffices_is_refused_and_the_request_stays(office):
    request = await office.asked(-80)
    other = await office.asked(-40)
    await approve(ACTS, office.chen, request.id, request.digest)
    assert await office.purse() == 20
    outlook = await ACTS[other.act].look(other)
    assert outlook.refusal is not None
    with refused("not-enough-points"):
        await approve(ACTS, office.chen, other.id, other.digest)
    assert (await request_of(ACTS, office.chen, other.id)).outcome is None
    more = await office.asked(20)
    await approve(ACTS, office.chen, more.id, more.digest)
    await approve(ACTS, office.chen, other.id, other.digest)
    assert await office.purse() == 0
    with refused("not-enough-points"):
        await office.asked(-1)


async def test_a_request_is_refused_withdrawn_or_lapses_and_is_not_decided_again(office):
    sent = await office.asked()
    assert (await office.asked()).id == sent.id, "sent twice, it is asked once"
    with refused("request-needs-reason"):
        await refuse(ACTS, office.chen, sent.id, "  ")
    assert (await refuse(ACTS, office.chen, sent.id, "不对")).reason == "不对"
    taken, late = await office.asked(), await office.asked(31)
    with refused("no-such-request"):
        await withdraw(ACTS, office.chen, taken.id)
    assert (await withdraw(ACTS, office.zhao, taken.id)).outcome is Outcome.WITHDRAWN
    for each in (sent, taken):
        with refused("request-already-decided"):
            await approve(ACTS, office.lin, each.id, each.digest)
    with clock.frozen(late.expires_at):
        for act in (
            approve(ACTS, office.lin, late.id, late.digest),
            refuse(ACTS, office.lin, late.id, "spät"),
            withdraw(ACTS, office.zhao, late.id),
        ):
            with refused("request-has-lapsed"):
                await act
        assert await lapse_due(office.world.book) == 1
        assert await lapse_due(office.world.book) == 0
    assert (await request_of(ACTS, office.lin, late.id)).outcome is Outcome.LAPSED
    assert await office.purse() == 100


async def test_a_maker_moves_500_a_day_and_what_is_over_waits_for_an_administrator(office):
    first, second = await office.asked(300), await office.asked(-100)
    await approve(ACTS, office.sun, first.id, first.digest)
    third = await office.asked(101)
    for over in (second, third):
        with refused("administrator-needed"):
            await approve(ACTS, office.sun, over.id, over.digest)
    await withdraw(ACTS, office.zhao, third.id)
    await approve(ACTS, office.sun, second.id, second.digest)
    with clock.frozen(clock.now() + DAY):
        next_day = await office.asked(500)
        await approve(ACTS, office.sun, next_day.id, next_day.digest)
    large = await office.asked(900, by=office.sun)
    await approve(ACTS, office.lin, large.id, large.digest)
    assert await office.purse() == 100 + 300 - 100 + 500 + 900


async def test_a_debt_is_written_off_by_two(office):
    with refused("nothing-is-owed"):
        await ask_write_off(ACTS, office.zhao, office.world.member, 5, "搬走")
    await owe(office, 40)
    request = await ask_write_off(ACTS, office.zhao, office.world.member, 30, "搬走")
    await approve(ACTS, office.sun, request.id, request.digest)
    owed = await holding(office.world.book, chart.owed(office.world.member))
    assert owed.balance == 10
    # New points pay what is left first.
    more = await office.asked(15)
    looked = (await ACTS[more.act].look(more)).effects
    assert [(e.before, e.after) for e in looked] == [(0, 5), (10, 0)]
    await approve(ACTS, office.chen, more.id, more.digest)
    assert await office.purse() == 5


async def owe(office: Office, points: int) -> None:
    """Take back more hours than the member still has points for."""
    member = office.world.member
    names = (chart.purse(member), chart.owed(member))
    lots = [Lot(UNTIL, 100 + points)]
    await post(
        Post(
            book_id=office.world.book,
            kind=Kind.HOURS_UNVERIFIED,
            key=DocumentKey("taken-back"),
            document=Fact("person", member),
            accounts=(*names, chart.POINTS_ISSUED),
            decide=lambda _, held: Decision(
                tuple(purse.taken_back(member, lots, 100 + points, held))
            ),
        )
    )


async def test_roles_are_given_and_taken_by_two_administrators(office):
    book, member = office.world.book, office.world.member
    with refused("role-needed"):
        await ask_for_role(ACTS, office.zhao, member, Role.CLERK)
    with refused("company-needed"):
        await ask_for_role(ACTS, office.chen, member, Role.PROPERTY_DESK)
    request = await ask_for_role(ACTS, office.chen, member, Role.CLERK)
    assert Role.CLERK not in await roster.roles_of(book, member)
    with refused("no-such-request"):
        await approve(ACTS, office.zhao, request.id, request.digest)
    await approve(ACTS, office.lin, request.id, request.digest)
    assert Role.CLERK in await roster.roles_of(book, member)
    with refused("changes-nothing"):
        await ask_for_role(ACTS, office.chen, member, Role.CLERK)
    taken = await ask_revocation(ACTS, office.lin, member, Role.CLERK)
    await approve(ACTS, office.chen, taken.id, taken.digest)
    assert Role.CLERK not in await roster.roles_of(book, member)
    leaving = await ask_revocation(ACTS, office.lin, office.lin.person_id, Role.ADMIN)
    await approve(ACTS, office.chen, leaving.id, leaving.digest)
    with refused("last-administrator"):
        await ask_revocation(ACTS, office.chen, office.chen.person_id, Role.ADMIN)


async def test_a_single_administrator_waits_a_day_in_which_all_staff_may_object(database):
    world = await make_world(points=0, rice=0, soap=0)
    chen = await somebody(world.book, "陈静", Role.ADMIN)
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    request = await ask_for_role(ACTS, chen, world.member, Role.CLERK)
    assert request.alone
    with refused("too-early-alone"):
        await approve(ACTS, chen, request.id, request.digest)
    with refused("role-needed"):
        await approve(ACTS, clerk, request.id, request.digest)
    other = await ask_for_role(ACTS, chen, world.other, Role.AUDITOR)
    objected = await refuse(ACTS, clerk, other.id, "不认识")
    assert objected.decided_by == clerk.person_id
    with clock.frozen(request.made_at + DAY + HOUR):
        done = await approve(ACTS, chen, request.id, request.digest)
        assert (done.outcome, done.decided_by) == (Outcome.UNOPPOSED, None)
        assert Role.CLERK in await roster.roles_of(world.book, world.member)
        with refused("request-already-decided"):
            await approve(ACTS, chen, other.id, other.digest)
    # Points too: the entry then has no second name.
    points = await ask_adjustment(ACTS, chen, world.member, 20, "补", expires_on=UNTIL)
    assert points.alone
    lin = await somebody(world.book, "林芳", Role.ADMIN)
    with clock.frozen(points.made_at + DAY):
        with refused("own-request"):  # Somebody else can approve it now.
            await approve(ACTS, chen, points.id, points.digest)
        await approve(ACTS, lin, points.id, points.digest)


async def test_a_request_of_another_community_is_not_here(office):
    request = await office.asked()
    elsewhere = await make_world(points=0, rice=0, soap=0)
    stranger = await somebody(elsewhere.book, "外人", Role.ADMIN)
    for act in (
        approve(ACTS, stranger, request.id, request.digest),
        refuse(ACTS, stranger, request.id, "x"),
        withdraw(ACTS, stranger, request.id),
    ):
        with refused("no-such-request"):
            await act
    with refused("no-such-member"):
        await ask_adjustment(ACTS, stranger, office.world.member, 5, "x", expires_on=UNTIL)
