"""The roll-call: one card after the other, twice is once, and everybody out at the end."""

import pytest

from checkin import rollcall
from checkin.errors import NotCheckedIn, OwnHours
from checkin.models import AttendanceState, Provenance, Purpose
from checkin.rollcall_errors import SeveralFit
from kernel import clock
from kernel.clock import HOUR, MINUTE
from people.card_issuing import issue_cards
from people.codes import make_code, member_key
from people.errors import CodeIsUnknown
from people.registration import register
from people.roster import member
from tests.checkin.world import NINE, a_morning

IN, OUT = Purpose.ARRIVING, Purpose.LEAVING


async def test_cards_codes_and_numbers_are_called_and_everybody_goes_at_once(database):  # noqa: PLR0915  a morning
    morning = await a_morning()
    book, shift, by = morning.book_id, morning.shift.id, morning.organiser
    [card] = await issue_cards(book, [morning.wang], by)
    with clock.frozen(NINE):
        first = await rollcall.call(book, shift, card.token, IN, by=by)
    assert (first.already, first.attendance.state) == (False, AttendanceState.PRESENT)
    assert first.attendance.provenance is Provenance.CONFIRMED
    with clock.frozen(NINE + 2 * MINUTE):
        again = await rollcall.call(book, shift, card.token.lower(), IN, by=by)
        assert (again.already, again.attendance.checked_in_at) == (True, NINE)
        li = await member(book, morning.li)
        code = make_code(member_key(), book, li.id, clock.now())
        assert not (await rollcall.call(book, shift, code, IN, by=by)).already
        assert (await rollcall.call(book, shift, code, IN, by=by)).already
        with pytest.raises(OwnHours):
            await rollcall.call(book, shift, "101", IN, by=by)
        with pytest.raises(CodeIsUnknown):
            await rollcall.call(book, shift, card.token[:-1] + "A", IN, by=by)
        assert not (await rollcall.call(book, shift, "102", IN, by=by)).already
    with clock.frozen(NINE + HOUR):
        # The second organiser is there too, and cannot send herself away.
        done = await rollcall.everybody_out(book, shift, morning.second_organiser)
        assert done.count == 2
        [(who, why)] = done.left_behind
        assert (who, type(why)) == (morning.second_organiser, OwnHours)
        assert await rollcall.present(book, shift) == [morning.second_organiser]
        back = await rollcall.call(book, shift, card.token, IN, by=by)
        assert (back.already, back.attendance.state) == (True, AttendanceState.LEFT)
        assert (back.attendance.minutes_worked) == 60
        await register(book, "孙七", number=777, by=None)
        with pytest.raises(NotCheckedIn):
            await rollcall.call(book, shift, "777", OUT, by=by)


async def test_one_person_of_the_list_goes_and_a_text_that_fits_several_names_nobody(database):
    morning = await a_morning()
    book, shift, by = morning.book_id, morning.shift.id, morning.organiser
    await register(book, "王秀英", number=108, by=None)
    with clock.frozen(NINE):
        with pytest.raises(SeveralFit):
            await rollcall.call(book, shift, "王秀", IN, by=by)
        came = await rollcall.call(book, shift, "103", IN, by=by)
    with clock.frozen(NINE + HOUR):
        gone = await rollcall.let_go(book, came.attendance.id, by)
    assert (gone.state, gone.minutes_worked) == (AttendanceState.LEFT, 60)
