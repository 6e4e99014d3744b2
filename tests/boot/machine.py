"""The machine at the desk, emulated: a screen with touch, a keyboard, a reader, and no network.

It has no clock chip that Linux would ask, as a Raspberry Pi 4 has none: its wall clock starts at a
plausible and wrong time. Instructions are emulated, so that it runs wherever the tests run.
"""

import json
import socket
import subprocess
import time
from datetime import datetime, timedelta, timezone

from appliance import HEIGHT, SHELL_IS_READY, WIDTH
from failed import Failed, Stuck
from patience import deadline
from picture import Picture
from process import dying_with_us

KERNEL = (
    "root=/dev/vda ro fsck.repair=yes console=tty1 console=ttyS0"
    # No driver for the clock chip.
    " initcall_blacklist=cmos_init"
)

# QMP tells the glass's width and height as this number.
FULL = 0x7FFF

# Longer than any answer of QEMU, or of a shell in it.
ANSWER_S = 60


class Machine:
    def __init__(self, tools, kernel, initrd, disk, folder, name, words=""):
        """Switches the machine on. What it writes on its console goes to `name`.console; `words` are
        more for its kernel."""
        self._folder = folder
        self.console = folder / f"{name}.console"
        self.console.unlink(missing_ok=True)
        # The last picture that was looked at.
        self.seen = None
        # Whether the shell has said that it is there.
        self.can_hear = False
        self._asked = self._touches = 0
        # Pairs of sockets: they leave no file, and nobody waits until one can be connected to.
        self._control, control = socket.socketpair()
        self._shell, shell = socket.socketpair()
        self._reader, reader = socket.socketpair()

        # Yesterday, in the morning: both starts of a test are on one station day.
        yesterday = datetime.now(timezone.utc) - timedelta(days=1)
        self.wall = yesterday.replace(hour=2, minute=0, second=0, microsecond=0)
        arguments = [
            "-machine", "q35", "-cpu", "qemu64", "-accel", "tcg,thread=multi", "-smp", "2",
            "-m", "1024", "-nodefaults", "-display", "none", "-nic", "none", "-no-reboot",
            # systemd feeds a watchdog of 14 s; on a busy computer emulation may be held longer.
            "-action", "watchdog=none",
            "-rtc", f"base={self.wall:%Y-%m-%dT%H:%M:%S}",
            "-kernel", kernel, "-initrd", initrd, "-append", KERNEL + words,
            # What the machine has given to its disk stays when we switch it off: only what it
            # still had in its memory is lost.
            "-drive", f"file={disk},format=raw,if=none,id=disk,cache=unsafe",
            "-device", "virtio-blk-pci,drive=disk",
            "-device", f"virtio-gpu-pci,xres={WIDTH},yres={HEIGHT}",
            "-device", "virtio-multitouch-pci",
            "-device", "qemu-xhci", "-device", "usb-kbd",
            "-device", "usb-serial,chardev=reader,always-plugged=on",
            "-chardev", f"socket,id=reader,fd={reader.fileno()}",
            "-chardev", f"file,id=console,path={self.console}", "-serial", "chardev:console",
            "-chardev", f"socket,id=shell,fd={shell.fileno()}", "-serial", "chardev:shell",
            "-chardev", f"socket,id=qmp,fd={control.fileno()}", "-mon", "chardev=qmp,mode=control",
        ]  # fmt: skip
        command, environment = tools.qemu(*arguments)
        self.began = time.monotonic()
        self._log = folder / "qemu.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                dying_with_us(command, "KILL"), env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[end.fileno() for end in (control, shell, reader)],
            )  # fmt: skip
        for end in (control, shell, reader):
            end.close()
        self._control.settimeout(deadline(ANSWER_S) - time.monotonic())
        self._words = self._control.makefile("rw", encoding="utf-8")
        try:
            self._hear()
            self.control("qmp_capabilities")
        except BaseException:
            self.cut_the_power()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cut_the_power()

    def age(self):
        """Seconds since it was switched on."""
        return time.monotonic() - self.began

    def cut_the_power(self):
        """From one instruction to the next. Harmless when it is off."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for end in (self._control, self._shell, self._reader):
            end.close()

    def is_off(self):
        return self._process.poll() is not None

    def control(self, command, **arguments):
        """Asks QEMU."""
        self._words.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._words.flush()
        while True:
            answer = self._hear()
            if "error" in answer:
                raise Stuck(f"QEMU refuses {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def _hear(self):
        try:
            line = self._words.readline()
        except TimeoutError as late:
            raise Stuck("QEMU does not answer") from late
        if not line:
            raise Stuck(f"QEMU ended:\n{self._log.read_text(errors='replace')[-2000:]}")
        return json.loads(line)

    def look(self):
        """The picture on the screen."""
        path = self._folder / "screen.ppm"
        self.control("screendump", filename=str(path))
        picture = Picture.read(path)
        path.unlink()
        self.seen = picture
        return picture

    def press(self, *keys):
        """Presses keys together, by QEMU's names, and lets go of them."""
        named = [{"type": "qcode", "data": key} for key in keys]
        self.control("send-key", keys=named)

    def touch(self, across, down):
        """A finger on the glass and off it, at these parts of its width and height."""
        self._touches += 1

        def finger(kind, axis="x", value=0, touch=self._touches):
            data = {"type": kind, "slot": 0, "tracking-id": touch, "axis": axis, "value": value}
            return {"type": "mtt", "data": data}

        places = [finger("data", "x", int(across * FULL)), finger("data", "y", int(down * FULL))]
        self.control("input-send-event", events=[finger("begin"), *places])
        time.sleep(0.1)
        self.control("input-send-event", events=[finger("end", touch=-1)])

    def scan(self, record):
        """What a reader sends when a card is held under it."""
        self._reader.sendall(record + b"\r\n")

    def ask(self, command, seconds=ANSWER_S):
        """Has the shell run a command; gives its exit status and what it wrote."""
        self._asked += 1
        # Spelt in two parts, so that the shell's word for it is found and never ours.
        begin, end = f"begin-{self._asked}", f"end-{self._asked}"
        line = f"echo be''{begin[2:]}; {{ {command}\n}} 2>&1; echo e''{end[1:]}:$?:\n"
        self._shell.sendall(line.encode())
        closing = f"{end}:".encode()

        def answered(heard):
            _, found, status = heard.rpartition(closing)
            return found and b":" in status

        said, _, status = self._listen(answered, seconds, command).rpartition(closing)
        said = said.partition(f"{begin}\n".encode())[2]
        return int(status.split(b":")[0]), said.decode(errors="replace").strip()

    def wait_for_shell(self, seconds):
        """Before this, the shell hears nothing."""
        self._listen(lambda heard: SHELL_IS_READY.encode() in heard, seconds, "the test's shell")
        self.can_hear = True

    def _listen(self, enough, seconds, what):
        heard, ends = b"", deadline(seconds)
        self._shell.settimeout(0.5)
        while not enough(heard):
            if time.monotonic() > ends:
                raise Failed(f"no answer from the machine: {what}")
            try:
                more = self._shell.recv(65536)
            except TimeoutError:
                continue
            if not more:
                raise Stuck("the machine went off by itself")
            heard += more
        return heard

    def tell(self, command, seconds=ANSWER_S):
        """What a command writes that must not fail."""
        status, said = self.ask(command, seconds)
        if status:
            raise Failed(f"{command}: failed with {status}: {said}")
        return said
