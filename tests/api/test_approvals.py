"""Requests that take two persons as JSON: listed, looked at, decided on what was seen."""

from tests.api.town import problem


async def test_a_request_is_seen_and_approved_by_its_digest(client, town):
    at = f"/approvals/{town.approval.id}"
    listed = (await client.get("/approvals", "organiser")).json()
    assert [each["approval_id"] for each in listed["waiting"]] == [str(town.approval.id)]
    assert (await client.get("/approvals", "clerk")).json() == {"waiting": [], "own": []}
    seen = (await client.get(at, "organiser")).json()
    assert [(each["before"], each["after"]) for each in seen["effects"]] == [(0, 5)]
    told = {"outcome": "approved", "digest": seen["approval"]["digest"]}
    other = await client.post(f"{at}/decision", "organiser", json=told | {"digest": "0" * 64})
    assert problem(other) == (409, "request-not-as-seen")
    own = await client.post(f"{at}/decision", "everything", json=told)
    assert problem(own) == (403, "own-request")
    no = await client.post(f"{at}/decision", "organiser", json=told | {"outcome": "refused"})
    assert problem(no) == (422, "request-needs-reason")
    for _ in range(2):
        done = await client.post(f"{at}/decision", "organiser", json=told)
        assert (done.status_code, done.json()["outcome"]) == (201, "approved")
    late = await client.post(f"{at}/decision", "admin", json=told)
    assert problem(late) == (409, "request-already-decided")
    assert (await client.get(at, "auditor")).json()["effects"] == []
    assert problem(await client.get(at, "clerk"))[0] == 404
