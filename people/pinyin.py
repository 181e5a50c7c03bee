"""The first letters of names in pinyin: `wxl` for 王秀兰, as anybody types who cannot see how a name is written.

`pinyin.txt` has the letter of each of the 20,902 signs from U+4E00 on in their order, as pypinyin (MIT) knows their
commonest reading. What is read otherwise in names has its other letter here.
"""

import re
from functools import cache
from pathlib import Path

from people.naming import folded

FIRST = 0x4E00
LETTERS = re.compile(r"[a-z]{2,8}")
ALSO = {
    "单": "S", "曾": "Z", "仇": "Q", "解": "X", "翟": "Z", "查": "Z", "乐": "Y", "尉": "Y", "区": "O",
    "覃": "Q", "缪": "M", "种": "C", "召": "S", "长": "Z", "重": "C", "行": "H", "晟": "S", "茜": "X",
    "莘": "X", "隗": "W", "郇": "X", "繁": "P", "祭": "Z", "朝": "C", "曲": "Q", "参": "S", "石": "S",
}  # fmt: skip


def read_letters(text: str) -> str | None:
    """Return letters that may be the beginnings of a name, or None."""
    letters = folded(text[:40]).replace(" ", "").casefold()
    return letters.upper() if LETTERS.fullmatch(letters) else None


def begins(name: str, letters: str) -> bool:
    """Say whether the signs of a name begin with these letters, one each, from the first one on."""
    if len(letters) > len(name):
        return False
    return all(letter in letters_of(sign) for sign, letter in zip(name, letters, strict=False))


def letters_of(sign: str) -> str:
    """Return the letters that a sign may begin with."""
    place = ord(sign) - FIRST
    table = _table()
    if not 0 <= place < len(table):
        return sign.upper()
    return table[place] + ALSO.get(sign, "")


@cache
def _table() -> str:
    return (Path(__file__).parent / "pinyin.txt").read_text("ascii").replace("\n", "")
