"""Several people who come to a shift on one browser: man and wife do; three, or strangers, are pointed out."""

from collections.abc import Mapping
from dataclasses import dataclass

from checkin.models import CheckinScan
from people.homes import homes_of

A_COUPLE = 2
SEVERAL = "several-on-one-browser"
STRANGERS = "strangers-on-one-browser"


@dataclass(frozen=True, slots=True)
class Sharing:
    """With whom an attendance shared its browser at a shift, and what is odd about it (a flag, or nothing)."""

    attendance_ids: tuple[int, ...]
    flag: str


def flag_of(homes: Mapping[int, str | None]) -> str:
    """Return what is odd about persons, by their homes, who came on one browser: empty for two of one household."""
    if len(homes) > A_COUPLE:
        return SEVERAL
    known = set(homes.values())
    return STRANGERS if len(homes) == A_COUPLE and (len(known) > 1 or None in known) else ""


async def flag_for(book_id: int, shift_id: int, person_id: int, browser: str) -> str:
    """Return the flag of a person who comes to a shift on a browser (its hash); empty where it is not known."""
    if not browser:
        return ""
    scans = CheckinScan.filter(book_id=book_id, shift_id=shift_id, browser=browser, refusal="")
    people = {scan.person_id for scan in await scans if scan.person_id is not None} | {person_id}
    homes = await homes_of(book_id, people)
    return flag_of({each: homes.get(each) for each in people})


async def sharing_at(book_id: int, shift_ids: list[int]) -> dict[int, Sharing]:
    """Return who shared a browser at some shifts, by attendance; those who came alone are left out."""
    scans = await CheckinScan.filter(
        book_id=book_id, shift_id__in=shift_ids, refusal="", attendance_id__isnull=False
    ).exclude(browser="")
    groups: dict[tuple[int | None, str], dict[int, str]] = {}
    for scan in scans:
        group = groups.setdefault((scan.shift_id, scan.browser), {})
        group[scan.attendance_id or 0] = group.get(scan.attendance_id or 0, "") or scan.flag
    found: dict[int, Sharing] = {}
    for group in groups.values():
        flags = {flag for flag in group.values() if flag}
        flag = SEVERAL if SEVERAL in flags else next(iter(flags), "")
        for one in group if len(group) > 1 else ():
            found[one] = Sharing(tuple(each for each in group if each != one), flag)
    return found
