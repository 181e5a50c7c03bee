"""Pure decisions about the clock of a device without a network: what a moment was, and whether it is believed."""

from dataclasses import dataclass

from checkin.rollcall_errors import DeviceClockIsOff, ScanFromTheFuture
from kernel.clock import MINUTE, SECOND

MOST_OFF = 5 * MINUTE
MOST_DRIFT = 2 * MINUTE
SLACK = 30 * SECOND
LARGEST = 1 << 61  # beyond any calendar, and still within a column


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two clocks at the moment of sending, in UTC microseconds: ours, and the device's."""

    now: int
    sent_at: int

    @property
    def offset(self) -> int:
        """Return ours minus the device's, as they stand at sending."""
        return self.now - self.sent_at

    def moment(self, device_at: int, offset: int | None) -> int:
        """Return when a scan was made by our clock, as far as the device knew it."""
        known = self.offset if offset is None else offset
        return max(0, min(device_at + known, LARGEST))


def refuse_doubtful(clocks: Clocks, device_at: int, offset: int | None) -> None:
    """Refuse to believe a device that was far off, was set meanwhile, or speaks of what is yet to come.

    Raises: DeviceClockIsOff, ScanFromTheFuture.
    """
    if offset is None or abs(offset) > MOST_OFF or abs(clocks.offset - offset) > MOST_DRIFT:
        raise DeviceClockIsOff
    if clocks.moment(device_at, offset) > clocks.now + SLACK:
        raise ScanFromTheFuture
