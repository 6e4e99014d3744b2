"""Other programs, never left behind."""

import os
import signal
import subprocess

from failed import Stuck


def dying_with_us(command, by="TERM"):
    """The command as a process that ends when this test is killed: nothing may stay and run."""
    return ["setpriv", "--pdeathsig", by, *(str(part) for part in command)]


def run(command, environment=None):
    """Runs a program to its end; gives what it wrote."""
    child = subprocess.Popen(
        dying_with_us(command), env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        written, _ = child.communicate()
    finally:
        if child.poll() is None:
            # It and what it has begun are asked first: mmdebstrap has a folder to take away.
            for how, seconds in ((signal.SIGTERM, 60), (signal.SIGKILL, None)):
                os.killpg(child.pid, how)
                try:
                    child.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
    text = written.decode(errors="replace")
    if child.returncode:
        raise Stuck(f"{command[0]} failed with {child.returncode}:\n{text[-3000:]}")
    return text
