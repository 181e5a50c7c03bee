"""Grant points to many: one entry for up to a hundred people, debts paid first in the same entry.

A list of grants is a document (`points_grant`) that says what it gives in all; no entry can bring it above that. It is
known by its digest, and its entries by their place in it: whatever happens, the same list again goes on where it
stopped and gives nobody anything twice. A person whose account is closed is left out and told, and holds up nobody.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.database import Row, execute, fetch
from kernel.days import month_end
from kernel.errors import DomainError
from kernel.ids import new_id
from ledger import chart, purse
from ledger.accounts import placeholders
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.entries import entry_lines
from ledger.errors import AccountIsClosed, NeedsTwoPeople
from ledger.grant_errors import (
    GrantAmountInvalid,
    GrantedTwice,
    GrantIsSpent,
    GrantReasonMissing,
    GrantToOneself,
)
from ledger.post import Balances, Change, Decision, DocumentKey, Fact, Facts, Post, Posted

AT_ONCE = 100
MOST_POINTS = 1_000_000
TRIES = 3
TABLE = "points_grant"


@dataclass(frozen=True, slots=True)
class Grant:
    """Points for one person."""

    person_id: int
    points: int


@dataclass(frozen=True, slots=True)
class GrantList:
    """Points for many, by whom, approved by whom, for what, and until when (yyyymmdd) they may be spent."""

    grants: tuple[Grant, ...]
    made_by: int
    reason: str
    expires_on: int
    approved_by: int | None = None

    @property
    def points(self) -> int:
        """Return what the list gives in all."""
        return sum(each.points for each in self.grants)

    @property
    def digest(self) -> str:
        """Return what makes this list the same list: who gets what for what, whoever asks and whenever."""
        said = [self.reason, *((each.person_id, each.points) for each in self.grants)]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one grant of a list: the entry that made it, or the refusal."""

    grant: Grant
    entry_id: int | None = None
    refusal: DomainError | None = None
    replayed: bool = False


def refusals(wanted: GrantList) -> dict[int, DomainError]:
    """Return what is wrong with the grants of a list, by their place in it; nothing is read."""
    found: dict[int, DomainError] = {}
    seen: set[int] = set()
    for place, each in enumerate(wanted.grants):
        if type(each.points) is not int or not 0 < each.points <= MOST_POINTS:
            found[place] = GrantAmountInvalid(most=MOST_POINTS)
        elif each.person_id in (wanted.made_by, wanted.approved_by):
            found[place] = GrantToOneself()
        elif each.person_id in seen:
            found[place] = GrantedTwice()
        seen.add(each.person_id)
    return found


async def grant(
    book_id: int, wanted: GrantList, tick: Callable[[int], object] = lambda _: None
) -> list[Answer]:
    """Grant a list and answer for each of its grants in order; `tick` is told how many were just dealt with.

    Nothing is granted if the list itself is wrong. Raises: GrantReasonMissing, NeedsTwoPeople, and the first of
    GrantAmountInvalid, GrantToOneself, GrantedTwice; BookIsReadOnly, DeskIsBusy, OutcomeIsUnknown in the middle of it.
    """
    if not wanted.reason.strip():
        raise GrantReasonMissing
    if wanted.approved_by == wanted.made_by:
        raise NeedsTwoPeople
    for refusal in refusals(wanted).values():
        raise refusal
    if not wanted.grants:
        return []
    paper = await _recorded(book_id, wanted)
    answers: list[Answer] = []
    for start in range(0, len(wanted.grants), AT_ONCE):
        some = wanted.grants[start : start + AT_ONCE]
        answers += await _Part(book_id, wanted, paper, start, some).granted()
        tick(len(some))
    return answers


async def _recorded(book_id: int, wanted: GrantList) -> Row:
    """Return the list's document, written now or when the same list first came: its first words count."""
    await execute(
        "INSERT INTO points_grant "
        "(book_id, id, points_listed, made_by, approved_by, made_at, expires_on, people, digest) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (book_id, digest) DO NOTHING",
        *(book_id, new_id(), wanted.points, wanted.made_by, wanted.approved_by, clock.now()),
        *(month_end(wanted.expires_on), len(wanted.grants), wanted.digest),
    )
    query = "SELECT * FROM points_grant WHERE book_id = $1 AND digest = $2"
    return (await fetch(query, book_id, wanted.digest))[0]


@dataclass(frozen=True, slots=True)
class _Part:
    """Up to a hundred grants of a list, from the place where they begin."""

    book_id: int
    wanted: GrantList
    paper: Row
    start: int
    grants: Sequence[Grant]

    async def granted(self) -> list[Answer]:
        """Post these grants as one entry, without those whose accounts are closed."""
        for _ in range(TRIES):
            closed = await self._closed()
            taken = [each for each in self.grants if each.person_id not in closed]
            if not taken:
                break
            try:
                posted = await post(self._post(taken))
            except AccountIsClosed:  # since we looked
                continue
            return await self._answers(posted, {each.person_id for each in taken})
        return [Answer(each, refusal=AccountIsClosed()) for each in self.grants]

    async def _answers(self, posted: Posted, people: set[int]) -> list[Answer]:
        if posted.replayed:
            # The entry knows whom it gave something, then.
            people = await _people_of(self.book_id, posted.entry_id)
        return [
            Answer(each, posted.entry_id, replayed=posted.replayed)
            if each.person_id in people
            else Answer(each, refusal=AccountIsClosed(), replayed=posted.replayed)
            for each in self.grants
        ]

    def _post(self, taken: Sequence[Grant]) -> Post:
        paper = Fact(TABLE, self.paper["id"])
        return Post(
            book_id=self.book_id,
            kind=Kind.POINTS_GRANTED,
            key=DocumentKey(f"grant:{self.paper['id']}:{self.start}", self.paper["digest"]),
            document=paper,
            facts=(paper,),
            accounts=(chart.POINTS_ISSUED, *_accounts(taken)),
            decide=lambda facts, balances: self._decide(taken, facts, balances),
            actor_id=self.paper["made_by"],
            approver_id=self.paper["approved_by"],
            reason_code="granted",
            reason=self.wanted.reason,
        )

    def _decide(self, taken: Sequence[Grant], facts: Facts, balances: Balances) -> Decision:
        paper = Fact(TABLE, self.paper["id"])
        listed, before = facts[paper]["points_listed"], facts[paper]["points_granted"]
        after = before + sum(each.points for each in taken)
        if after > listed:
            raise GrantIsSpent(listed=listed, granted=before)
        day = self.paper["expires_on"]
        lines = [
            line
            for each in taken
            for line in purse.earned(each.person_id, each.points, day, balances)
        ]
        return Decision(tuple(lines), (Change(TABLE, paper.id, {"points_granted": after}),))

    async def _closed(self) -> set[int]:
        """Return the people of this part that have a closed account."""
        owners = {name.path: each.person_id for each in self.grants for name in _accounts([each])}
        rows = await fetch(
            "SELECT a.path FROM account a JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id "
            f"WHERE a.book_id = $1 AND b.closed = 1 AND a.path IN ({placeholders(len(owners), 2)})",
            *(self.book_id, *owners),
        )
        return {owners[row["path"]] for row in rows}


def _accounts(grants: Sequence[Grant]) -> list[AccountName]:
    names = (chart.purse, chart.owed)
    return [name(each.person_id) for each in grants for name in names]


async def _people_of(book_id: int, entry_id: int) -> set[int]:
    lines = await entry_lines(book_id, entry_id)
    return {int(line.credit.path.split(":")[1]) for line in lines}
