"""Member codes and scanned texts, without a database."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.codes import (
    CODE_SIGNS,
    Expired,
    MemberCode,
    kind_of,
    make_code,
    read_code,
    read_number,
    read_scanned,
    shown_number,
)

SECOND = 1_000_000
KEY = bytes(range(32))
ids = st.integers(1, 2**63 - 1)
moments = st.integers(0, 2**32 * SECOND)


@given(ids, ids, moments)
def test_a_code_says_whose_it_is(book, member, moment):
    code = make_code(KEY, book, member, moment)
    assert len(code) == CODE_SIGNS
    assert kind_of(code) == 0x21
    read = read_code(KEY, book, code, moment)
    assert isinstance(read, MemberCode)
    assert read.membership_id == member


@given(ids, ids, moments, st.integers(0, 59))
def test_a_code_is_good_in_its_step_and_the_next(book, member, moment, later):
    start = moment - moment % (30 * SECOND)
    code = make_code(KEY, book, member, start)
    assert isinstance(read_code(KEY, book, code, start + later * SECOND), MemberCode)


@given(ids, ids, moments, st.integers(60, 10**6))
def test_a_code_of_an_older_step_is_expired_and_no_more(book, member, moment, later):
    start = moment - moment % (30 * SECOND)
    code = make_code(KEY, book, member, start)
    assert isinstance(read_code(KEY, book, code, start + later * SECOND), Expired)


@given(ids, ids, st.integers(60 * SECOND, 2**32 * SECOND))
def test_a_code_of_a_step_to_come_is_not_good_yet(book, member, moment):
    code = make_code(KEY, book, member, moment)
    assert isinstance(read_code(KEY, book, code, moment - 30 * SECOND), Expired)


@given(ids, ids, moments)
def test_every_single_flipped_bit_is_refused(book, member, moment):
    data = base64.b32decode(make_code(KEY, book, member, moment))
    for bit in range(8 * len(data)):
        other = bytearray(data)
        other[bit // 8] ^= 1 << bit % 8
        assert read_code(KEY, book, base64.b32encode(other).decode(), moment) is None


@given(ids, ids, ids, moments)
def test_another_community_does_not_know_the_code(book, other, member, moment):
    code = make_code(KEY, book, member, moment)
    assert (read_code(KEY, other, code, moment) is None) == (other != book)


@given(ids, ids, moments, st.binary(min_size=32, max_size=32))
def test_another_key_does_not_know_the_code(book, member, moment, key):
    code = make_code(key, book, member, moment)
    assert (read_code(KEY, book, code, moment) is None) == (key != KEY)


@given(st.one_of(st.text(), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=", min_size=40, max_size=56)))
def test_garbage_is_read_as_nothing_and_raises_nothing(text):
    assert read_code(KEY, 1, text, 0) is None
    assert read_code(KEY, 1, read_scanned(text), 0) is None
    kind_of(text)
    read_number(text)


def full_width(text):
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@given(
    ids, ids, moments, st.sampled_from(["A.CN", "caihong.example.cn", "192.168.1.20:8000", "[::1]"])
)
def test_a_code_is_read_however_it_was_scanned(book, member, moment, host):
    code = make_code(KEY, book, member, moment)
    for text in (
        code,
        code.lower(),
        f"  {code}\r\n",
        f"{code}\t",
        full_width(code),
        f"HTTPS://{host}/Q/{code}",
        f"https://{host}/q/{code.lower()}?from=wechat#top",
        full_width(f"HTTPS://{host}/Q/{code}"),
        f"/Q/{code}",
    ):
        assert read_scanned(text) == code


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("6901234567892\r\n", "6901234567892"),
        ("１２３", "123"),
        (" 王秀兰 ", "王秀兰"),
        ("", ""),
        ("\x00\x1b[A", "[A"),
        ("https://other.example/page", "HTTPS://OTHER.EXAMPLE/PAGE"),
        ("https://a.cn/Q/", ""),
    ],
)
def test_a_scanned_text_is_read_as_what_identifies_it(text, read):
    assert read_scanned(text) == read


def test_a_scanned_text_of_ten_megabytes_is_cut_and_not_folded():
    assert len(read_scanned("\ufdfa" * 10_000_000)) < 10_000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("101", 101),
        ("１０１", 101),
        (" 007\n", 7),
        ("No. 12", 12),
        ("#12", 12),
        ("1 024", 1024),
        ("0", None),
        ("", None),
        ("1234567", None),
        ("-", None),
        ("١٢", None),
        ("一二", None),
        ("1e3", None),
    ],
)
def test_a_short_number_is_read_as_it_is_said(text, number):
    assert read_number(text) == number


@given(st.integers(1, 999_999))
def test_a_shown_number_can_be_read_again(number):
    assert read_number(shown_number(number)) == number
