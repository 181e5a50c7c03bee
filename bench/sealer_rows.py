"""What it costs the posts that a sealer in another process takes their entries from the queue meanwhile."""

from bench.acts import random_settlements
from bench.place import settle_down
from bench.posting_rows import AT_ONCE, Ground, ours, rate
from bench.rows import Goal, Row, Side, in_turns, row
from bench.sealing_beside import sealer
from bench.soundness import BooksAreWrong, watched
from kernel.database import fetch
from ledger.sealing import seal_everything


async def _waiting(book_id: int) -> int:
    rows = await fetch("SELECT COUNT(*) AS entries FROM seal_queue WHERE book_id = $1", book_id)
    return int(rows[0]["entries"])


async def sealer_row(at: Ground) -> Row:
    """Posting with a sealer beside, against posting without; the queue is empty when a round begins."""
    book = at.own.book_id

    async def before() -> None:
        await seal_everything(book)
        await settle_down(at.url)

    async with watched(book) as answers:
        alone: Side = ours(random_settlements(at.own), AT_ONCE, at.plan.seconds, answers, rate)

        async def beside() -> tuple[float, float]:
            async with sealer(at.url, book):
                figure, acts = await alone()
                waiting = await _waiting(book)
            if waiting >= acts:
                raise BooksAreWrong("the sealer beside sealed nothing")
            return figure, acts

        sides = {"ours": beside, "baseline": alone}
        samples = await in_turns(sides, at.plan.rounds, pid=at.server.pid, before=before)
    what = "posting with a sealer in another process beside it; against posting without"
    return row(("sealer-beside", what, "posts/s"), samples, Goal(0.9))


ROWS = {"sealer-beside": sealer_row}
