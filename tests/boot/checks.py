"""The list of what was checked, as it grows."""

import time
from contextlib import contextmanager

from failed import Failed, Stuck

# What the kiosk and systemd wrote last about the kiosk.
SAID = "journalctl --boot --no-pager --unit='tiepdon*' | tail -n 25"

# A machine that failed before it could be asked gets this long to say why.
LAST_WORDS_S = 60


class Checks:
    def __init__(self, screens):
        """Pictures of the screen go to the folder `screens`."""
        self._screens = screens
        self._count = 0
        self.failed = []
        self.machine = None

    @contextmanager
    def check(self, what, needed=False):
        """Tells how a check went. One that fails is told with the screen as it is, and the rest is
        tried nevertheless, unless nothing can be told without it."""
        began, note = time.monotonic(), []
        try:
            yield note.append
        except Failed as failed:
            self.failed.append(what)
            print(f"FAILED {what}: {failed}", flush=True)
            self._explain()
            if needed or isinstance(failed, Stuck):
                raise Stuck(what) from failed
        else:
            told = f" ({', '.join(note)})" if note else ""
            print(f"ok     {what}{told} – {time.monotonic() - began:.1f} s", flush=True)

    def keep_screen(self, name):
        """Keeps what is on the screen now, or was there last; gives where."""
        if self.machine is None:
            return None
        picture = self.machine.seen if self.machine.is_off() else self.machine.look()
        if picture is None:
            return None
        self._count += 1
        path = self._screens / f"{self._count:02}-{name}.png"
        picture.save(path)
        return path

    def _explain(self):
        """What the screen shows, and what the kiosk said, when a check has failed."""
        try:
            path = self.keep_screen("failed")
            if path:
                print(f"       the screen: {path}", flush=True)
            if self.machine and not self.machine.is_off():
                if not self.machine.can_hear:
                    self.machine.wait_for_shell(LAST_WORDS_S)
                _, said = self.machine.ask(SAID)
                print("       " + said.replace("\n", "\n       "), flush=True)
        except Failed as failed:
            print(f"       more cannot be told: {failed}", flush=True)
