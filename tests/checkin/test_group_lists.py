"""A pasted 接龙: numbers, names, notes and nicknames, whatever people write between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.group_lists import MOST_ENTRIES, Member, called, entries, read
from checkin.signup_errors import GroupListIsEmpty, GroupListIsTooLong

WANG, LI, LI_TOO, OUYANG, WANG_TWO = (
    Member(1, 103, "王秀兰"),
    Member(2, 104, "李建国"),
    Member(3, 105, "李建国"),
    Member(4, 206, "欧阳修远"),
    Member(5, 110, "王伟"),
)
EVERYBODY = [WANG, LI, LI_TOO, OUYANG, WANG_TWO]

CUT = {
    "1. 王秀兰 2. 李建国 王姐 带孙子": ["王秀兰", "李建国 王姐 带孙子"],
    "#接龙\n周六 8.30 清洁家园,11月21日 9:00\n1. 王秀兰\n2. 李建国 3栋2单元\n3、张三 +1": [
        "王秀兰",
        "李建国 3栋2单元",
        "张三 +1",
    ],
    "报名:\n1)王秀兰\n2)李建国": ["王秀兰", "李建国"],
    "1 王秀兰\n2 李建国": ["王秀兰", "李建国"],
    "１．王秀兰\r\n２．李建国": ["王秀兰", "李建国"],
    "王秀兰\n\n李建国": ["王秀兰", "李建国"],
    "#接龙\n接龙\n王秀兰": ["王秀兰"],
}


@pytest.mark.parametrize(("text", "found"), CUT.items())
def test_a_list_is_cut_at_its_own_numbers(text, found):
    assert entries(text) == found


MEANT = {
    "王秀兰": (1, ()),
    "王秀兰 带孙子": (1, ()),
    "李建国 104": (2, ()),
    "105": (3, ()),
    "李建国": (None, (2, 3)),
    "王秀兰 王伟": (None, (1, 5)),
    "王秀兰带孙子": (None, (1,)),
    "秀兰": (None, (1,)),
    "王姐": (None, (1, 5)),
    "欧阳师傅": (None, (4,)),
    "老李": (None, (2, 3)),
    "王秀兰 110": (None, (1, 5)),
    "邻居小明": (None, ()),
    "999": (None, ()),
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_whom_an_entry_means(text, meant):
    (entry,) = read(f"1. {text}", EVERYBODY)
    assert (entry.sure, entry.candidates) == meant


def test_forms_of_address_name_a_surname():
    assert [called(each) for each in ("王姐", "小王", "欧阳老师", "诸位老师", "带孙子")] == [
        *("王", "王", "欧阳", "", "")
    ]


def test_nothing_and_too_much_are_refused():
    for nothing in ("", " \n\t", "#接龙", "1.", "\u200b"):
        with pytest.raises(GroupListIsEmpty):
            entries(nothing)
    with pytest.raises(GroupListIsTooLong):
        entries("王秀兰\n" * (MOST_ENTRIES + 1))
    with pytest.raises(GroupListIsTooLong):
        entries("王" * 20_001)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        found = read(text, EVERYBODY)
    except GroupListIsEmpty:
        return
    assert found
    assert all(entry.text for entry in found)
    assert all(entry.sure is None or not entry.candidates for entry in found)


@given(st.lists(st.sampled_from(["王秀兰", "欧阳修远", "王伟"]), min_size=1, max_size=30))
def test_a_list_that_the_group_numbers_is_read_as_it_was_written(names):
    known = {each.name: each.person_id for each in EVERYBODY}
    text = "#接龙\n周六清洁\n" + "\n".join(
        f"{place}. {name}" for place, name in enumerate(names, 1)
    )
    assert [entry.sure for entry in read(text, EVERYBODY)] == [known[name] for name in names]
