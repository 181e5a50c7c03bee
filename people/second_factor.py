"""What a person has besides the password, and whether a code of it is good."""

from dataclasses import dataclass

from people import authenticators, code_sheets
from people.factor_errors import WrongCode
from people.factors import Authenticator, Passkey, SheetCode
from people.guesses import code_subject, count_code, forgive
from people.security_log import happened


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


async def use_code(person_id: int, code: str) -> None:
    """Use up a code of the person's app or sheet.

    Raises:
        WrongCode, TooManyWrongCodes
    """
    await count_code(person_id)
    if not (
        await authenticators.use_code(person_id, code)
        or await code_sheets.use_code(person_id, code)
    ):
        await happened("refused", None, person_id, detail="code")
        raise WrongCode(field="code")
    await forgive(code_subject(person_id))


async def remove_all(person_id: int) -> None:
    """Take every second factor from a person; the next sign-in leads to setting one up."""
    await Authenticator.filter(person_id=person_id).delete()
    await SheetCode.filter(person_id=person_id).delete()
    await Passkey.filter(person_id=person_id).delete()
    await forgive(code_subject(person_id))
