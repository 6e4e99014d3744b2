"""What a check that failed has to say."""


class Failed(Exception):
    """A check that failed; the rest of the test may still tell something."""


class Stuck(Failed):
    """A check that failed, and without which nothing after it can be tried."""
