"""What the counter and the property desk refuse, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class CartIsEmpty(Invalid):
    """There is nothing to exchange."""

    slug = "cart-is-empty"
    title = N_("Nothing in this exchange")
    detail = N_("There is nothing in this exchange yet. Please scan the goods first.")


class QuantityIsOdd(Invalid):
    """A quantity is a whole number that fits on a counter."""

    slug = "quantity-is-odd"
    title = N_("Please check the quantity")
    detail = N_("The quantity must be a whole number from 1 to %(most)s. Please enter it again.")


class BarcodeIsWrong(Invalid):
    """A barcode has 8, 12 or 13 digits and a right check digit."""

    slug = "barcode-is-wrong"
    title = N_("This barcode cannot be right")
    detail = N_("This barcode does not add up. Please scan it again, or type all of its digits.")


class BarcodeIsTaken(Refused):
    """A barcode belongs to one item of a shop."""

    slug = "barcode-is-taken"
    title = N_("This barcode is already in use")
    detail = N_(
        "This barcode already belongs to %(item)s. Please use that item or another barcode."
    )


class PriceIsWrong(Invalid):
    """Prices are whole numbers and not negative."""

    slug = "price-is-wrong"
    title = N_("Please check the price")
    detail = N_("Prices are whole numbers from 0 to %(most)s. Please enter the price again.")


class NameIsMissing(Invalid):
    """A thing on the shelf has a name."""

    slug = "item-name-is-missing"
    title = N_("The name is missing")
    detail = N_("Please enter a name of 1 to %(most)s characters.")


class NotAMember(NotFound):
    """The person does not belong to this community."""

    slug = "person-not-a-member"
    title = N_("Not a member of this community")
    detail = N_("This person is not registered in this community. Please ask the community office.")


class ServesOneself(Refused):
    """Nobody serves at the counter and receives there in one act."""

    slug = "serves-oneself"
    title = N_("Somebody else must serve you")
    detail = N_("You cannot record your own exchange. Please ask a colleague to serve you.")


class ItemIsWithdrawn(Refused):
    """The item is not for exchange at the moment."""

    slug = "item-is-withdrawn"
    title = N_("Not for exchange at the moment")
    detail = N_("%(item)s is not for exchange at the moment. Please take it out of this exchange.")


class ReliefOnly(Refused):
    """Relief goods are given to those in need, never exchanged for points."""

    slug = "relief-only"
    title = N_("Relief goods")
    detail = N_("%(item)s is for relief only and cannot be exchanged for points.")


class OutOfStock(Refused):
    """The shelf holds less than the cart."""

    slug = "out-of-stock"
    title = N_("Not enough on the shelf")
    detail = N_(
        "Of %(item)s only %(left)s are left. Please lower the quantity or choose something else."
    )


class PriceHasChanged(Refused):
    """The total the customer saw is no longer the price."""

    slug = "price-has-changed"
    title = N_("A price has changed")
    detail = N_(
        "The total is now %(total)s points, not %(expected)s. Please tell the customer and confirm again."
    )


class UndoTimeIsOver(Refused):
    """An undo is for a mistake just made."""

    slug = "undo-time-is-over"
    title = N_("Too late to undo")
    detail = N_(
        "This can be undone within 15 minutes only. Please record a return or ask the organiser."
    )


class AlreadyUndone(Refused):
    """What was undone cannot be undone or given back again."""

    slug = "already-undone"
    title = N_("Already undone")
    detail = N_("This has already been undone. Nothing was changed.")


class PartlyReturned(Refused):
    """An exchange with returned goods is no longer undone as a whole."""

    slug = "partly-returned"
    title = N_("Some goods were already returned")
    detail = N_("Some of these goods were already returned. Please record the rest as a return.")


class ReturnsTooMuch(Refused):
    """No more comes back than went out."""

    slug = "returns-too-much"
    title = N_("More than was handed out")
    detail = N_("Only %(left)s of this line can still be returned. Please lower the quantity.")


class ReturnNeedsApproval(Refused):
    """A late or large return takes a second person."""

    slug = "return-needs-approval"
    title = N_("This return needs approval")
    detail = N_(
        "A return after the day of the exchange, or of more than %(most)s points, is approved by the "
        "organiser first. Please say why and ask for it."
    )


class OfferIsWithdrawn(Refused):
    """The denomination is not issued at the moment."""

    slug = "voucher-offer-is-withdrawn"
    title = N_("This voucher is not offered at the moment")
    detail = N_("This voucher is not offered at the moment. Please choose another amount.")


class VoucherNotFound(NotFound):
    """No such voucher, or not for this desk: both get the same answer."""

    slug = "voucher-not-found"
    title = N_("No such voucher here")
    detail = N_(
        "We could not find this voucher at your desk. Please check the number; the resident can ask the office."
    )


class VoucherCodeUnreadable(Invalid):
    """The scanned or typed code is damaged or not one of ours."""

    slug = "voucher-code-unreadable"
    title = N_("This code cannot be read")
    detail = N_(
        "This is not a complete voucher code. Please scan again or type the number printed beside it."
    )


class VoucherIsUsedUp(Refused):
    """Nothing is left on the voucher."""

    slug = "voucher-is-used-up"
    title = N_("Already used up")
    detail = N_("This voucher has been used up; nothing is left on it.")


class VoucherIsVoid(Refused):
    """The voucher was given back for points."""

    slug = "voucher-is-void"
    title = N_("This voucher is void")
    detail = N_(
        "This voucher was made void and can no longer be used. Nothing may be taken off the bill."
    )


class VoucherHasExpired(Refused):
    """The voucher's last day has passed."""

    slug = "voucher-has-expired"
    title = N_("This voucher has expired")
    detail = N_("This voucher was valid until %(expires_on)s. Nothing may be taken off the bill.")


class VoucherHasLess(Refused):
    """The bill takes more than is left on the voucher."""

    slug = "voucher-has-less"
    title = N_("Not so much is left on it")
    detail = N_("¥%(left)s is left on this voucher. Please enter that much or less.")


class AmountIsOdd(Invalid):
    """An amount of money is a positive whole number of fen."""

    slug = "voucher-amount-is-odd"
    title = N_("Please check the amount")
    detail = N_("The amount must be more than zero. Please enter it again.")


class AlreadySettled(Refused):
    """What has gone into a settlement is no longer undone at the desk."""

    slug = "voucher-use-already-settled"
    title = N_("Already being settled")
    detail = N_(
        "This amount is already in a settlement. Please ask the community office for a correction."
    )


class ItemNotHere(NotFound):
    """The shop has no such item."""

    slug = "item-not-here"
    title = N_("This shop does not have it")
    detail = N_("This shop has no such item. Please scan it again, or look for it by name.")


class ShopNotHere(NotFound):
    """The community has no such shop."""

    slug = "shop-not-here"
    title = N_("No such shop")
    detail = N_("This community has no such shop. Please open the counter again.")


class RedemptionNotFound(NotFound):
    """No such receipt in this community."""

    slug = "redemption-not-found"
    title = N_("No such receipt")
    detail = N_("We could not find this receipt. Please check its number.")


class DayIsOdd(Invalid):
    """A day is written as year, month and day and exists in the calendar."""

    slug = "day-is-odd"
    title = N_("Please check the date")
    detail = N_("This date does not exist. Please enter year, month and day again.")


class OfferNotHere(NotFound):
    """The community does not offer this voucher, or not with this company."""

    slug = "voucher-offer-not-here"
    title = N_("No such voucher")
    detail = N_("This voucher is not on offer here. Please choose one from the list.")
