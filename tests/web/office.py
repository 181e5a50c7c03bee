"""The community office as browsers without scripts see it: who works there, and a clean-up that is going on."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from checkin import rules, shifts
from checkin.models import Shift
from kernel import clock
from kernel.clock import HOUR
from people import registration, sessions
from people.models import Role
from tests.harness.application import the_app

HTTPS = "https://caihong.test"
HERE = "http://127.0.0.1:8000"


class Browser:
    """Keeps its cookies, follows no redirect by itself, and fills in the forms of the page it sees."""

    def __init__(self, token: str | None = None, address: str = HTTPS) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(the_app()),
            base_url=address,
            headers={"accept-language": "en"},
        )
        if token:
            self.http.cookies.set("__Host-sid", token)
        self.seen = ""

    async def get(self, path: str, **options: Any) -> httpx.Response:
        answer = await self.http.get(path, **options)
        self.seen = answer.text
        return answer

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form with the csrf token and the key of the page seen last."""
        data = {"csrf": self.hidden("csrf") or await self._token(), **fields}
        answer = await self.http.post(path, data=data)
        if answer.status_code != 303:
            self.seen = answer.text
        return answer

    async def follow(self, answer: httpx.Response) -> str:
        """Return the page that a form led to."""
        assert answer.status_code == 303, answer.text
        return (await self.get(answer.headers["location"])).text

    async def _token(self) -> str:
        await self.get("/shifts")
        return self.hidden("csrf")

    def hidden(self, name: str) -> str:
        """Return the value of a hidden field of the page seen last."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.seen)
        return found[1] if found else ""

    @property
    def key(self) -> str:
        return self.hidden("key")


@dataclass(frozen=True)
class Office:
    """Ids of those who are there, and one shift that began an hour ago, at 10 points an hour."""

    book_id: int
    chen: int
    zhao: int
    wang: int
    li: int
    shift: Shift


async def an_office() -> Office:
    """Chen is organiser and administrator, Zhao an organiser; Wang and Li volunteer."""
    book_id = (await registration.open_community("金苑社区")).id
    people = [
        (await registration.register(book_id, name, phone, "3-2-601")).person_id
        for name, phone in [
            ("陈静", "13800000101"),
            ("赵敏", "13800000102"),
            ("王秀兰", "13800003316"),
            ("李建国", ""),
        ]
    ]
    chen, zhao, wang, li = people
    for role in (Role.ORGANISER, Role.ADMIN):
        await registration.grant_role(book_id, chen, role, None)
    await registration.grant_role(book_id, zhao, Role.ORGANISER, None)
    await rules.adopt(book_id, 10, in_force_from=0)
    activity = await shifts.plan_activity(book_id, "周六清洁家园", "环境", place="彩虹里")
    begins = clock.now() - HOUR
    shift = await shifts.plan_shift(book_id, activity.id, begins, begins + 2 * HOUR)
    return Office(book_id, chen, zhao, wang, li, shift)


async def browser_of(
    office: Office, person_id: int, *, staff: bool = True, address: str = HTTPS
) -> Browser:
    """Return a browser in which this person is signed in."""
    signed = await sessions.begin(office.book_id, person_id, staff=staff)
    return Browser(signed.token, address)
