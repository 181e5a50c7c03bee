"""Questions by which a staff member makes sure who stands there; two right answers are needed. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from kernel.days import day_of
from people.card_errors import TwoFactsNeeded
from people.models import Membership

TAIL = 4
NEEDED = 2


class Question(StrEnum):
    """What a staff member may ask."""

    FLAT = "flat"
    PHONE = "phone"
    JOINED = "joined"
    NUMBER = "number"


def questions(member: Membership, zone: str) -> list[tuple[Question, str]]:
    """Return what can be asked of a member, with the answers as they are kept; at least two, even of a new one."""
    joined = day_of(member.joined_at, zone)
    answers = {
        Question.FLAT: member.flat,
        Question.PHONE: member.person.phone[-TAIL:],
        Question.JOINED: f"{joined // 10_000}-{joined // 100 % 100:02d}",
        Question.NUMBER: member.shown_number,
    }
    return [(question, answer) for question, answer in answers.items() if answer]


def two_facts(member: Membership, answered: Iterable[str]) -> str:
    """Return the questions answered rightly as they are kept with the act, `flat,phone`.

    Raises:
        TwoFactsNeeded
    """
    # The zone only moves the day of joining, and every question that can be asked counts the same.
    askable = {question.value for question, _ in questions(member, "UTC")}
    known = sorted(askable & set(answered))
    if len(known) < NEEDED:
        raise TwoFactsNeeded(field="fact")
    return ",".join(known)
