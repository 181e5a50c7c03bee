"""The rotating code and the claim: nothing but a fresh code of this very shift opens anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin import venue_codes
from kernel.clock import MINUTE, SECOND
from kernel.keys import base32, from_base32
from people.browsers import match_digits

IDS = st.integers(min_value=1, max_value=2**63 - 1)
MOMENTS = st.integers(min_value=1_700_000_000 * SECOND, max_value=4_000_000_000 * SECOND)
NOW = 1_795_222_800 * SECOND  # the beginning of a step


@given(book=IDS, shift=IDS, now=MOMENTS)
def test_a_fresh_code_is_read_back(book, shift, now):
    text = venue_codes.issue(book, shift, now)
    assert len(text) == 55
    assert venue_codes.shift_named_by(text) == shift
    code = venue_codes.read(text, book, shift, now)
    assert code is not None
    assert (code.shift_id, code.step) == (shift, now // (10 * SECOND))


def test_every_single_bit_that_flips_is_refused():
    data = from_base32(venue_codes.issue(7, 8, NOW))
    assert data is not None
    assert len(data) == 34
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert venue_codes.read(base32(bytes(flipped)), 7, 8, NOW) is None, bit


@given(book=IDS, shift=IDS, other=IDS)
def test_a_code_of_another_shift_or_community_is_refused(book, shift, other):
    text = venue_codes.issue(book, shift, NOW)
    if other != shift:
        assert venue_codes.read(text, book, other, NOW) is None
    if other != book:
        assert venue_codes.read(text, other, shift, NOW) is None


@pytest.mark.parametrize(
    ("age", "accepted"),
    [
        (-10 * SECOND, False),
        (-1, False),
        (0, True),
        (10 * SECOND, True),
        (25 * SECOND, True),
        (25 * SECOND + 1, False),
        (26 * SECOND, False),
        (30 * SECOND, False),
    ],
)
def test_a_code_lives_for_25_seconds(age, accepted):
    text = venue_codes.issue(7, 8, NOW)
    assert (venue_codes.read(text, 7, 8, NOW + age) is not None) is accepted
    assert venue_codes.opened(text, 7, 8) is not None
    assert venue_codes.typed_is_valid(venue_codes.typed(7, 8, NOW), 7, 8, NOW + age) is accepted


@given(st.text() | st.binary(max_size=80).map(base32))
def test_garbage_is_no_code_and_no_exception(text):
    assert venue_codes.read(text, 7, 8, NOW) is None
    assert venue_codes.read_claim(text, NOW) is None
    assert not venue_codes.typed_is_valid(text + "x", 7, 8, NOW)
    venue_codes.shift_named_by(text)


@pytest.mark.parametrize("text", ["", "１２３４５６", "\ud800", "A" * 10_000, "a" * 55, "=" * 56])
def test_texts_that_break_parsers_are_no_codes(text):
    assert venue_codes.read(text, 7, 8, NOW) is None
    assert venue_codes.shift_named_by(text) is None
    assert venue_codes.opened_claim(text) is None
    assert not venue_codes.typed_is_valid(text, 7, 8, NOW)


def test_a_code_never_names_a_shift_that_no_database_can_hold():
    data = bytes([0x11, 1]) + b"\xff" * 32
    assert venue_codes.shift_named_by(base32(data)) is None


@given(book=IDS, shift=IDS, now=MOMENTS)
def test_typed_digits_are_six_and_belong_to_one_shift(book, shift, now):
    digits = venue_codes.typed(book, shift, now)
    assert len(digits) == 6
    assert digits.isdigit()
    assert venue_codes.typed_is_valid(digits, book, shift, now)


def test_typed_digits_of_other_shifts_hardly_ever_fit():
    digits = venue_codes.typed(7, 8, NOW)
    assert sum(venue_codes.typed_is_valid(digits, 7, shift, NOW) for shift in range(9, 2009)) <= 1


@given(book=IDS, shift=IDS, now=MOMENTS, was_typed=st.booleans())
def test_a_claim_is_read_back_for_five_minutes(book, shift, now, was_typed):
    claim = venue_codes.claim(book, shift, now, was_typed=was_typed)
    text = venue_codes.make_claim(claim)
    assert venue_codes.read_claim(text, now) == claim
    assert venue_codes.read_claim(text, now + 5 * MINUTE) == claim
    assert venue_codes.read_claim(text, now + 5 * MINUTE + 1) is None
    assert venue_codes.read_claim(text, now - 1) is None
    assert venue_codes.opened_claim(text) == claim


def test_a_claim_with_a_flipped_bit_is_refused():
    data = from_base32(venue_codes.make_claim(venue_codes.claim(7, 8, NOW)))
    assert data is not None
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert venue_codes.read_claim(base32(bytes(flipped)), NOW) is None, bit


def test_two_looks_at_one_code_are_two_claims():
    first, second = (venue_codes.claim(7, 8, NOW) for _ in range(2))
    assert first.fingerprint != second.fingerprint


@given(st.binary(min_size=32, max_size=32))
def test_match_digits_are_two(digest):
    assert len(match_digits(digest.hex())) == 2
