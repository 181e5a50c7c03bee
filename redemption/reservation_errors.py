"""What reservations refuse, and what to do next."""

from kernel.errors import N_, NotFound, Refused
from ledger.errors import HoldHasEnded


class ReservationNotFound(NotFound):
    """There is no such reservation in this community."""

    slug = "reservation-not-found"
    title = N_("This reservation is not there")
    detail = N_("We could not find this reservation. Please check the pick-up number.")


class ReservationHasEnded(HoldHasEnded):
    """A reservation is collected, cancelled or let go once."""

    slug = "reservation-has-ended"
    title = N_("This reservation has ended")
    detail = N_(
        "These goods were collected, or the reservation was cancelled or its time is over. Nothing is kept for it now."
    )


class TooManyReservations(Refused):
    """A member has a few reservations open at a time."""

    slug = "too-many-reservations"
    title = N_("Please collect what is reserved first")
    detail = N_(
        "At most %(most)s reservations can be open at a time. Please collect or cancel one first."
    )
