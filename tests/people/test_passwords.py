"""Passwords, without a database."""

import pytest

from people.errors import PasswordTooCommon, PasswordTooLong, PasswordTooShort
from people.passwords import check_password, hashed, matches


@pytest.mark.parametrize(
    "password", ["correct horse", "我们小区真好啊啊", "x" * 63 + "y", "Kx9#mmqp"]
)
def test_a_password_of_eight_signs_is_enough_whatever_they_are(password):
    check_password(password, "li")


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("", PasswordTooShort),
        ("seven77", PasswordTooShort),
        ("password", PasswordTooCommon),
        ("PassWord123", PasswordTooCommon),
        ("12345678", PasswordTooCommon),
        ("１２３４５６７８", PasswordTooCommon),
        ("88888888", PasswordTooCommon),
        ("87654321", PasswordTooCommon),
        ("abcdefghij", PasswordTooCommon),
        ("Director Li", PasswordTooCommon),
        ("x" * 129, PasswordTooLong),
        ("x" * 10_000_000, PasswordTooLong),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password, refusal):
    with pytest.raises(refusal):
        check_password(password, "director li")


async def test_a_password_opens_and_another_does_not():
    kept = await hashed("correct horse")
    assert kept.startswith("$argon2id$")
    assert await matches("correct horse", kept)
    assert await matches("ｃｏｒｒｅｃｔ ｈｏｒｓｅ", kept)
    assert not await matches("correct horsf", kept)
    assert not await matches("x" * 1000, kept)


async def test_nobodys_password_never_fits():
    assert not await matches("a password that nobody has", None)
    assert not await matches("anything else", "not a hash")
