"""The signed code and the typed serial of a voucher: authentic ones are read, everything else is None."""

import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kernel.keys import base32, from_base32
from redemption.voucher_codes import (
    CROCKFORD,
    VoucherCode,
    check_character,
    grouped,
    new_serial,
    read,
    slip,
    typed,
    write,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHERS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
BOOK = 7_000_000_000_000_001
CODE = VoucherCode(2**62 + 5, 5000, 20271130, 2**62 + 9)

ids = st.integers(0, 2**63 - 1)
codes = st.builds(
    VoucherCode,
    ids,
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(1, 2**63 - 1),
)
serial_bodies = st.text(alphabet=CROCKFORD, min_size=10, max_size=10)


@given(codes, ids)
def test_what_was_written_is_read(code: VoucherCode, book: int):
    assert read(write(code, book, KEY), book, KEY.public_key()) == code


@pytest.mark.parametrize("host", ["", "https://caihong.example.cn/Q/", "HTTP://OLD.EXAMPLE/Q/"])
def test_the_host_of_an_address_does_not_matter(host: str):
    assert read(host + write(CODE, BOOK, KEY), BOOK, KEY.public_key()) == CODE


def test_a_scanner_may_send_lower_case_and_a_line_end():
    assert read(write(CODE, BOOK, KEY).lower() + "\r\n", BOOK, KEY.public_key()) == CODE


@given(st.integers(0, 90 * 8 - 1))
def test_a_flipped_bit_is_refused(bit: int):
    data = bytearray(from_base32(write(CODE, BOOK, KEY)) or b"")
    data[bit // 8] ^= 1 << bit % 8
    assert read(base32(bytes(data)), BOOK, KEY.public_key()) is None


@given(st.integers(0, 143))
def test_a_shortened_code_is_refused(length: int):
    assert read(write(CODE, BOOK, KEY)[:length], BOOK, KEY.public_key()) is None


def test_a_code_of_another_book_is_refused():
    assert read(write(CODE, BOOK, KEY), BOOK + 1, KEY.public_key()) is None


def test_a_code_signed_by_another_key_is_refused():
    assert read(write(CODE, BOOK, OTHERS_KEY), BOOK, KEY.public_key()) is None


@given(st.one_of(st.text(max_size=300), st.binary(max_size=120).map(base32)))
def test_reading_garbage_never_raises(text: str):
    assert read(text, BOOK, KEY.public_key()) is None
    assert typed(text) in (None, typed(text))


def test_the_picture_is_no_bigger_than_version_7():
    picture = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    picture.add_data("HTTPS://CAIHONG.EXAMPLE.CN/Q/" + write(CODE, BOOK, KEY))
    picture.make(fit=True)
    assert picture.version <= 7


def test_a_serial_is_typed_as_it_is_printed():
    serial = new_serial()
    assert len(serial) == 11
    assert typed(serial) == typed(grouped(serial)) == typed(grouped(serial).lower()) == serial
    assert slip(serial, 2) == f"{serial[:4]}-{serial[4:8]}-{serial[8:]}/2"


def test_letters_that_look_like_digits_are_read_as_digits():
    body = "0123456789"
    serial = body + check_character(body)
    wide = serial.replace("0", "Ｏ").replace("1", "l", 1)
    assert typed(wide) == serial


@given(serial_bodies, st.integers(0, 10), st.sampled_from(CROCKFORD))
def test_every_single_slip_is_noticed(body: str, place: int, sign: str):
    serial = body + check_character(body)
    wrong = serial[:place] + sign + serial[place + 1 :]
    assert typed(wrong) == (serial if wrong == serial else None)


@given(serial_bodies, st.integers(0, 9))
def test_every_swap_of_neighbours_is_noticed(body: str, place: int):
    serial = body + check_character(body)
    wrong = serial[:place] + serial[place + 1] + serial[place] + serial[place + 2 :]
    assert typed(wrong) == (serial if wrong == serial else None)
