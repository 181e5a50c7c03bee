"""Every code there is with one bit flipped, of the five that each of its base32 signs carries: all are refused."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin import venue_codes
from kernel import clock
from kernel.keys import from_base32
from kernel.settings import settings
from people import codes
from people.errors import LinkIsUnknown
from people.registration import open_community, register
from people.signin import find_invite, invite
from redemption import voucher_codes
from redemption.voucher_codes import VoucherCode

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
NOW = 1_795_222_800_000_000
BOOK, MEMBER, SHIFT = 2**62 + 1, 2**62 + 2, 2**62 + 3
KEY = bytes(range(32))
PAIR = Ed25519PrivateKey.from_private_bytes(KEY)


@pytest.fixture(autouse=True)
def root_key(monkeypatch):
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


def flips(code: str) -> list[str]:
    """The code with each of its bits flipped, those behind its last byte included."""
    return [
        code[:place] + SIGNS[SIGNS.index(sign) ^ 1 << bit] + code[place + 1 :]
        for place, sign in enumerate(code)
        for bit in range(5)
    ]


Read = Callable[[str], object]


def member_code() -> tuple[str, Read]:
    made = codes.make_code(KEY, BOOK, MEMBER, NOW)
    return made, lambda text: codes.read_code(KEY, BOOK, codes.read_scanned(text), NOW)


def venue_code() -> tuple[str, Read]:
    made = venue_codes.issue(BOOK, SHIFT, NOW)
    return made, lambda text: venue_codes.opened(codes.read_scanned(text), BOOK, SHIFT)


def venue_claim() -> tuple[str, Read]:
    made = venue_codes.make_claim(venue_codes.claim(BOOK, SHIFT, NOW))
    return made, venue_codes.opened_claim


def voucher_code(company: int) -> tuple[str, Read]:
    made = voucher_codes.write(VoucherCode(2**62 + 5, 5000, 20271130, company), BOOK, PAIR)
    return made, lambda text: voucher_codes.read(text, BOOK, PAIR.public_key())


FORMATS: dict[str, tuple[int, Callable[[], tuple[str, Read]]]] = {
    "member": (240, member_code),
    "venue": (275, venue_code),
    "claim": (475, venue_claim),
    "voucher of an old company": (665, lambda: voucher_code(7)),
    "voucher": (720, lambda: voucher_code(2**62 + 9)),
}


@pytest.mark.parametrize("name", FORMATS)
def test_no_code_survives_a_flipped_bit(name):
    bits, make = FORMATS[name]
    code, read = make()
    assert read(code) is not None
    bent = flips(code)
    assert len(bent) == bits
    assert [text for text in bent if read(text) is not None] == []


async def test_no_one_time_link_survives_a_flipped_bit(database):
    community = await open_community("金苑社区")
    wang = await register(community.id, "王秀兰")
    token = await invite(community.id, wang.person_id, wang.person_id)
    found = await find_invite(token)
    assert found.person_id == wang.person_id
    assert found.expires_at > clock.now()
    assert len(from_base32(token) or b"") == 16
    bent = flips(token)
    assert len(bent) == 130
    for text in bent:
        with pytest.raises(LinkIsUnknown):
            await find_invite(text)
