"""Refusals, named for the rule they keep. An error knows its kind and its words, never an HTTP status.

Texts are English message ids with named placeholders; the edge translates them into the reader's language.
"""

from typing import Any, ClassVar


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for translation without translating it here."""
    return message


class DomainError(Exception):
    """A rule said no. `slug` names the rule, `title` says it in a word, `detail` tells this reader what to do."""

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = N_("Something is not right")
    detail: ClassVar[str] = N_("Something is not right.")
    by_slug: ClassVar[dict[str, type["DomainError"]]] = {}

    def __init__(self, **members: Any) -> None:
        """Keep the facts of this refusal: they fill the placeholders of `detail`."""
        super().__init__(self.slug, members)
        self.members = members

    def __init_subclass__(cls) -> None:
        """Register each named rule once, so that a remembered refusal can be told again."""
        super().__init_subclass__()
        if "slug" in cls.__dict__:
            if cls.slug in DomainError.by_slug:
                raise TypeError(f"two rules are named {cls.slug}")
            DomainError.by_slug[cls.slug] = cls

    def __str__(self) -> str:
        """Return the detail in English."""
        return self.detail % self.members if self.members else self.detail


class NotFound(DomainError):
    """There is no such thing, or not for this reader."""

    slug = "not-found"
    title = N_("Not found")
    detail = N_("We could not find that. Please check the number or the address.")


class Forbidden(DomainError):
    """The person may not do this."""

    slug = "forbidden"
    title = N_("Not allowed")
    detail = N_("You do not have permission to do this. Please ask the community office.")


class Refused(DomainError):
    """A rule of the present state says no: another time or another amount might do."""

    slug = "refused"
    title = N_("Not possible now")
    detail = N_("This is not possible right now.")


class Invalid(DomainError):
    """What was entered cannot be right. The member `field` may name the input."""

    slug = "invalid"
    title = N_("Please check what you entered")
    detail = N_("Please check what you entered.")


class Unavailable(DomainError):
    """The house is busy or cannot answer now; the same request may be sent again with the same key."""

    slug = "unavailable"
    title = N_("Busy, please try again")
    detail = N_("The system is busy. Nothing has been lost; please try again in a moment.")
