"""Count every closing of a shop's day again from the entries that it stands for."""

from collections import defaultdict

from kernel.database import fetch
from kernel.errors import N_
from ledger.checks import Finding
from redemption.day_figures import SIGNED, Done, done_of, figures
from redemption.day_papers import DayClose
from redemption.models import Shop

FIRST, LAST = 0, 99_999_999
LISTED = "SELECT closing_id, COUNT(*) AS entries FROM day_close_entry WHERE book_id = $1 GROUP BY closing_id"


async def closings(book_id: int) -> list[Finding]:
    """Return every closing whose figures are not what its entries moved, or that stands for another shop's or day's."""
    made = await DayClose.filter(book_id=book_id).order_by("id")
    listed = {row["closing_id"]: row["entries"] for row in await fetch(LISTED, book_id)}
    found: dict[tuple[int, int], list[Done]] = defaultdict(list)
    for shop in await Shop.filter(book_id=book_id) if made else ():
        paths = (f"shop:{shop.id}:redeemed", f"shop:{shop.id}:handed-out:%")
        for row in await fetch(SIGNED, book_id, *paths, FIRST, LAST):
            found[shop.id, row["closing_id"]].append(done_of(row))
    findings = []
    for each in made:
        own = [done for done in found[each.shop_id, each.id] if done.day == each.day]
        counted = figures(own).columns
        said = {name: getattr(each, name) for name in counted}
        if counted != said or len(own) != listed.get(each.id, 0):
            findings.append(_unlike(each, said, counted))
    return findings


def _unlike(each: DayClose, said: dict[str, int], counted: dict[str, int]) -> Finding:
    words = N_("Closing %(document)s says %(said)s %(unit)s, its entries make %(made)s")
    name = next((one for one in said if said[one] != counted[one]), "sales")
    told = {"document": each.id, "said": said[name], "unit": name, "made": counted[name]}
    return Finding("documents", words, told)
