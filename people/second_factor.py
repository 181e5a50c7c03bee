"""What a person has besides the password, and whether a code of it is good."""

from dataclasses import dataclass

from people import authenticators, code_sheets
from people.errors import TooManyTries
from people.events import Happening, happened
from people.factor_errors import TooManyWrongCodes, WrongCode
from people.factors import Authenticator, Passkey, SheetCode
from people.limits import Purpose
from people.tallies import count, forget


@dataclass(frozen=True, slots=True)
class Factors:
    """A person's second factors: since when the app, how many codes of the sheet are left, which passkeys."""

    app_since: int | None
    codes_left: int | None
    passkeys: tuple[Passkey, ...]

    @property
    def any(self) -> bool:
        """Say whether there is one at all; a sheet that is used up still is one, or the password alone would do."""
        return self.app_since is not None or self.codes_left is not None or bool(self.passkeys)

    @property
    def takes_codes(self) -> bool:
        """Say whether a code can be typed."""
        return self.app_since is not None or self.codes_left is not None


async def factors_of(person_id: int) -> Factors:
    """Return what a person can prove themselves with besides the password."""
    app = await Authenticator.get_or_none(person_id=person_id)
    keys = await Passkey.filter(person_id=person_id).order_by("made_at", "id")
    return Factors(
        app.set_at if app else None, await code_sheets.codes_left(person_id), tuple(keys)
    )


async def count_try(person_id: int) -> bool:
    """Count a try at a person's codes or passkeys before it is judged; say whether a rest begins with it.

    Raises:
        TooManyWrongCodes
    """
    try:
        return await count(Purpose.SECOND_FACTOR, str(person_id))
    except TooManyTries as rest:
        raise TooManyWrongCodes(**rest.members) from None


async def forgive(person_id: int) -> None:
    """Forget the wrong tries once the right proof was given."""
    await forget(Purpose.SECOND_FACTOR, str(person_id))


async def note_refused(book_id: int, person_id: int, detail: str, *, rests: bool) -> None:
    """Write down that a proof was not good, and that the next one has to wait."""
    await happened(Happening.REFUSED, book_id, person_id, detail=detail)
    if rests:
        await happened(Happening.LOCKED, book_id, person_id, detail=detail)


async def use_code(book_id: int, person_id: int, code: str) -> None:
    """Use up a code of the person's app or sheet; the community is where it was typed.

    Raises:
        WrongCode, TooManyWrongCodes
    """
    rests = await count_try(person_id)
    if not (
        await authenticators.use_code(person_id, code)
        or await code_sheets.use_code(person_id, code)
    ):
        await note_refused(book_id, person_id, "second-code", rests=rests)
        raise WrongCode(field="code")
    await forgive(person_id)


async def remove_all(person_id: int) -> None:
    """Take every second factor from a person; the next sign-in leads to setting one up."""
    await Authenticator.filter(person_id=person_id).delete()
    await SheetCode.filter(person_id=person_id).delete()
    await Passkey.filter(person_id=person_id).delete()
    await forgive(person_id)
