"""Other programs, never left behind."""

import subprocess

from failed import Stuck


def dying_with_us(command, by="TERM"):
    """The command as a process that ends when this test is killed: nothing may stay and run."""
    return ["setpriv", "--pdeathsig", by, *(str(part) for part in command)]


def run(command, environment=None):
    """Runs a program to its end; gives what it wrote."""
    child = subprocess.Popen(
        dying_with_us(command), env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        written, _ = child.communicate()
    finally:
        if child.poll() is None:
            # It is asked first: mmdebstrap has mounts to undo.
            child.terminate()
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
    text = written.decode(errors="replace")
    if child.returncode:
        raise Stuck(f"{command[0]} failed with {child.returncode}:\n{text[-3000:]}")
    return text
