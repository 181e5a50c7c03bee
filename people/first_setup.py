"""The first hour of an installation: a code on its console makes the first administrator. There are none before."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

from kernel import clock
from kernel.clock import DAY
from kernel.database import transaction
from kernel.keys import base32
from kernel.settings import settings
from people import registration, roster
from people.code_sheets import read_code
from people.credentials import set_password
from people.events import Happening, happened
from people.factor_errors import SetupCodeIsWrong
from people.factors import SetupToken
from people.models import Community, Role, RoleGrant
from people.naming import COMMUNITY_LIMIT, folded_name
from people.permissions import STAFF
from people.sessions import SignedIn, token_hash
from people.two_steps import Half, start

LIFE = DAY
CODE_BYTES = 15  # 24 signs of base32
GROUP = 4

Furnish = Callable[[int], Awaitable[None]]


class First(Protocol):
    """What the first administrator types."""

    code: str
    community: str
    name: str
    sign_in_name: str
    password: str


async def nobody_works_here() -> bool:
    """Say whether no community has any staff yet."""
    working = RoleGrant.filter(revoked_at__isnull=True, role__in=sorted(STAFF))
    return not await working.exists()


async def offer() -> str | None:
    """Return a fresh set-up code, good for a day, which ends earlier ones; None once somebody works here."""
    if not await nobody_works_here():
        return None
    signs, now = base32(secrets.token_bytes(CODE_BYTES)), clock.now()
    async with transaction():
        await SetupToken.filter(ended_at__isnull=True).update(ended_at=now)
        await SetupToken.create(token_hash=token_hash(signs), made_at=now, expires_at=now + LIFE)
    return "-".join(signs[place : place + GROUP] for place in range(0, len(signs), GROUP))


async def found(first: First, furnish: Furnish) -> SignedIn | Half:
    """Open the community, take its first administrator in, begin their sign-in; a slip in any field uses nothing up.

    Where a community is there already that nobody works in, it gets the administrator. `furnish` adds to a new one what
    it needs to begin.

    Raises:
        SetupCodeIsWrong, NameIsEmpty, TextTooLong, PasswordTooShort, PasswordTooLong, PasswordTooCommon,
        SignInNameTaken
    """
    async with transaction():
        await _use(first.code)
        here = next(iter(await roster.communities()), None)
        if here is None:
            here = await _open(first.community)
            await furnish(here.id)
        admin = (await registration.register(here.id, first.name)).person_id
        await registration.grant_role(here.id, admin, Role.ADMIN, None)
        await set_password(admin, first.sign_in_name, first.password)
        await happened(Happening.SETUP_CODE_USED, here.id, admin)
        return await start(first.sign_in_name, first.password)


async def _open(name: str) -> Community:
    return await registration.open_community(
        folded_name(name, limit=COMMUNITY_LIMIT, field="community"), settings().zone
    )


async def _use(code: str) -> None:
    now = clock.now()
    good = SetupToken.filter(
        token_hash=token_hash(read_code(code)), ended_at__isnull=True, expires_at__gt=now
    )
    if not await nobody_works_here() or not await good.update(ended_at=now):
        raise SetupCodeIsWrong(field="code")
