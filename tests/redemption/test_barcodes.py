"""Barcodes: check digits, the in-store range, what a scanner or a hand sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redemption.barcodes import IN_STORE_NUMBERS, check_digit, in_store, read, valid_ean


@pytest.mark.parametrize("code", ["4006381333931", "6901234567892", "96385074", "036000291452"])
def test_a_printed_code_adds_up(code: str):
    assert valid_ean(code)
    assert check_digit(code[:-1]) == code[-1]


@given(st.integers(0, IN_STORE_NUMBERS - 1))
def test_an_in_store_code_begins_with_20_and_adds_up(number: int):
    code = in_store(number)
    assert len(code) == 13
    assert code.startswith("20")
    assert read(code) == code


@pytest.mark.parametrize("number", [-1, IN_STORE_NUMBERS])
def test_an_in_store_number_has_ten_digits(number: int):
    with pytest.raises(ValueError, match="ten digits"):
        in_store(number)


@given(st.integers(0, IN_STORE_NUMBERS - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: int, place: int, shift: int):
    code = in_store(number)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert read(wrong) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("６９０１２３４５６７８９２", "6901234567892"),
        (" 6901234-567892\r\n", "6901234567892"),
        ("036000291452", "0036000291452"),
        ("6901234567893", None),
        ("69012345678٩2", None),
        ("", None),
        ("abc", None),
        ("²²²²²²²²", None),
    ],
)
def test_what_was_typed_is_read_as_it_was_meant(typed: str, meant: str | None):
    assert read(typed) == meant


@given(st.text(max_size=40))
def test_reading_garbage_never_raises(text: str):
    assert read(text) is None or valid_ean(read(text) or "")
