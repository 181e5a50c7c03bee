"""`caihong user`: people and roles from the server's own console. There are no default accounts."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.links import PORT, one_time_link
from cli.opening import chosen, on_books
from cli.trouble import Trouble
from people import registration, resetting, roster, signin
from people.credentials import folded_sign_in_name, set_password
from people.disclosing import note_disclosure
from people.errors import CompanyNeeded, NameIsEmpty, TextTooLong
from people.models import DESKS, Community, Credential, Membership, Role
from people.naming import folded
from people.privacy import Purpose, Told
from web.founding import FIRST_RULE, furnish
from web.i18n import gettext as _

app = typer.Typer(help="People and roles, from the server's own console.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name, short number or sign-in name.")]
In = Annotated[
    str | None, typer.Option("--community", help="The community; needed where there are several.")
]
Company = Annotated[
    str | None, typer.Option(help="The property company or merchant, for somebody at its desk.")
]
Port = Annotated[int, typer.Option(envvar="PORT", help="The port in a printed link.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.VOLUNTEER,
    community: In = None,
    company: Company = None,
    phone: str = "",
    flat: str = "",
    port: Port = PORT,
) -> None:
    """Take a person in and print their one-time link. The first one opens the community named with --community."""

    if role in DESKS and not company:
        raise CompanyNeeded  # before anybody is taken in

    async def work() -> tuple[Membership, str, bool]:
        opened = not await roster.communities()
        here = await _open(community) if opened else await _community(community)
        member = await registration.register(here.id, name, phone, flat)
        await _give(here, member.person_id, role, company)
        return member, await signin.invite_from_console(here.id, member.person_id), opened

    member, token, opened = on_books(work)
    if opened:
        typer.echo(
            _(
                "The community is open: %(rule)s points an hour, one shop. Both can be changed later.",
                rule=FIRST_RULE,
            )
        )
    typer.echo(_("%(name)s has number %(number)s.", name=folded(name), number=member.shown_number))
    _print_link(token, port)


@app.command("list")
def list_people(
    community: In = None,
    everyone: Annotated[bool, typer.Option("--all", help="Volunteers too.")] = False,
) -> None:
    """List who works here, or with --all everybody."""

    async def work() -> list[str]:
        here = await _community(community)
        people = await _people(here.id, everyone)
        if everyone:
            await note_disclosure(
                here.id, Told.MEMBERS, Purpose.OFFICE, by=None, people=len(people)
            )
        return [await _row(here, each) for each in people]

    for row in on_books(work):
        typer.echo(row)


@app.command()
def reset(name: Name, community: In = None, port: Port = PORT) -> None:
    """Let somebody who is locked out begin anew: password, second factor and PIN go, every browser is signed out.

    Prints a one-time link, behind which they choose new ones.
    """

    async def work() -> str:
        here = await _community(community)
        member = await find_member(here.id, name)
        return await resetting.reset(here.id, member.person_id)

    token = on_books(work)
    typer.echo(_("Password, second factor and PIN are gone; every browser is signed out."))
    _print_link(token, port)


@app.command()
def role(
    name: Name,
    wanted: Annotated[Role, typer.Argument(metavar="ROLE", help="The role.")],
    take: Annotated[bool, typer.Option("--take", help="Take the role away instead.")] = False,
    community: In = None,
    company: Company = None,
) -> None:
    """Give somebody a role, or take it away."""

    async def work() -> str:
        here = await _community(community)
        member = await find_member(here.id, name)
        if take:
            await registration.revoke_role(here.id, member.person_id, wanted)
        else:
            await _give(here, member.person_id, wanted, company)
        return await _row(here, member)

    typer.echo(on_books(work))


@app.command()
def password(name: Name, sign_in_name: str, community: In = None) -> None:
    """Give a staff member a sign-in name and, typed unseen, a password."""
    typed = typer.prompt(_("New password"), hide_input=True, confirmation_prompt=True)

    async def work() -> None:
        here = await _community(community)
        await set_password((await find_member(here.id, name)).person_id, sign_in_name, typed)

    on_books(work)
    typer.echo(_("Done. Browsers signed in with the old password have been signed out."))


def _print_link(token: str, port: int) -> None:
    typer.echo(_("One-time link, good for a day (it signs in one browser, once):"))
    typer.echo(f"  {one_time_link(token, port)}")
    if not chosen().phones_can_open:
        typer.echo(
            _("It opens on this computer only: no address for phones is set (`caihong setup`).")
        )


async def _open(name: str | None) -> Community:
    if not name:
        raise Trouble(_("There is no community yet. Please name it: --community NAME"))
    community = await registration.open_community(name)
    await furnish(community.id)
    return community


async def _community(name: str | None) -> Community:
    everyone = await roster.communities()
    wanted = [each for each in everyone if name is None or each.name == folded(name)]
    if len(wanted) == 1:
        return wanted[0]
    if not everyone:
        raise Trouble(_("There is no community yet. `caihong user add` opens the first one."))
    raise Trouble(
        _(
            "Please say which community: --community with one of %(names)s.",
            names=", ".join(each.name for each in everyone),
        )
    )


async def _give(here: Community, person_id: int, role: Role, company: str | None) -> None:
    if role is Role.VOLUNTEER:
        await registration.grant_role(here.id, person_id, role, None)
        return
    trade = DESKS.get(role) if company else None
    company_id = None
    if trade is not None:
        company_id = (await registration.open_company(here.id, company or "", trade)).id
    await registration.grant_role(here.id, person_id, role, None, company_id=company_id)


async def find_member(book_id: int, text: str) -> Membership:
    """Return the person here with a name, short number or sign-in name. Raises: Trouble."""
    try:
        credential = await Credential.get_or_none(sign_in_name=folded_sign_in_name(text))
    except (NameIsEmpty, TextTooLong):
        credential = None
    everyone = Membership.filter(book_id=book_id).select_related("person")
    if credential is not None:
        found = await everyone.filter(person_id=credential.person_id)
    elif folded(text).isdecimal():
        found = await everyone.filter(number=int(folded(text)[:9]))
    else:
        found = await everyone.filter(person__name=folded(text)).order_by("number")
    if len(found) == 1:
        return found[0]
    raise Trouble(_several(found) if found else _("Nobody here is called %(name)s.", name=text))


def _several(found: Sequence[Membership]) -> str:
    numbers = ", ".join(each.shown_number for each in found)
    return _("Several people have that name; please give the number: %(numbers)s.", numbers=numbers)


async def _people(book_id: int, everyone: bool) -> list[Membership]:
    members = Membership.filter(book_id=book_id).select_related("person").order_by("number")
    if not everyone:
        staff = {grant.person_id for grant in await roster.staff(book_id)}
        members = members.filter(person_id__in=sorted(staff))
    return await members


async def _row(here: Community, member: Membership) -> str:
    roles = ", ".join(sorted(await roster.roles_of(here.id, member.person_id))) or "–"
    credential = await Credential.get_or_none(person_id=member.person_id)
    signs_in = credential.sign_in_name if credential else "–"
    return f"{member.shown_number}  {member.person.name}  {signs_in}  {roles}"
