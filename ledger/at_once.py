"""Post many acts of a job at once: a rival who was quicker is no trouble, and one that is refused stops no other."""

import asyncio
import logging
from collections.abc import Sequence

from kernel.errors import Refused
from ledger.desk import post
from ledger.errors import BookIsReadOnly
from ledger.post import Post

log = logging.getLogger("caihong")


async def post_many(posts: Sequence[Post], *, unless: type[Refused]) -> int:
    """Post all, and return how many were ours; a post refused for `unless` was done by a rival.

    Any other refusal is told in the log. Raises: BookIsReadOnly, Unavailable and defects, after all have been answered.
    """
    answers = await asyncio.gather(*(post(each) for each in posts), return_exceptions=True)
    ours = 0
    for asked, answer in zip(posts, answers, strict=True):
        if not isinstance(answer, BaseException):
            ours += not answer.replayed
        elif isinstance(answer, BookIsReadOnly) or not isinstance(answer, Refused):
            raise answer
        elif not isinstance(answer, unless):
            log.warning("%s in book %s was refused: %s", asked.key.key, asked.book_id, answer)
    return ours
