"""The limits of a day as a program at the counter meets them."""

from kernel import clock
from people import card_issuing, pins
from people.codes import make_code, member_key
from people.models import Membership
from redemption.models import Redemption
from tests.api.test_acts import cart
from tests.api.town import problem


async def test_over_the_limit_a_program_needs_the_pin_or_the_code_that_was_read(client, town):
    token = (await card_issuing.issue_cards(town.book, [town.member], 1))[0].token
    found = await client.get("/members", "clerk", params={"query": token})
    assert found.json()["items"][0]["person_id"] == str(town.member)
    body = cart(town, 2, recognised_by="card")
    refused = await client.post("/redemptions", "clerk", json=body)
    assert problem(refused) == (409, "pin-needed")
    assert refused.json()["left"] == 50
    claimed = await client.post("/redemptions", "clerk", json=body | {"recognised_by": "code"})
    assert claimed.status_code == 422, "whether a code was read is not the request's to say"
    assert problem(await client.post("/redemptions", "clerk", json=body | {"pin": "27"}))[0] == 422
    await pins.set_own_pin(town.book, town.member, "2749", "2749")
    wrong = await client.post("/redemptions", "clerk", json=body | {"pin": "8153"})
    assert problem(wrong) == (422, "pin-wrong")
    assert "8153" not in wrong.text
    member = await Membership.get(book_id=town.book, person_id=town.member)
    code = make_code(member_key(), town.book, member.id, clock.now())
    await client.get("/members", "clerk", params={"query": code})
    assert (await client.post("/redemptions", "clerk", json=body)).status_code == 201
    sold = await Redemption.filter(book_id=town.book).order_by("-number").first()
    assert sold is not None
    assert sold.recognised == "code"
    again = await client.post("/redemptions", "clerk", json=body)
    assert problem(again) == (409, "pin-needed"), "one code, one exchange"
