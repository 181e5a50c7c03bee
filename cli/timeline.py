"""Live through days that have passed: acts in the order of their moments, each under a clock held at its moment."""

import heapq
from collections.abc import Awaitable, Callable
from itertools import count

from kernel import clock
from kernel.errors import DomainError

Act = Callable[[], Awaitable[object]]


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

    async def live(self, until: int) -> None:
        """Do everything that is to happen before a moment; what comes later never happens.

        People are refused things every day: a refusal is noted and life goes on.
        """
        while self._acts and self._acts[0][0] < until:
            moment, _, act = heapq.heappop(self._acts)
            with clock.frozen(moment):
                try:
                    await act()
                except DomainError as refusal:
                    self.refused.append(refusal)
