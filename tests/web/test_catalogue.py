"""The catalogues hold every text of the rooms, and every text is told in Chinese."""

import re

import pytest

from web import catalogue

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd%]")
# A half-width sign with Chinese on both sides belongs to another keyboard. Digits keep theirs: 1,286 and 9:02.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()][\u4e00-\u9fff]")
# Words the community does not use for these things, in any text the pages show.
NOT_OUR_WORDS = ("会员", "购物车", "收银", "流通积分", "兑付", "发放准备", "断网", "核销率", "离世")
PATHS = sorted(catalogue.LOCALE.glob("*/LC_MESSAGES/messages.po"))


def one(text):
    return text if isinstance(text, str) else (text or [""])[0]


@pytest.fixture(scope="module")
def extracted():
    return {message.id for message in catalogue.extracted() if message.id}


@pytest.fixture(params=PATHS, ids=lambda path: path.parts[-3])
def messages(request):
    return [message for message in catalogue.saved(request.param) if message.id]


def test_there_is_a_chinese_catalogue():
    assert [path.parts[-3] for path in PATHS] == ["zh_Hans"]


def test_it_holds_exactly_the_texts_of_the_rooms(messages, extracted):
    known = {message.id for message in messages}
    assert (extracted - known, known - extracted) == (set(), set()), (
        "run `python -m web.catalogue` and translate what it lists"
    )


def test_nothing_is_empty_or_a_guess(messages):
    wanting = [one(message.id) for message in messages if message.fuzzy or not one(message.string)]
    assert wanting == []


def test_placeholders_are_kept(messages):
    changed = [
        one(message.id)
        for message in messages
        if one(message.string)
        and set(PLACEHOLDER.findall(one(message.id)))
        != set(PLACEHOLDER.findall(one(message.string)))
    ]
    assert changed == []


def test_punctuation_between_chinese_is_full_width(messages):
    assert [one(m.string) for m in messages if HALF_WIDTH.search(one(m.string))] == []


def test_it_speaks_the_communitys_words(messages):
    strange = [
        one(m.string) for m in messages if any(word in one(m.string) for word in NOT_OUR_WORDS)
    ]
    assert strange == []
