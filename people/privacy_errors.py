"""What is refused about photos, erasure and one's own data, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class PhotoIsUnreadable(Invalid):
    """The file is no picture that can be read."""

    slug = "photo-unreadable"
    title = N_("This picture cannot be read")
    detail = N_("Please choose a photo in JPEG, PNG or WebP form.")


class PhotoIsTooLarge(Invalid):
    """The file or the picture in it is larger than any photo here has to be."""

    slug = "photo-too-large"
    title = N_("This picture is too large")
    detail = N_(
        "Please choose a picture of at most %(most)s MB and 24 million dots, or take it with a lower resolution."
    )


class PhotoNeedsConsent(Refused):
    """No picture is kept of somebody who has not agreed to it."""

    slug = "photo-needs-consent"
    title = N_("Has the person agreed?")
    detail = N_(
        "A photo is kept only with the person's consent. Please ask, and mark how it was given."
    )


class PhotoNotHere(NotFound):
    """There is no picture of this person, or none for this reader now."""

    slug = "photo-not-here"
    title = N_("No photo")
    detail = N_("There is no photo to be shown here.")


class StillHasPoints(Refused):
    """Whoever has points spends them first: nobody's value is taken away with their name."""

    slug = "still-has-points"
    title = N_("There are points left")
    detail = N_(
        "%(points)s points still belong to this person. Please let them exchange the points at the counter "
        "or for a voucher first, or wait until what is reserved has come back."
    )


class StillOwesPoints(Refused):
    """A debt is paid or written off first."""

    slug = "still-owes-points"
    title = N_("There are points owed")
    detail = N_(
        "%(points)s points are still owed because hours were corrected. "
        "New points pay them, or two people write them off."
    )


class HoursStillWait(Refused):
    """Hours that are not verified yet would bring points to nobody."""

    slug = "hours-still-wait"
    title = N_("Hours wait for review")
    detail = N_(
        "Hours of this person still wait for review (%(count)s). Please verify or reject them first."
    )


class RequestsStillWait(Refused):
    """A request about this person that a second one has not decided would be carried out for nobody."""

    slug = "requests-still-wait"
    title = N_("Requests wait for a decision")
    detail = N_(
        "Requests about this person still wait for a second one (%(count)s). Please decide or withdraw them first."
    )


class VouchersStillOpen(Refused):
    """An open voucher is money that somebody will bring to a property desk."""

    slug = "vouchers-still-open"
    title = N_("There are open vouchers")
    detail = N_(
        "%(count)s vouchers are not used up yet. Please let them be used first, or wait until they have run out."
    )


class StillWorksHere(Refused):
    """Somebody who works here is relieved of the work first."""

    slug = "still-works-here"
    title = N_("This person works here")
    detail = N_("Please take the staff roles away first. Another administrator can do that.")


class StillElsewhere(Refused):
    """The person is a member of another community too."""

    slug = "still-elsewhere"
    title = N_("Member of another community too")
    detail = N_("This person is a member of another community as well, which still needs the name.")


class PersonIsErased(Refused):
    """The data of this person were removed; there is nothing to change."""

    slug = "person-erased"
    title = N_("These data were removed")
    detail = N_("The data of this person were removed. Whoever comes back is taken in anew.")


class ErasureNeedsTwo(Refused):
    """Two people remove somebody's data, neither of them that person."""

    slug = "erasure-needs-two"
    title = N_("Two people are needed")
    detail = N_(
        "Removing somebody's data takes two people of the office, and neither may be the person in question."
    )
