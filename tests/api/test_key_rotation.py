"""Keys that sign access tokens are replaced while servers run, and old ones fade out."""

import os
import stat
from unittest.mock import Mock

import jwt
import pytest

from api import access_tokens
from api.access_tokens import LEEWAY_SECONDS, LIFE_SECONDS, PURPOSE, Access, TokenNotAccepted
from kernel import clock
from kernel.clock import SECOND
from kernel.key_rings import RingIsUnreadable, RotationUnderWay, read_ring, rotate
from kernel.settings import settings

ME = Access(1, 2, 3)
LAST = (LIFE_SECONDS + LEEWAY_SECONDS) * SECOND


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("CAIHONG_ACCESS_KEYS_FILE", str(tmp_path / "keys" / "access.keys"))
    settings.cache_clear()
    return settings().access_keys


def kid(token):
    return access_tokens.access_keys().verifier(token, now=clock.now(), verifies_for=LAST)


def test_the_first_key_needs_no_file(file):
    assert access_tokens.read(access_tokens.issue(ME)) == ME
    assert not file.exists()


def test_a_new_key_signs_at_once_and_the_old_one_verifies_what_it_signed(file):
    old = access_tokens.issue(ME)
    rotate(file, PURPOSE)
    new = access_tokens.issue(ME)
    assert access_tokens.read(old) == access_tokens.read(new) == ME
    assert old.split(".")[0] != new.split(".")[0]


def test_a_signature_is_verified_once_and_the_time_of_its_token_and_key_each_time(
    file, monkeypatch
):
    decode = Mock(wraps=jwt.decode)
    monkeypatch.setattr(jwt, "decode", decode)
    begins = clock.now() // SECOND
    machine = Mock(return_value=begins * SECOND)
    monkeypatch.setattr(clock, "machine_now", machine)
    with clock.frozen(begins * SECOND):
        token = access_tokens.issue(ME)
    early = (begins - LEEWAY_SECONDS) * SECOND
    late = (begins + LIFE_SECONDS + LEEWAY_SECONDS) * SECOND
    for moment in (begins * SECOND, early, late - 1):
        machine.return_value = moment
        assert access_tokens.read(token) == ME
    for moment in (early - 1, late):
        machine.return_value = moment
        with pytest.raises(TokenNotAccepted):
            access_tokens.read(token)
    decode.assert_called_once()
    machine.return_value = begins * SECOND
    with clock.frozen(begins * SECOND - LAST):
        rotate(file, PURPOSE)
    with clock.frozen(begins * SECOND + 1), pytest.raises(TokenNotAccepted):
        access_tokens.read(token)


def test_a_key_is_refused_once_its_last_token_has_expired(file):
    began = access_tokens.access_keys()
    ring = rotate(file, PURPOSE)
    retired_at = ring.keys[1].retired_at or 0
    for later, verifies in ((LAST, True), (LAST + 1, False)):
        found = ring.verifier(began.kid, now=retired_at + later, verifies_for=LAST)
        assert (found is not None) is verifies
    with clock.frozen(retired_at + LAST + 1):
        assert kid(ring.kid) is not None
        assert kid(began.kid) is None


def test_a_token_of_a_retired_key_opens_nothing_though_its_time_is_not_up(file):
    began = access_tokens.access_keys()
    with clock.frozen(clock.now() - LAST - SECOND):
        rotate(file, PURPOSE)
    claims = {
        "iss": "caihong",
        "aud": "caihong-api",
        "sub": "1",
        "book": "2",
        "sid": "3",
        "jti": "x",
    }
    now = clock.now() // SECOND
    token = jwt.encode(
        claims | {"iat": now, "exp": now + 60},
        began.signer(),
        "EdDSA",
        headers={"typ": "at+jwt", "kid": began.kid},
    )
    with pytest.raises(TokenNotAccepted):
        access_tokens.read(token)


def test_old_keys_keep_no_secret_half_and_the_file_is_the_owners_alone(file):
    for _ in range(12):
        ring = rotate(file, PURPOSE)
    assert ring == read_ring(file, PURPOSE)
    assert [key.private is not None for key in ring.keys] == [True] + [False] * 8
    assert len({key.kid for key in ring.keys}) == 9
    assert "private=" not in repr(ring)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_rotations_at_once_are_one(file):
    rotate(file, PURPOSE)
    before = file.read_bytes()
    file.with_name("access.keys.new").touch()
    with pytest.raises(RotationUnderWay):
        rotate(file, PURPOSE)
    assert file.read_bytes() == before


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"keys": []}', '{"keys": [{}]}', "\x00"])
def test_a_damaged_file_signs_and_verifies_nothing(file, text):
    token = access_tokens.issue(ME)
    rotate(file, PURPOSE)
    file.write_text(text)
    with pytest.raises(RingIsUnreadable):
        access_tokens.issue(ME)
    with pytest.raises(TokenNotAccepted):
        access_tokens.read(token)
    with pytest.raises(RingIsUnreadable):
        rotate(file, PURPOSE)
    assert not file.with_name("access.keys.new").exists()
    assert file.read_text() == text


def test_a_file_whose_halves_do_not_belong_together_is_refused(file):
    one, other = rotate(file, PURPOSE).keys[0], rotate(file, PURPOSE).keys[0]
    assert one.private
    assert other.private
    file.write_text(file.read_text().replace(other.private.hex(), one.private.hex()))
    with pytest.raises(RingIsUnreadable):
        access_tokens.issue(ME)
