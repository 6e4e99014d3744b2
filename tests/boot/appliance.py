"""The appliance: Debian with its own kernel, our package installed, on a disk.

What the machine at the desk does not have – a shell on the second serial port – is laid over it
here and nowhere else.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from pathlib import Path

from process import run
from tools import PACKAGING

# The first screen of this size is what the pictures show.
WIDTH, HEIGHT = 1280, 800

# A small system as people install it for a machine without a desktop.
PACKAGES = [
    "dbus", "e2fsprogs", "initramfs-tools", "kmod", "linux-image-amd64", "login", "passwd",
    "systemd", "systemd-sysv", "systemd-timesyncd", "udev", "util-linux",
]

FSTAB = "/dev/vda / ext4 defaults,noatime 0 1\n"

# A machine that was started before. Without it systemd takes the first start for the machine's
# first and enables every unit there is, also those our package forgot to enable.
MACHINE_ID = "0b007e57" * 4 + "\n"

# What somebody put on the boot partition with another computer, so that nobody types at the kiosk:
# the sample under another name, and a key. The key is that of RFC 8410, section 10.3, which no station
# has.
BOOT = "boot/firmware"
STATION_NAME = "Trạm của thẻ nhớ"
KEY = f"{BOOT}/tiepdon/station-key.pem"
PEM = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
"""

# The way in for the test: what it types is never echoed, and lines end as they are written.
SHELL_IS_READY = "the shell hears you"
SHELL = f"""\
[Unit]
Description=The boot test's way in
DefaultDependencies=no
After=systemd-remount-fs.service

[Service]
ExecStart=/bin/sh -c "stty raw -echo; echo {SHELL_IS_READY}; exec /bin/sh"
StandardInput=tty-force
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
Restart=always
IgnoreSIGPIPE=no

[Install]
WantedBy=basic.target
"""


class Appliance:
    def __init__(self, folder, deb, release, tools):
        """Makes the disk and the pictures below `folder`, unless they are of the same package."""
        self._tools, self._deb, self._release = tools, deb, release
        packages = sorted({*PACKAGES, *self._needs()})
        asked = json.dumps([release, packages]).encode()
        self._base = folder / f"debian-{_print(asked)}.tar"
        recipe = asked + Path(__file__).read_bytes() + deb.read_bytes()
        self._folder = folder / f"appliance-{_print(recipe)}"
        # One is a gigabyte; those of earlier packages are of no use.
        for old in {*folder.glob("appliance-*")} - {self._folder}:
            # Never into a mount that an interrupted try has left behind.
            run(["rm", "-rf", "--one-file-system", old])
        for old in {*folder.glob("debian-*")} - {self._base}:
            old.unlink()
        if not self._folder.exists():
            draft = folder / "appliance-draft"
            draft.mkdir(parents=True)
            if not self._base.exists():
                self._fetch(packages, draft)
            self._install(draft)
            draft.rename(self._folder)

    @property
    def disk(self):
        """The disk as it comes from the workshop: never started from, only copied."""
        return self._folder / "disk.img"

    @property
    def kernel(self):
        return self._one("boot/vmlinuz-*")

    @property
    def initrd(self):
        return self._one("boot/initrd.img-*")

    @property
    def pixels_per_mm(self):
        """What the settings of the box say of the display."""
        return float(re.search(r"^px-per-mm = ([\d.]+)", _settings(), re.MULTILINE)[1])

    def picture(self, page):
        """Where the program's own picture of a page lies."""
        return self._folder / "screens" / f"{page}.png"

    def _one(self, pattern):
        (found,) = self._folder.glob(pattern)
        return found

    def _fetch(self, packages, draft):
        """Debian with all that our package asks for."""
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--architectures=amd64"]
        command += [f"--include={','.join(packages)}"]
        command += [f"--dpkgopt=path-exclude=/usr/share/{of}/*" for of in ("doc", "locale", "man")]
        command += ['--aptopt=APT::Install-Recommends "false"']
        command += [f"--aptopt={line}" for line in _apt_settings()]
        sources = run([PACKAGING / "apt-sources", self._release]).splitlines()
        tree = draft / "debian.tar"
        # Where it builds the tree.
        environment = dict(os.environ, TMPDIR=str(draft))
        run([*command, self._release, tree, *sources], environment)
        tree.rename(self._base)

    def _install(self, draft):
        """Our package in that Debian, as on a machine without a network; and all of it on a disk."""
        over, tree = draft / "over.tar", draft / "root.tar"
        _lay_over(over)
        hooks = [
            f'copy-in "{self._deb}" /tmp',
            f'chroot "$1" dpkg --install "/tmp/{self._deb.name}"',
            f'rm "$1/tmp/{self._deb.name}"',
            # Before the rest is laid over it: only these belong to the kernel's start.
            f'copy-out /boot "{draft}"',
            f'tar-in "{over}" /',
            # As the settings of the card will make them.
            'cp -r "$1/etc/tiepdon" "$1/tmp/config"',
            f'cp "$1/{BOOT}/tiepdon-station.toml" "$1/tmp/config/station.toml"',
            'chroot "$1" tiepdon screens --config /tmp/config --out /tmp/screens'
            f" --size {WIDTH}x{HEIGHT}",
            f'copy-out /tmp/screens "{draft}"',
            'rm -r "$1/tmp/screens" "$1/tmp/config"',
        ]
        # Only its way of working in another system: nothing is fetched, nothing is set up.
        command = ["mmdebstrap", "--quiet", "--variant=custom", "--architectures=amd64"]
        command += ["--skip=update,cleanup/apt,cleanup/reproducible"]
        command += [f'--setup-hook=tar-in "{self._base}" /']
        command += [f"--customize-hook={hook}" for hook in hooks]
        environment = dict(os.environ, TMPDIR=str(draft))
        run([*command, self._release, tree, "deb copy:/nowhere none main"], environment)
        self._tools.call("mke2fs", "-q", "-t", "ext4", "-d", tree, draft / "disk.img", "3G")
        tree.unlink()
        over.unlink()

    def _needs(self):
        """What comes with our package when people install it: what it depends on and recommends."""
        told = run(["dpkg-deb", "--field", self._deb, "Pre-Depends", "Depends", "Recommends"])
        listed = re.sub(r"^[A-Za-z-]+:", ",", told, flags=re.MULTILINE).replace("\n", " ")
        # "a (>= 1) | b": the first is what apt takes.
        first = [re.match(r"\s*([a-z0-9][a-z0-9.+-]*)", one) for one in listed.split(",")]
        return {name[1] for name in first if name}


def _lay_over(path):
    """What makes the tree a machine's disk, and the test's way in."""
    unit = "etc/systemd/system/boot-test-shell.service"
    files = {
        "etc/fstab": FSTAB,
        "etc/hostname": "tiepdon\n",
        "etc/machine-id": MACHINE_ID,
        unit: SHELL,
        f"{BOOT}/tiepdon-station.toml": _settings(),
        KEY: PEM,
    }
    with tarfile.open(path, "w") as archive:
        for name, text in files.items():
            about = tarfile.TarInfo(name)
            about.size, about.mode = len(text.encode()), 0o644
            archive.addfile(about, io.BytesIO(text.encode()))
        about = tarfile.TarInfo("etc/systemd/system/basic.target.wants/boot-test-shell.service")
        about.type, about.linkname = tarfile.SYMTYPE, f"/{unit}"
        archive.addfile(about)


def _settings():
    """The sample as a station of its own, with a display of its own size, whatever the machine tells."""
    sample = _sample().replace("\n# px-per-mm = ", "\npx-per-mm = ")
    name = re.search(r'^name = "(Trạm .*)"$', sample, re.MULTILINE)[1]
    return sample.replace(f'"{name}"', f'"{STATION_NAME}"')


def _sample():
    return (PACKAGING.parent / "kiosk-config/station.toml").read_text(encoding="utf-8")


def _apt_settings():
    """How this machine fetches packages: a proxy, how often it tries."""
    settings = ["apt-config", "dump", "--no-empty", "--format", '%F "%v";%n', "Acquire"]
    lines = run(settings).splitlines()
    return [line for line in lines if not line.startswith("Acquire::Languages")]


def _print(data):
    return hashlib.sha256(data).hexdigest()[:16]


def copy_of(disk, to):
    """A disk to start from. Its gaps stay gaps."""
    run(["cp", "--sparse=always", disk, to])
