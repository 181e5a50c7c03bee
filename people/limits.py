"""How often something may be tried, as pure decisions: growing waits for guessing, windows for what costs money.

A wait grows and ends: whoever guesses at somebody's name can make it rest for a while, never for good.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from kernel.clock import DAY, HOUR, MINUTE

MOST_DOUBLINGS = 20
NETWORK_BITS = {4: 24, 6: 64}


class Purpose(StrEnum):
    """What is counted, each for subjects of its own."""

    SIGN_IN = "sign-in"  # a name, from browsers that have had no session of its owner
    SIGN_IN_KNOWN = "sign-in-known"  # the same name on one browser that has
    SIGN_IN_NETWORK = "sign-in-network"
    PASSWORD_CHANGE = "password-change"  # noqa: S105  a session that says its old password
    PIN = "pin"
    SECOND_FACTOR = "second-factor"  # a person: whichever code or passkey is tried
    CLERK_PIN = "clerk-pin"
    DESK_CODE_NETWORK = "desk-code-network"
    CODE_COOLDOWN = "code-cooldown"
    CODE_DAY = "code-day"
    CODE_NETWORK = "code-network"
    INVITE = "invite"
    SLIP = "slip"
    RECOGNISE_NETWORK = "recognise-network"
    RECOGNISE_PLACE = "recognise-place"
    LOOK_UP = "look-up"
    DISPLAY_NETWORK = "display-network"  # codes of a counter's second screen
    PRACTICE = "practice"  # one clerk, or one counter's browser
    PRACTICE_BOOK = "practice-book"  # a whole community: a book is shut, and never deleted


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of earlier tries; times in UTC microseconds."""

    tries: int = 0
    began_at: int = 0
    tried_at: int = 0
    rests_until: int = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """Not now: again from this moment on (UTC microseconds)."""

    until: int


@dataclass(frozen=True, slots=True)
class Growing:
    """`free` tries, then a wait of `first` that doubles with each further one up to `longest` (microseconds)."""

    free: int
    first: int
    longest: int
    forgotten_after: int

    def wait_after(self, tries: int) -> int:
        """Return how long (microseconds) the subject rests after so many tries."""
        if tries < self.free:
            return 0
        return min(self.first << min(tries - self.free, MOST_DOUBLINGS), self.longest)

    def judge(self, seen: Tally, now: int) -> Tally | Rest:
        """Count one more try, or say until when the subject rests."""
        if seen.rests_until > now:
            return Rest(seen.rests_until)
        fresh = now - seen.tried_at > self.forgotten_after
        tries = 1 if fresh else seen.tries + 1
        began_at = now if fresh else seen.began_at
        wait = self.wait_after(tries)
        # Without a wait nobody rests at all: of two who try at once, one has looked at the clock before the other.
        return Tally(tries, began_at, now, now + wait if wait else 0)


@dataclass(frozen=True, slots=True)
class Window:
    """At most `most` within `within` microseconds, counted from the first."""

    most: int
    within: int

    def judge(self, seen: Tally, now: int) -> Tally | Rest:
        """Count one more, or say when the window ends."""
        if not 0 <= now - seen.began_at < self.within:
            return Tally(1, now, now)
        if seen.tries >= self.most:
            return Rest(seen.began_at + self.within)
        return Tally(seen.tries + 1, seen.began_at, now)


# A guess at a name rests it; a network is a whole office or village behind one address, so it has many more.
_GUESSED = Growing(free=5, first=MINUTE, longest=15 * MINUTE, forgotten_after=DAY)
_FROM_A_NETWORK = Growing(free=60, first=MINUTE, longest=15 * MINUTE, forgotten_after=HOUR)
RULES: dict[Purpose, Growing | Window] = {
    Purpose.SIGN_IN: _GUESSED,
    Purpose.SIGN_IN_KNOWN: _GUESSED,
    Purpose.SIGN_IN_NETWORK: _FROM_A_NETWORK,
    Purpose.PASSWORD_CHANGE: _GUESSED,
    Purpose.PIN: Growing(free=5, first=15 * MINUTE, longest=DAY, forgotten_after=2 * DAY),
    Purpose.SECOND_FACTOR: _GUESSED,
    Purpose.CLERK_PIN: Growing(free=5, first=15 * MINUTE, longest=12 * HOUR, forgotten_after=DAY),
    Purpose.DESK_CODE_NETWORK: _FROM_A_NETWORK,
    Purpose.CODE_COOLDOWN: Window(most=1, within=MINUTE),
    Purpose.CODE_DAY: Window(most=10, within=DAY),
    Purpose.CODE_NETWORK: Growing(free=30, first=MINUTE, longest=15 * MINUTE, forgotten_after=HOUR),
    # A million numbers an hour would still meet one of a thousand slips in a month.
    Purpose.SLIP: Growing(
        free=60, first=5 * MINUTE, longest=5 * MINUTE, forgotten_after=5 * MINUTE
    ),
    Purpose.INVITE: Growing(free=30, first=MINUTE, longest=15 * MINUTE, forgotten_after=HOUR),
    Purpose.RECOGNISE_NETWORK: _FROM_A_NETWORK,
    Purpose.RECOGNISE_PLACE: _FROM_A_NETWORK,
    Purpose.LOOK_UP: Window(most=300, within=10 * MINUTE),
    Purpose.DISPLAY_NETWORK: _FROM_A_NETWORK,
    Purpose.PRACTICE: Window(most=10, within=HOUR),
    Purpose.PRACTICE_BOOK: Window(most=40, within=DAY),
}


def network_of(address: str) -> str:
    """Return the network that an address is counted under: its /24, or /64 for IPv6; empty for what is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((found, NETWORK_BITS[found.version]), strict=False))
