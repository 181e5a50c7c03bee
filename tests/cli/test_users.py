"""People and roles from the server's own console: no default accounts, one-time links, a way back in."""

import re

import pytest

from people import code_sheets, roster
from people.credentials import set_password
from people.models import Membership, Person, Role
from people.permissions import STAFF
from people.second_factor import factors_of
from people.sessions import viewer_of
from people.signin import accept_invite, sign_in
from people.two_steps import Half, Step, start_by_link

LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/Q/([A-Z2-7]{26})")


def printed_link(answer):
    """The port and the token of the link that a command printed."""
    (found,) = LINK.findall(answer.stdout)
    return found


def open_with_an_admin(console, name="李主任"):
    answer = console.run("user", "add", name, "--role", "admin", "--community", "金苑社区")
    assert answer.exit_code == 0, answer.output
    return printed_link(answer)[1]


def who(console, token):
    async def accepted():
        return await viewer_of((await accept_invite(token)).token)

    return console.behind(accepted)


def test_a_new_installation_has_no_accounts_and_the_first_command_says_how_to_begin(console):
    assert "caihong user add" in console.run("user", "list").stderr
    assert "--community NAME" in console.run("user", "add", "李主任").stderr


def test_the_first_administrator_signs_in_by_the_printed_link(console):
    viewer = who(console, open_with_an_admin(console))

    assert viewer.name == "李主任"
    assert Role.ADMIN in viewer.roles
    assert viewer.roles & STAFF


def test_somebody_locked_out_gets_a_new_link(console):
    open_with_an_admin(console)

    for name in ("李主任", "101"):
        answer = console.run("user", "reset", name)
        assert who(console, printed_link(answer)[1]).name == "李主任"


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
def test_a_reset_takes_password_and_second_factor_and_is_written_down(console, caplog):
    open_with_an_admin(console)
    console.run("user", "password", "李主任", "li", typed="a long secret\na long secret\n")

    async def signed_in():
        member = await Membership.get(number=101)
        await code_sheets.keep(member.person_id, code_sheets.new_codes())
        return (await sign_in("li", "a long secret")).token

    token = console.behind(signed_in)
    answer = console.run("user", "reset", "li")

    async def left():
        begun = await start_by_link(printed_link(answer)[1])
        member = await Membership.get(number=101)
        assert isinstance(begun, Half)
        return (
            await viewer_of(token),
            (await factors_of(member.person_id)).any,
            begun.step,
        )

    assert console.behind(left) == (None, False, Step.PASSWORD)
    assert "every browser is signed out" in answer.stdout
    assert [record.getMessage().split()[0] for record in caplog.records].count("reset") == 1
    assert "李主任" not in caplog.text


def test_the_link_names_the_port_and_says_that_phones_cannot_open_it(console):
    open_with_an_admin(console)

    answer = console.run("user", "reset", "李主任", "--port", "8077")

    assert printed_link(answer)[0] == "8077"
    assert "on this computer only" in answer.stdout


def test_a_property_desk_needs_a_company_and_nobody_is_taken_in_without(console):
    open_with_an_admin(console)

    refused = console.run("user", "add", "孙伟", "--role", "property_desk")
    accepted = console.run(
        "user", "add", "孙伟", "--role", "property_desk", "--company", "安和物业"
    )

    assert refused.exit_code == 1
    assert "property company" in refused.stderr
    assert accepted.exit_code == 0
    assert console.behind(lambda: Membership.all().count()) == 2


def test_a_role_can_be_given_and_taken(console):
    open_with_an_admin(console)
    console.run("user", "add", "周丽")

    assert "clerk, volunteer" in console.run("user", "role", "周丽", "clerk").stdout
    assert "周丽" in console.run("user", "list").stdout
    assert "clerk" not in console.run("user", "role", "102", "clerk", "--take").stdout
    assert "周丽" not in console.run("user", "list").stdout
    assert "周丽" in console.run("user", "list", "--all").stdout


def test_two_of_one_name_are_told_apart_by_number(console):
    open_with_an_admin(console)
    console.run("user", "add", "王伟")
    console.run("user", "add", "王伟")

    assert "102, 103" in console.run("user", "reset", "王伟").stderr
    assert "Nobody here is called 张三" in console.run("user", "reset", "张三").stderr


def test_a_password_is_typed_unseen_and_found_by_its_sign_in_name(console):
    open_with_an_admin(console)

    asked = console.run("user", "password", "李主任", "li", typed="a long secret\na long secret\n")
    short = console.run("user", "password", "li", "li", typed="abc\nabc\n")

    assert asked.exit_code == 0, asked.output
    assert "a long secret" not in asked.output
    assert short.exit_code == 1

    async def signs_in():
        return await sign_in("li", "a long secret")

    assert console.behind(signs_in)


def test_several_communities_have_to_be_named(console):
    open_with_an_admin(console)

    async def another():
        from people.registration import open_community, register

        here = await open_community("彩虹社区")
        member = await register(here.id, "陈静")
        await set_password(member.person_id, "chen", "a long secret")
        return await Person.all().count(), len(await roster.communities())

    assert console.behind(another) == (2, 2)
    assert "金苑社区, 彩虹社区" in console.run("user", "list").stderr
    assert console.run("user", "list", "--all", "--community", "彩虹社区").stdout.count("\n") == 1
