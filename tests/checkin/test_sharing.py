"""Several people on one browser: a couple is shown together, three or strangers are pointed out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin import board
from checkin.attending import check_in
from checkin.models import CheckinScan
from checkin.sharing import SEVERAL, STRANGERS, flag_of, sharing_at
from kernel import clock
from people.registration import register, rename
from tests.checkin.world import NINE, a_morning, claim_of


@pytest.mark.parametrize(
    ("homes", "flag"),
    [
        ([], ""),
        (["3-2-601"], ""),
        ([None], ""),
        (["3-2-601", "3-2-601"], ""),
        (["3-2-601", "5-1-302"], STRANGERS),
        (["3-2-601", None], STRANGERS),
        ([None, None], STRANGERS),
        (["3-2-601"] * 3, SEVERAL),
        (["3-2-601", "5-1-302", None], SEVERAL),
    ],
)
def test_what_is_odd_about_those_who_share_a_browser(homes, flag):
    assert flag_of(dict(enumerate(homes))) == flag


@given(st.lists(st.sampled_from([None, "a", "b"]), max_size=6))
def test_one_more_person_never_makes_it_less_odd(homes):
    odd = ["", STRANGERS, SEVERAL]
    flags = [odd.index(flag_of(dict(enumerate(homes[:n])))) for n in range(len(homes) + 1)]
    assert flags == sorted(flags)


async def test_the_organiser_sees_who_came_on_one_phone(database):
    morning = await a_morning()
    for person, name in ((morning.wang, "王秀兰"), (morning.li, "李建国")):
        await rename(morning.book_id, person, name=name, flat="3-2-601")
    third = (await register(morning.book_id, "张三", flat="3-2-601")).person_id

    async def comes(person, browser):
        with clock.frozen(NINE):
            await check_in(morning.book_id, person, claim_of(morning, NINE), browser=browser)
        return await board.of_shift(morning.book_id, morning.shift.id)

    await comes(morning.wang, "a" * 64)
    seen = await comes(morning.li, "a" * 64)
    assert sorted(seen.together.values()) == [["李*国"], ["王*兰"]]
    assert seen.flags == {}
    seen = await comes(third, "a" * 64)
    assert set(seen.flags.values()) == {SEVERAL}
    assert len(seen.flags) == 3
    seen = await comes(morning.second_organiser, "b" * 64)
    assert len(seen.together) == 3
    seen = await comes(morning.organiser, "b" * 64)
    assert list(seen.flags.values()).count(STRANGERS) == 2
    assert await CheckinScan.filter(book_id=morning.book_id, flag=STRANGERS).count() == 1
    assert await sharing_at(morning.book_id, []) == {}
