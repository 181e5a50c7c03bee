"""A community whose book holds one award, for commands about the books."""

from dataclasses import dataclass

from ledger.desk import post
from people import registration
from people.models import Role
from tests.ledger.world import an_award


@dataclass(frozen=True)
class Book:
    """Ids of the book, its administrator and the volunteer who has 20 points."""

    book_id: int
    admin: int
    volunteer: int


async def a_book_with_an_award() -> Book:
    """Open the community of Chen Jing, who administers it, and Wang Xiulan, who has points."""
    book_id = (await registration.open_community("金苑社区")).id
    people = [
        (await registration.register(book_id, name, "", "")).person_id
        for name in ("陈静", "王秀兰")
    ]
    await registration.grant_role(book_id, people[0], Role.ADMIN, None)
    await post(an_award(book_id, people[1], 20))
    return Book(book_id, *people)
