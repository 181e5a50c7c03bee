"""Passwords: argon2id, length before rules, and the same work for a name that does not exist."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from people.errors import PasswordTooCommon, PasswordTooLong, PasswordTooShort

LEAST = 8
MOST = 128

_hash = PasswordHash((Argon2Hasher(),))
# Each hash takes 64 MB: two at a time, so that a crowd at the door cannot fill a small machine's memory.
_hashers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

_COMMON = """
    password passw0rd password1 password123 password1234 p@ssw0rd p@ssword pa55word password! iloveyou iloveyou1
    12345678 123456789 1234567890 0123456789 87654321 987654321 0987654321 11223344 12341234 12344321 123123123
    112233445566 147258369 159357456 123654789 789456123 741852963 963852741 66668888 88886666 520520520 52013145
    5201314520 5845201314 13145200 1314520520 31415926 19491001 20080808 qwertyuiop qwerty123 qwerty12 qwertyui
    1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 qazwsxedc qazwsx123 zaq12wsx q1w2e3r4 asdfghjk asdfghjkl zxcvbnm1
    zxcvbnm123 asdf1234 abcd1234 abc12345 abc123456 abc123abc abcdefgh a1234567 a12345678 a123456789 aa123456
    aa12345678 123456aa 123456abc 1234abcd 1234qwer qwer1234 q1234567 qq123456 qq123456789 woaini123 woaini1314
    woaini520 woaini5201314 iloveyou520 wodemima mima1234 admin123 admin1234 admin888 administrator adminadmin
    root1234 letmein1 welcome1 welcome123 sunshine princess football baseball superman trustno1 dragon123
    monkey123 computer internet michelle jennifer starwars whatever test1234 testtest changeme changeme1
    caihong1 caihong123 caihong888 caihong1234 rainbow1 rainbow123 xuzhou123 shequ123 zhiyuanzhe zhiyuan123
"""
COMMON = frozenset(_COMMON.split())


def folded_password(text: str) -> str:
    """Return a password in one form, so that a full-width keyboard opens the same door."""
    return unicodedata.normalize("NFKC", text)


def check_password(text: str, sign_in_name: str = "") -> None:
    """Accept a new password by its length and by not being everybody's.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon
    """
    if len(text) > MOST:
        raise PasswordTooLong(most=MOST, field="password")
    password = folded_password(text)
    if len(password) < LEAST:
        raise PasswordTooShort(least=LEAST, field="password")
    low = password.casefold()
    if low in COMMON or is_a_run(low) or low == sign_in_name.casefold():
        raise PasswordTooCommon(field="password")


def is_a_run(text: str) -> bool:
    """Say whether each sign follows the one before by the same step, as in 11111111 and 23456789."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


async def hashed(text: str) -> str:
    """Return the argon2id hash of a password, computed off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(
        _hashers, _hash.hash, folded_password(text)
    )


async def matches(text: str, password_hash: str | None) -> bool:
    """Say whether a password fits a hash; without a hash, do the same work and say no."""
    return await asyncio.get_running_loop().run_in_executor(_hashers, _verify, text, password_hash)


def _verify(text: str, password_hash: str | None) -> bool:
    if len(text) > MOST:
        return False
    try:
        fits = _hash.verify(folded_password(text), password_hash or _nobodys_hash())
    except UnknownHashError:
        return False
    return fits and password_hash is not None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hash.hash("a password that nobody has")
