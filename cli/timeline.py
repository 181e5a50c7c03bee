"""Live through days that have passed: acts in the order of their moments, each under a clock held at its moment."""

import asyncio
import heapq
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from functools import partial
from itertools import count

from kernel import clock
from kernel.errors import DomainError

Act = Callable[[], Awaitable[object]]
Told = Callable[[int], None]
Story = AsyncGenerator[int, None]


class Timeline:
    """Acts that wait for their moments. An act may add later ones."""

    def __init__(self) -> None:
        """Begin with nothing planned."""
        self._acts: list[tuple[int, int, Act]] = []
        self._order = count()
        self.refused: list[DomainError] = []

    def at(self, moment: int, act: Act) -> None:
        """Let something happen at a moment (UTC microseconds)."""
        heapq.heappush(self._acts, (moment, next(self._order), act))

    def tell(self, moment: int, story: Story) -> None:
        """Begin a story at a moment; it yields the moment at which it goes on."""
        self.at(moment, partial(self._go_on, story))

    async def _go_on(self, story: Story) -> None:
        async for moment in story:
            self.at(moment, partial(self._go_on, story))
            return

    async def tried(self, act: Awaitable[object]) -> None:
        """Do what may be refused: people are refused things every day; it is noted and life goes on."""
        try:
            await act
        except DomainError as refusal:
            self.refused.append(refusal)

    async def together(self, acts: Iterable[Awaitable[object]]) -> None:
        """Do what several people do at the same time; one who is refused stops no other."""
        await asyncio.gather(*(self.tried(act) for act in acts))

    async def live(self, until: int, told: Told = lambda _: None) -> None:
        """Do everything that is to happen before a moment, and tell each moment; what comes later never happens."""
        while self._acts and self._acts[0][0] < until:
            moment, _, act = heapq.heappop(self._acts)
            with clock.frozen(moment):
                await self.tried(act())
            told(moment)
