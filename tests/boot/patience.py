"""Waiting for something to come about."""

import time

from failed import Failed

# The emulated machine is slow; looking at it too often makes it slower still.
BETWEEN_LOOKS_S = 0.7

# How many times as long as usual everything may take, on a computer that has other work.
factor = 1


def until(what, seconds, look):
    """Looks until `look` gives something; gives that. `what` is said when it takes too long."""
    ends = deadline(seconds)
    while True:
        began = time.monotonic()
        found = look()
        if found:
            return found
        if time.monotonic() > ends:
            raise Failed(f"{what}: not within {seconds * factor:.0f} s")
        time.sleep(max(BETWEEN_LOOKS_S, time.monotonic() - began))


def deadline(seconds):
    """When that many seconds, or what they are on this computer, will have passed."""
    return time.monotonic() + seconds * factor
