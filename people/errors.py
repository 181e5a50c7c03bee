"""What the people's room refuses, and what to do next."""

from kernel.errors import N_, Forbidden, Invalid, NotFound, Refused


class WrongNameOrPassword(Invalid):
    """Name or password is wrong; which of them is nobody's business."""

    slug = "wrong-name-or-password"
    title = N_("That did not match")
    detail = N_(
        "The name and password do not match. Please check both; if you have forgotten the password, "
        "ask the person who runs this system for a new one."
    )


class TooManyTries(Refused):
    """Several wrong tries in a row: wait a little. The members `minutes` and `seconds` say how long."""

    slug = "too-many-tries"
    title = N_("Please wait a moment")
    detail = N_("There were several wrong tries. Please try again in %(minutes)s minutes.")


class SignInNeeded(Forbidden):
    """Nobody is signed in on this browser."""

    slug = "sign-in-needed"
    title = N_("Please sign in first")
    detail = N_("Please sign in first. Volunteers can ask an organiser for a sign-in code.")


class RoleNeeded(Forbidden):
    """The signed-in person does not have the role for this work. The member `role` names it."""

    slug = "role-needed"
    title = N_("This is somebody else's work")
    detail = N_(
        "You are signed in, but not for this work. Please sign in under another name, or ask the "
        "community office to give you this role."
    )


class LinkIsUnknown(NotFound):
    """There is no such sign-in link."""

    slug = "link-unknown"
    title = N_("We do not know this sign-in code")
    detail = N_(
        "Part of the code may be missing. Please scan it again, or ask an organiser for a new one."
    )


class LinkIsUsed(Refused):
    """A sign-in link opens one browser, once."""

    slug = "link-used"
    title = N_("This sign-in code was already used")
    detail = N_(
        "Each code signs in one phone, once. If that was your phone, just open the page again; "
        "otherwise ask an organiser for a new code."
    )


class LinkHasExpired(Refused):
    """A sign-in link lives for a day."""

    slug = "link-expired"
    title = N_("This sign-in code is out of date")
    detail = N_(
        "The code was good for one day. Please ask an organiser for a new one; it takes a minute."
    )


class NoSuchMember(NotFound):
    """Nobody in this community fits what was entered."""

    slug = "no-such-member"
    title = N_("Nobody found")
    detail = N_(
        "We found nobody in this community. Please try the member number, the last four digits of "
        "the phone, or the name."
    )


class CodeIsUnknown(NotFound):
    """A scanned text is none of this community's codes."""

    slug = "code-unknown"
    title = N_("We do not know this code")
    detail = N_(
        "This is not a member code of this community. Please scan again, or give the last four "
        "digits of your phone."
    )


class MemberCodeExpired(Refused):
    """The member code was shown more than a minute ago."""

    slug = "member-code-expired"
    title = N_("The code is out of date")
    detail = N_("The code is out of date; please give the last four digits of your phone.")


class MemberCodeUsed(Refused):
    """The member code has already opened a service."""

    slug = "member-code-used"
    title = N_("This code was just used")
    detail = N_(
        "This code was just used. Please wait for the next one to appear, or give the last four "
        "digits of your phone."
    )


class NoSuchCommunity(NotFound):
    """There is no such community."""

    slug = "no-such-community"
    title = N_("No such community")
    detail = N_("There is no such community here. Please check the address.")


class NumberTaken(Refused):
    """A member's short number belongs to one person."""

    slug = "number-taken"
    title = N_("This number is taken")
    detail = N_(
        "Number %(number)s already belongs to somebody. Leave it empty to get the next free one."
    )


class NameIsEmpty(Invalid):
    """A name has at least one visible sign."""

    slug = "name-empty"
    title = N_("A name is missing")
    detail = N_("Please enter a name.")


class TextTooLong(Invalid):
    """The text does not fit. The member `field` names the input."""

    slug = "text-too-long"
    title = N_("That is too long")
    detail = N_("Please use at most %(limit)s characters.")


class PhoneIsInvalid(Invalid):
    """A phone number is 5 to 15 digits, or left empty."""

    slug = "phone-invalid"
    title = N_("Please check the phone number")
    detail = N_("A phone number has 5 to 15 digits. It may also be left empty.")


class NumberIsInvalid(Invalid):
    """A short number is between 1 and 999999."""

    slug = "number-invalid"
    title = N_("Please check the number")
    detail = N_("A member number is between 1 and 999999.")


class ZoneIsUnknown(Invalid):
    """The time zone is none that this machine knows."""

    slug = "zone-unknown"
    title = N_("Please check the time zone")
    detail = N_("This time zone is not known. For China it is Asia/Shanghai.")


class CompanyNeeded(Invalid):
    """Someone at a desk of a property company or a merchant works for one of this community."""

    slug = "company-needed"
    title = N_("The company or merchant is missing")
    detail = N_("Please choose the property company or the merchant whose desk this is.")


class NameIsAnothers(Refused):
    """A property company and a merchant do not share a name: pages and packs tell them apart by it."""

    slug = "partner-name-taken"
    title = N_("This name is already in use")
    detail = N_("A property company and a merchant cannot have the same name. Please add a word.")


class PasswordTooShort(Invalid):
    """A password has at least eight characters."""

    slug = "password-too-short"
    title = N_("The password is too short")
    detail = N_(
        "Please choose at least %(least)s characters. A short sentence is easy to keep in mind."
    )


class PasswordTooLong(Invalid):
    """A password has a length that can be hashed without harm."""

    slug = "password-too-long"
    title = N_("The password is too long")
    detail = N_("Please choose at most %(most)s characters.")


class PasswordTooCommon(Invalid):
    """The password is among the first that anybody would guess."""

    slug = "password-too-common"
    title = N_("The password is easy to guess")
    detail = N_(
        "Many people use this password, so it is guessed first. Please choose a short sentence of your own."
    )


class SignInNameTaken(Refused):
    """A sign-in name belongs to one person."""

    slug = "sign-in-name-taken"
    title = N_("This sign-in name is taken")
    detail = N_("Somebody already signs in under this name. Please choose another.")


class PasswordIsTheirs(Refused):
    """Nobody else changes a password that is set: whoever could would be two persons at once."""

    slug = "password-is-theirs"
    title = N_("This password is somebody else's")
    detail = N_(
        "Only its owner changes it. If it is forgotten, please let whoever runs the server give a new start: "
        "caihong user reset."
    )
