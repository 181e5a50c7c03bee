"""Post many acts of a job at once: what somebody else was quicker with is no trouble, anything else is."""

import asyncio
from collections.abc import Iterable

from kernel.errors import Refused
from ledger.desk import post
from ledger.post import Post


async def post_many(posts: Iterable[Post], *, unless: type[Refused]) -> int:
    """Post all, and return how many were ours and not a rival's; a post refused for `unless` was a rival's.

    Raises: any other refusal, after all have been answered.
    """
    answers = await asyncio.gather(*(post(each) for each in posts), return_exceptions=True)
    ours = 0
    for answer in answers:
        if not isinstance(answer, BaseException):
            ours += not answer.replayed
        elif not isinstance(answer, unless):
            raise answer
    return ours
