"""QEMU and the tools for its disk, in a folder of their own.

Debian 12's QEMU has no touch screen, and a machine may hold other packages that do not go together
with Debian's QEMU. So Debian 13's is unpacked, not installed, and run through its own loader: that
takes no chroot and no mount, and nothing of the machine changes.
"""

import os
from pathlib import Path

from process import run

PACKAGING = Path(__file__).parents[2] / "packaging"

PACKAGES = ["qemu-system-x86", "e2fsprogs", "libarchive13t64"]


class Tools:
    def __init__(self, folder):
        """Unpacks the tools into `folder`, unless they are there from an earlier time."""
        self._folder = folder
        run([PACKAGING / "chroot", folder, "trixie", "amd64", "extract", *PACKAGES])

    def command(self, program, *arguments):
        """How to call one of the tools: the command and its environment."""
        libraries = self._folder / "usr/lib/x86_64-linux-gnu"
        loader = self._folder / "usr/lib64/ld-linux-x86-64.so.2"
        places = [self._folder / "usr" / place / program for place in ("bin", "sbin")]
        command = [loader, "--library-path", libraries]
        command += [path for path in places if path.exists()]
        environment = dict(os.environ, QEMU_MODULE_DIR=str(libraries / "qemu"))
        return [str(part) for part in [*command, *arguments]], environment

    def qemu(self, *arguments):
        """How to call QEMU."""
        share = self._folder / "usr/share"
        firmware = ["-L", share / "qemu", "-L", share / "seabios"]
        return self.command("qemu-system-x86_64", *firmware, *arguments)

    def call(self, program, *arguments):
        """Runs one of the tools to its end; gives what it wrote."""
        command, environment = self.command(program, *arguments)
        return run(command, environment)
