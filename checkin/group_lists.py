"""A group's list as it is pasted from a chat, read line by line: who is sure, who is doubtful, who is nobody. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checkin.signup_errors import GroupListIsEmpty, GroupListIsTooLong
from people.masks import COMPOUND_SURNAMES
from people.naming import folded

MOST_ENTRIES, MOST_SIGNS, MOST_CANDIDATES = 300, 20_000, 8
_NUMBERED = re.compile(r"(?<!\d)(\d{1,3})\s*(?:[.、):]|,(?!\d))(?!\d)\s*")
_BARE = re.compile(r"(?m)^\s*(\d{1,3})\s+(?=\D)")
_NOISE = re.compile(r"^[#@].*$|^(?:接龙|报名|例|格式)")
_CALLED = re.compile(
    r"^(?:老|小)?([\u3400-\u9fff]{1,2})(?:姐|哥|叔|姨|伯|婶|嫂|爷|奶奶|爷爷|阿姨|叔叔|大姐|大哥|大爷|大妈|师傅|老师|医生|主任|书记)$"
)
_OLD_OR_YOUNG = re.compile(r"^(?:老|小|阿)([\u3400-\u9fff])$")


@dataclass(frozen=True, slots=True)
class Member:
    """A member as far as a list can mean them."""

    person_id: int
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: its text, whom it surely means, or whom it may mean; nobody at all if both are empty."""

    text: str
    sure: int | None
    candidates: tuple[int, ...] = ()

    @property
    def meant(self) -> tuple[int, ...]:
        """Return whom it means or may mean."""
        return self.candidates if self.sure is None else (self.sure,)


def entries(text: str) -> list[str]:
    """Return the entries of a pasted list without their numbers; what stands before the first is left out.

    Raises: GroupListIsEmpty, GroupListIsTooLong.
    """
    if len(text) > MOST_SIGNS:
        raise GroupListIsTooLong
    lines = [folded(line) for line in text.splitlines()]
    plain = "\n".join(line for line in lines if line)
    found = _numbered(plain) or [line for line in plain.split("\n") if not _NOISE.match(line)]
    kept = [folded(each) for each in found if folded(each)]
    if not kept:
        raise GroupListIsEmpty
    if len(kept) > MOST_ENTRIES:
        raise GroupListIsTooLong
    return kept


def _numbered(plain: str) -> list[str]:
    """Cut a text at 1., 2., 3. … in turn, so that a date or a house number in between cuts nothing."""
    for shape in (_NUMBERED, _BARE):
        cuts: list[re.Match[str]] = []
        for mark in shape.finditer(plain):
            if int(mark[1]) == len(cuts) + 1:
                cuts.append(mark)
        if cuts:
            ends = [*(mark.start() for mark in cuts[1:]), len(plain)]
            return [
                plain[mark.end() : end].replace("\n", " ")
                for mark, end in zip(cuts, ends, strict=True)
            ]
    return []


def read(text: str, members: Sequence[Member]) -> list[Entry]:
    """Return whom each entry of a pasted list means. Raises: GroupListIsEmpty, GroupListIsTooLong."""
    return [match(each, members) for each in entries(text)]


def match(text: str, members: Sequence[Member]) -> Entry:
    """Return whom one entry means: sure by a whole name or number that only one has, otherwise doubtful.

    A second person in an entry, a name within other signs, a nickname or a shared name is for somebody to decide.
    """
    words = [word for word in re.split(r"[\s,,、/+&()()]+", text) if word]
    named = _unique(each.person_id for word in words for each in members if each.name == word)
    numbered = _unique(
        each.person_id
        for word in words
        for each in members
        if word.isascii() and word.isdigit() and int(word) == each.number
    )
    both = [each for each in named if each in numbered]
    if len(both) == 1:
        return Entry(text, both[0], ())
    whole = _unique([*named, *numbered])
    if len(whole) == 1:
        return Entry(text, whole[0], ())
    if whole:
        return Entry(text, None, whole[:MOST_CANDIDATES])
    return Entry(text, None, _alike(text, words, members)[:MOST_CANDIDATES])


def _alike(text: str, words: list[str], members: Sequence[Member]) -> tuple[int, ...]:
    within = [each.person_id for each in members if len(each.name) > 1 and each.name in text]
    given = [
        each.person_id
        for word in words
        for each in members
        if len(word) > 1 and len(each.name) > len(word) and each.name.endswith(word)
    ]
    surnames = [found for word in words if (found := called(word))]
    family = [
        each.person_id
        for surname in surnames
        for each in members
        if each.name.startswith(surname) and len(each.name) > len(surname)
    ]
    return _unique([*within, *given, *family])


def called(word: str) -> str:
    """Return the surname in a form of address such as 王姐, 李师傅 or 老张; empty if it is none."""
    found = _CALLED.match(word) or _OLD_OR_YOUNG.match(word)
    if found is None:
        return ""
    surname = found[1]
    return surname if len(surname) == 1 or surname in COMPOUND_SURNAMES else ""


def _unique(found: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(found))
