"""What a new item at the counter is refused for, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class AddedItOneself(Refused):
    """What one adds at the counter nobody of one's household takes home before another person has seen it."""

    slug = "added-it-oneself"
    title = N_("Not before a colleague has confirmed it")
    detail = N_(
        "%(item)s was added by this person or their household. They can have it once an organiser has confirmed it."
    )


class NotConfirmedYet(Refused):
    """What nobody has confirmed is exchanged at the counter and nowhere else."""

    slug = "not-confirmed-yet"
    title = N_("Not confirmed yet")
    detail = N_("%(item)s was added at the counter, and nobody has confirmed it yet.")


class NewItemIsDear(Invalid):
    """What the counter adds is cheap."""

    slug = "new-item-is-dear"
    title = N_("Please check the price")
    detail = N_("The counter adds items of 1 to %(most)s points. The office adds dearer ones.")


class NewItemsAreMany(Invalid):
    """What the counter adds is little."""

    slug = "new-items-are-many"
    title = N_("Please check the quantity")
    detail = N_(
        "The counter takes 1 to %(most)s pieces of a new item in. The office takes more in."
    )


class NewItemComesFrom(Invalid):
    """What the counter takes in was given: for relief and for money others answer."""

    slug = "new-item-comes-from"
    title = N_("Please choose where the goods come from")
    detail = N_(
        "The counter takes in what a sponsor gave or what was donated for free use. "
        "Relief goods and what was bought are taken in by the office."
    )


class NewItemNotFound(NotFound):
    """No new item waits under this number."""

    slug = "new-item-not-found"
    title = N_("Nothing waits here")
    detail = N_("This item does not wait to be confirmed any more. Please open the list again.")


class ConfirmsOwnItem(Refused):
    """What one adds at the counter another confirms."""

    slug = "confirms-own-item"
    title = N_("Two persons are needed")
    detail = N_("You added this item yourself. Please let a colleague confirm it.")
