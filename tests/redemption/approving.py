"""Who asks and who approves in a small community: viewers with the roles the tests give them."""

from people.approvals import Approval
from people.deciding import approve
from people.models import Role
from people.permissions import Viewer
from people.registration import grant_role, register
from redemption.return_acts import ask_return
from tests.redemption.world import ZONE, World
from web.acts import ACTS


async def viewer(book: int, person: int, *roles: Role) -> Viewer:
    """Give somebody roles, and return them as they come in."""
    for role in roles:
        await grant_role(book, person, role, None)
    return Viewer(person, book, "", frozenset(roles), session_id=1, zone=ZONE)


async def somebody(book: int, name: str, *roles: Role) -> Viewer:
    """Take somebody in who works here."""
    return await viewer(book, (await register(book, name)).person_id, *roles)


async def approved_return(
    world: World, redemption_id: int, parts: list[tuple[int, int]]
) -> Approval:
    """Let the clerk ask for a return, and an organiser approve it."""
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    organiser = await somebody(world.book, "赵敏", Role.ORGANISER)
    request = await ask_return(ACTS, clerk, redemption_id, parts, "包装破损")
    return await approve(ACTS, organiser, request.id, request.digest)
