"""Changing one's own second factor while signed in: a present code is asked for first, wherever there is one."""

from collections.abc import Sequence

from kernel import clock
from kernel.database import transaction
from people import authenticators, code_sheets, second_factor
from people.events import Happening, happened
from people.factor_errors import FullSignInNeeded, WrongCode
from people.permissions import Viewer


async def replace_app(viewer: Viewer, secret: str, new_code: str, code: str) -> None:
    """Move the codes to another app or phone; the old one's open nothing any more.

    Raises:
        FullSignInNeeded, WrongCode, TooManyWrongCodes
    """
    # The new code is looked at first, so that a slip in it does not cost a present one.
    if authenticators.matching_step(secret, new_code, clock.now()) is None:
        raise WrongCode(field="new_code")
    await _prove(viewer, code)
    async with transaction():
        await authenticators.keep(viewer.person_id, secret, new_code)
        await happened(Happening.APP_SET, viewer.book_id, viewer.person_id)


async def new_sheet(viewer: Viewer, code: str) -> Sequence[str]:
    """Return ten new codes to print, which end those of the old sheet.

    Raises:
        FullSignInNeeded, WrongCode, TooManyWrongCodes
    """
    await _prove(viewer, code)
    codes = code_sheets.new_codes()
    async with transaction():
        await code_sheets.keep(viewer.person_id, codes)
        await happened(Happening.SHEET_MADE, viewer.book_id, viewer.person_id)
    return codes


async def _prove(viewer: Viewer, code: str) -> None:
    if viewer.device_id is not None:
        raise FullSignInNeeded
    if (await second_factor.factors_of(viewer.person_id)).takes_codes:
        await second_factor.use_code(viewer.book_id, viewer.person_id, code)
