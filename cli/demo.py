"""`caihong demo`: a small community with some weeks behind it, made by the same acts as a real one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Annotated

import typer

from cli import (
    demo_approvals,
    demo_data,
    demo_day,
    demo_desks,
    demo_hours,
    demo_odd,
    demo_odd_hours,
    demo_reserving,
    demo_scenes,
    demo_services,
    demo_settlement,
    demo_sheets,
    demo_shifts,
    demo_shop,
    demo_signups,
    demo_stock,
    demo_today,
)
from cli.demo_community import Demo, open_demo
from cli.links import PORT, one_time_link, origin
from cli.lists import progress
from cli.opening import chosen, on_books
from cli.timeline import Told
from cli.trouble import Trouble
from kernel import clock
from kernel.clock import DAY
from kernel.errors import N_
from ledger import chart
from ledger.balances import holdings
from ledger.sealing import seal_everything
from people import roster, signin
from people.models import Community, Membership, Role
from people.naming import folded
from web.i18n import gettext as _

SEED, WEEKS, MOST_WEEKS = 7, 26, 52
# The first shop days come before the first points.
LEAST_WEEKS = 2
LINES = 6

WORK = {
    Role.ORGANISER: N_("Organiser: runs the shift that is on now, reviews hours"),
    Role.CLERK: N_("Shop clerk: the exchange counter"),
    Role.PROPERTY_DESK: N_("Property desk: takes vouchers off bills"),
    Role.MERCHANT: N_("Merchant: renders services at shared prices"),
    Role.AUDITOR: N_("Auditor: reads the books"),
    Role.ADMIN: N_("Administrator"),
}


@dataclass(frozen=True)
class Guest:
    """A volunteer whom a visitor of the demo can be, and what there is to see."""

    name: str
    number: str
    what: str
    token: str


def demo(
    seed: Annotated[int, typer.Option(help="The same seed makes the same community.")] = SEED,
    weeks: Annotated[
        int, typer.Option(min=LEAST_WEEKS, max=MOST_WEEKS, help="How many weeks have gone by.")
    ] = WEEKS,
    port: Annotated[int, typer.Option(envvar="PORT", help="The port in printed links.")] = PORT,
) -> None:
    """Load the demo community into an empty database, and print who can sign in."""

    async def work() -> list[Guest]:
        if communities := await roster.communities():
            raise Trouble(
                _(
                    "This database already holds %(name)s, so the demo was not loaded. It only goes into an empty "
                    "one: choose another folder with CAIHONG_DATA_DIR.",
                    name=communities[0].name,
                )
            )
        return await _guests(await _load(seed, weeks))

    _print(on_books(work), port, by_password=not chosen().second_factor)


def show(port: int) -> bool:
    """Load the demo if the database is empty; print who can sign in, and say whether this is the demo at all."""

    async def work() -> list[Guest] | None:
        everyone = await roster.communities()
        if not everyone:
            return await _guests(await _load(SEED, WEEKS))
        here = next((each for each in everyone if is_demo(each)), None)
        if here is None:
            return None
        await demo_today.refresh(here.id)
        return await _guests(here.id)

    guests = on_books(work)
    if guests is None:
        typer.echo(_("This database holds a community of its own; the demo was not loaded."))
        return False
    _print(guests, port, by_password=not chosen().second_factor or lets_visitors_in())
    return True


def lets_visitors_in() -> bool:
    """Say whether the demo's staff may come in by password alone, so that a visitor can look around."""
    return not chosen().phones_can_open


async def _load(seed: int, weeks: int) -> int:
    with _progress(weeks) as told:
        lived = await live(seed, weeks, told)
    await seal_everything(lived.book)
    return lived.book


@contextmanager
def _progress(weeks: int) -> Iterator[Told]:
    """Show which week is being lived through: a bar on a terminal, a line now and then where the output is piped."""
    days, words = 7 * weeks, _("Living through %(weeks)s weeks of the demo community", weeks=weeks)
    typer.echo(f"{words} …")
    first, done = clock.now() - days * DAY, 0
    with progress(days, words) as advance:

        def told(moment: int) -> None:
            nonlocal done
            day = min(days, (moment - first) // DAY)
            if day <= done:
                return
            advance(day - done)
            if not sys.stderr.isatty() and day * LINES // days > done * LINES // days:
                typer.echo(_("  week %(week)s of %(weeks)s", week=-(-day // 7), weeks=weeks))
            done = day

        yield told


async def live(seed: int, weeks: int, told: Told = lambda _: None) -> Demo:
    """Make the demo community and live through its weeks up to now, telling each moment."""
    rng = Random(seed)  # noqa: S311  a story, not a secret
    lived = await open_demo(rng, chosen().zone, weeks)
    await demo_today.plan_today(lived)
    demo_hours.plan_hours(lived)
    await demo_shifts.plan_weeks(lived)
    await demo_odd.plan_scenes(lived, (*demo_odd.SCENES, *demo_odd_hours.SCENES))
    demo_shop.plan_shop(lived)
    demo_stock.plan_stock(lived)
    demo_day.plan_days(lived)
    demo_reserving.plan_reservations(lived)
    demo_sheets.plan_sheets(lived)
    demo_settlement.plan_settlements(lived)
    demo_services.plan_services(lived)
    demo_desks.plan_desks(lived)
    demo_scenes.plan_scenes(lived)
    demo_approvals.plan_approvals(lived)
    demo_signups.plan_signups(lived)
    await lived.timeline.live(lived.now, told)
    return lived


async def _guests(book_id: int) -> list[Guest]:
    """Choose three volunteers with something to see, and make each a fresh one-time link."""
    members = await roster.members(book_id)
    points = await demo_today.points_of(book_id, [each.person_id for each in members])
    debts = {chart.owed(each.person_id): each for each in members}
    held = await holdings(book_id, debts)
    owing = next((each for name, each in debts.items() if held[name].balance), None)
    rich = sorted(members, key=lambda each: -points[each.person_id])
    with_voucher = [
        each for each in rich if await demo_scenes.has_open_voucher(book_id, each.person_id)
    ]
    fresh = next((each for each in reversed(members) if not points[each.person_id]), None)
    chosen_few: list[tuple[Membership | None, str]] = [
        (next(iter(with_voucher), rich[0]), _("has points and a voucher")),
        (owing, _("owes points: hours were taken back after they had been spent")),
        (fresh, _("is new: no points yet")),
    ]
    return [
        Guest(
            *(each.person.name, each.shown_number, what),
            await signin.invite_from_console(book_id, each.person_id),
        )
        for each, what in chosen_few
        if each is not None
    ]


def _print(guests: list[Guest], port: int, *, by_password: bool) -> None:
    typer.echo("")
    typer.echo(f"{folded(demo_data.COMMUNITY)}  {origin(port)}")
    typer.echo(_("Staff sign in at %(where)s", where=f"{origin(port)}/sign-in"))
    typer.echo(_("(password of all: %(password)s)", password=demo_data.PASSWORD))
    if not by_password:
        typer.echo(
            _(
                "The first time, each sets up a second proof: an app, or a sheet of codes. `caihong serve --demo` lets "
                "them in without, as long as only this computer is served."
            )
        )
    for member in demo_data.STAFF:
        if member.sign_in_name:
            typer.echo(f"  {member.sign_in_name:<12}{_(WORK[Role(member.role)])} {member.company}")
    typer.echo(_("Volunteers open a one-time link, each in a browser window of its own:"))
    for guest in guests:
        typer.echo(f"  {guest.name} ({guest.number}) {guest.what}")
        typer.echo(f"    {one_time_link(guest.token, port)}")
    typer.echo(_("Everybody knows these passwords: never put real people into the demo."))
    typer.echo("")


def is_demo(community: Community) -> bool:
    """Say whether a community is the demo's."""
    return community.name == folded(demo_data.COMMUNITY)
