"""A phone or card lost: one act, something new at once, an undo on the same day, and the number slip."""

import pytest

from kernel import clock
from kernel.clock import DAY, MINUTE
from people import card_issuing, losing, pins, sessions, signin, slips
from people.card_errors import (
    CardIsDead,
    LossNotFound,
    LossStands,
    NotForOneself,
    PinIsMissing,
    SlipIsUnknown,
    SomethingNewWasIssued,
    TooManySlips,
    TwoFactsNeeded,
)
from people.cards import LossReport
from people.errors import LinkHasExpired, LinkIsUsed, NoSuchMember
from people.lookup import find_member
from people.models import Invite
from people.registration import open_community

TWO = ["flat", "phone"]


class Things:
    """What Wang has before the loss: two phones, a card, an open link and a PIN."""

    def __init__(self, town, browsers, card, link):
        self.town, self.browsers, self.card, self.link = town, browsers, card, link

    async def work(self):
        """Which of them open anything."""
        town = self.town
        found = [await sessions.viewer_of(each.token) is not None for each in self.browsers]
        for opens in (
            find_member(town.book, self.card.token, town.chen.person_id),
            pins.check_pin(town.book, town.wang.person_id, "2749"),
            signin.find_invite(self.link),
        ):
            try:
                await opens
            except (CardIsDead, PinIsMissing, LinkHasExpired):
                found.append(False)
            else:
                found.append(True)
        return found


@pytest.fixture
async def things(town):
    who, by = town.wang.person_id, town.chen.person_id
    browsers = [await sessions.begin(town.book, who, staff=False) for _ in range(2)]
    card = (await card_issuing.issue_cards(town.book, [who], by))[0]
    await pins.set_own_pin(town.book, who, "2749", "2749")
    return Things(town, browsers, card, await signin.invite(town.book, who, by))


async def lose(town, **more):
    said = {"by": town.chen.person_id, "facts": TWO} | more
    return await losing.report_loss(town.book, town.wang.person_id, **said)


async def test_everything_is_off_at_once_and_written_down(town, things):
    assert await things.work() == [True] * 5
    report = await lose(town)
    assert await things.work() == [False] * 5
    assert (report.browsers_ended, report.cards_revoked) == (2, 1)
    assert (report.reported_to, report.facts) == (town.chen.person_id, "flat,phone")


async def test_an_undo_on_the_same_day_brings_cards_browsers_and_pin_back(town, things):
    report = await lose(town)
    found = await losing.loss(town.book, report.id, town.chen.person_id)
    assert found.undoable
    await losing.undo_loss(town.book, report.id, by=town.chen.person_id)
    assert await things.work() == [True, True, True, True, False]
    undone = await losing.undo_loss(town.book, report.id, by=town.chen.person_id)
    assert undone.undone_at is not None
    with pytest.raises(LossStands):
        await losing.open_loss(town.book, report.id, town.chen.person_id)


async def test_browsers_that_had_ended_before_stay_ended(town, things):
    await sessions.end(things.browsers[0].token)
    report = await lose(town)
    await losing.undo_loss(town.book, report.id, by=town.chen.person_id)
    assert await things.work() == [False, True, True, True, False]


async def test_only_the_same_desk_undoes_it_and_only_on_the_day(town, things):
    report = await lose(town)
    with pytest.raises(LossStands):
        await losing.undo_loss(town.book, report.id, by=town.wang.person_id)
    with clock.frozen(clock.now() + DAY), pytest.raises(LossStands):
        await losing.undo_loss(town.book, report.id, by=town.chen.person_id)
    elsewhere = (await open_community("彩虹社区")).id
    with pytest.raises(LossNotFound):
        await losing.undo_loss(elsewhere, report.id, by=town.chen.person_id)
    assert await things.work() == [False] * 5


@pytest.mark.parametrize("new", ["card", "link", "slip", "pin", "phone"])
async def test_nothing_comes_back_once_something_new_was_made(town, things, new):
    report = await lose(town)
    who, by = town.wang.person_id, town.chen.person_id
    if new == "card":
        await card_issuing.issue_cards(town.book, [who], by)
    elif new == "link":
        await signin.invite(town.book, who, by)
    elif new == "slip":
        await slips.make_slip(town.book, who, by)
    elif new == "pin":
        await pins.set_own_pin(town.book, who, "8153", "8153")
    else:
        await signin.enrol(town.book, who, by)
    assert not (await losing.loss(town.book, report.id, by)).undoable
    assert (await losing.open_loss(town.book, report.id, by)).report.id == report.id
    with pytest.raises(SomethingNewWasIssued):
        await losing.undo_loss(town.book, report.id, by=by)


async def test_a_second_tap_answers_with_the_first_report(town, things):
    first = await lose(town)
    assert (await lose(town)).id == first.id
    assert await LossReport.all().count() == 1


async def test_two_facts_and_somebody_else_are_needed(town, things):
    with pytest.raises(TwoFactsNeeded):
        await lose(town, facts=["flat"])
    with pytest.raises(NotForOneself):
        await lose(town, by=town.wang.person_id)
    elsewhere = (await open_community("彩虹社区")).id
    with pytest.raises(NoSuchMember):
        await losing.report_loss(elsewhere, town.wang.person_id, by=1, facts=TWO)
    assert await things.work() == [True] * 5


async def test_twelve_digits_open_one_browser_once_within_seven_days(town):
    who, by = town.wang.person_id, town.chen.person_id
    digits = await slips.make_slip(town.book, who, by)
    assert len(digits) == 12
    assert digits not in repr([each.__dict__ for each in await Invite.all()])
    with clock.frozen(clock.now() + 6 * DAY):
        token = await slips.link_of_slip(slips.spoken(digits))
        assert (await signin.accept_invite(token)).person_id == who
        with pytest.raises(LinkIsUsed):
            await signin.accept_invite(token)
        with pytest.raises(SlipIsUnknown):
            await slips.link_of_slip(digits)
    late = await slips.make_slip(town.book, who, by)
    with clock.frozen(clock.now() + 8 * DAY), pytest.raises(SlipIsUnknown):
        await slips.link_of_slip(late)


async def test_guessing_numbers_ends_for_a_while(town):
    digits = await slips.make_slip(town.book, town.wang.person_id, town.chen.person_id)
    for number in range(60):
        with pytest.raises(SlipIsUnknown):
            await slips.link_of_slip(f"{number}")
    with pytest.raises(TooManySlips):
        await slips.link_of_slip(digits)
    with clock.frozen(clock.now() + 6 * MINUTE):
        assert await slips.link_of_slip(digits)
