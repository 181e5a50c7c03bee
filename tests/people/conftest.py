"""A community with a volunteer and a member of staff."""

from dataclasses import dataclass

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from people import passwords
from people.credentials import set_password
from people.models import Community, Membership, Role
from people.registration import grant_role, open_community, register

PASSWORD = "seven cranes fly"


@dataclass
class Town:
    community: Community
    wang: Membership
    chen: Membership

    @property
    def book(self) -> int:
        return int(self.community.id)


@pytest.fixture
async def town(database, monkeypatch):
    """Jinyuan, where Wang volunteers and Chen organises and serves at the counter."""
    # test_passwords.py hashes at full strength; here a hash is only in the way.
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    community = await open_community("金苑社区")
    wang = await register(community.id, "王秀兰", "138 0000 1234", "3-2-501")
    chen = await register(community.id, "陈静", "13900005678")
    await grant_role(community.id, chen.person_id, Role.ORGANISER, None)
    await grant_role(community.id, chen.person_id, Role.CLERK, None)
    await set_password(chen.person_id, "Chen Jing", PASSWORD)
    return Town(community, wang, chen)
