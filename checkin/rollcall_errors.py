"""What a roll-call, scans made without a network, single-use codes and lent screens refuse."""

from kernel.errors import N_, Invalid, NotFound, Refused


class SeveralFit(Refused):
    """A typed text means more than one member, and a roll-call asks no questions."""

    slug = "several-members-fit"
    title = N_("Several people fit")
    detail = N_(
        "Several people fit what was typed. Please scan the card, or type the whole short number."
    )


class ScannedTwice(Refused):
    """A scan made without a network repeats what was known already."""

    slug = "scanned-twice"
    title = N_("Scanned twice")
    detail = N_("This person was checked in already; the second scan changed nothing.")


class DeviceClockIsOff(Refused):
    """The clock of the device differed from ours by more than five minutes, or was set meanwhile."""

    slug = "device-clock-off"
    title = N_("The device's clock is doubtful")
    detail = N_(
        "The clock of the device was wrong or was set meanwhile."
        " Please look at the time, then take the scan in or put it aside."
    )


class ScanFromTheFuture(Refused):
    """By the device's clock the scan was made later than it was sent."""

    slug = "scan-from-the-future"
    title = N_("A scan from the future")
    detail = N_(
        "By the device's clock this scan was made after it was sent. Please enter the right times."
    )


class ScansAreGarbled(Invalid):
    """What a device sent is no list of scans."""

    slug = "scans-garbled"
    title = N_("These scans cannot be read")
    detail = N_("What the device sent is no list of scans. Please reload the roll-call page.")


class StoredScanNotFound(NotFound):
    """There is no such scan here, or it was settled before."""

    slug = "stored-scan-not-found"
    title = N_("Scan not found")
    detail = N_("This scan is not on the list any more. Please open the shift again.")


class CodeIsUsed(Refused):
    """Somebody else was first with this code, and it is for one person."""

    slug = "code-used-by-another"
    title = N_("Somebody else was quicker")
    detail = N_(
        "Each person needs a code of their own here, and this one is used."
        " Please scan the new code on the screen."
    )


class ScreenNotLent(NotFound):
    """The link was used by somebody else, is over, or never was."""

    slug = "screen-not-lent"
    title = N_("This link does not open the screen")
    detail = N_(
        "The link to the code screen works once, for one helper, until the shift is over."
        " Please ask the organiser for a new one."
    )
