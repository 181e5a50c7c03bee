"""Masks, names and phones, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from people.errors import NameIsEmpty, PhoneIsInvalid, TextTooLong
from people.masks import masked_name, masked_phone
from people.naming import folded, folded_flat, folded_name, folded_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王秀兰", "王*兰"),
        ("王兰", "王*"),
        ("欧阳修远", "欧阳*远"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("司马相如", "司马*如"),
        ("王小二三", "王**三"),
        ("王", "王*"),
        ("Anna", "A***"),
        ("Anna Maria Schmidt", "A***"),
        ("阿依古丽·买买提", "阿***"),
        ("", "*"),
    ],
)
def test_a_name_is_masked(name, shown):
    assert masked_name(name) == shown


@given(st.text("王李张欧阳司马秀兰国强", min_size=2, max_size=6))
def test_a_masked_name_always_hides_a_sign_and_keeps_its_length(name):
    assert "*" in masked_name(name)
    assert len(masked_name(name)) == len(name)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800001234", "138****1234"),
        ("8613800001234", "861******1234"),
        ("051688123", "*******23"),
        ("", ""),
    ],
)
def test_a_phone_is_masked(phone, shown):
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 王\u3000秀兰 ", "王 秀兰"),
        ("Ａｎｎａ", "Anna"),
        ("王\u200b秀\u202e兰\x00", "王秀兰"),
        ("a\r\n b\t c", "a b c"),
    ],
)
def test_a_name_is_kept_in_one_form(typed, kept):
    assert folded_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", NameIsEmpty),
        (" \u200b\n", NameIsEmpty),
        ("王" * 41, TextTooLong),
        ("\ufdfa" * 10**6, TextTooLong),
    ],
)
def test_a_name_that_is_none_is_refused(typed, refusal):
    with pytest.raises(refusal):
        folded_name(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0000 1234", "13800001234"),
        ("+86 138-0000-1234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("(0516) 8812 3456", "051688123456"),
        ("+44 20 7946 0000", "442079460000"),
        ("", ""),
    ],
)
def test_a_phone_is_kept_as_digits(typed, kept):
    assert folded_phone(typed) == kept


@pytest.mark.parametrize("typed", ["abc", "1234", "1" * 16, "138x", "1" * 10**6, "١٢٣٤٥٦"])
def test_a_phone_that_is_none_is_refused(typed):
    with pytest.raises(PhoneIsInvalid):
        folded_phone(typed)


@given(st.text())
def test_any_text_is_folded_once_and_for_all_or_refused(text):
    assert folded(folded(text)) == folded(text)
    for fold in (folded_name, folded_flat, folded_phone):
        try:
            kept = fold(text)
        except Invalid:
            continue
        assert "\x00" not in kept
        assert kept == kept.strip()
