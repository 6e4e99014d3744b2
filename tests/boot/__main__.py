"""The boot test: our package on Debian, on an emulated machine, from the switch to the visit.

    python3 tests/boot --deb tiepdon_0.1.0_amd64.deb

A visit is acknowledged and the power is cut in that moment; the second start must know the visit,
and the kiosk must come back from whatever ends or holds it. A machine without udev must serve a
patient as well. All that is made lies below the folder
--work; nothing stays running and nothing stays mounted, however the test ends. Exits with 1 when a
check failed.
"""

import argparse
import fcntl
import json
import mmap
import re
import shutil
import signal
import sys
import time
from pathlib import Path

import journal
import patience
from appliance import KEY, STATION_NAME, Appliance, copy_of
from checks import Checks
from failed import Failed, Stuck
from machine import Machine
from pages import Pages
from patience import until
from tools import Tools

# All of it, with fetching and installing Debian.
TIME_LIMIT_S = 20 * 60

# On a real machine the first screen must come within 40 s; instructions are emulated here, on a
# computer that may have other work.
FIRST_SCREEN_S = 240
START_S = 300

# A page after a press, a kiosk after its end.
PAGE_S = 30
BACK_S = 90

UNIT = "tiepdon.service"

# The middle of "Sổ sức khỏe trên VNeID" on the page that asks, in parts of width and height.
VNEID = (0.18, 0.5)

# Without udev nobody loads the drivers that a kernel for this machine would have built in.
WITHOUT_UDEV = " ".join(
    ["", *(f"systemd.mask=systemd-udev{unit}" for unit in (
        "d.service", "d-control.socket", "d-kernel.socket", "-trigger.service", "-settle.service",
    ))]
) + " modules_load=virtio_gpu,virtio_input,evdev,ftdi_sio"  # fmt: skip

VECTORS = Path(__file__).parents[1] / "vectors/scan-vectors.json"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--deb", type=Path, required=True)
    arguments.add_argument("--work", type=Path, default=Path("target/boot-test"))
    arguments.add_argument("--release", default="bookworm", help="the Debian it is installed on")
    arguments.add_argument("--slow", type=float, default=1, help="how many times as long to wait")
    arguments = arguments.parse_args()
    if not arguments.deb.is_file():
        sys.exit(f"boot-test: no package {arguments.deb}; “make deb” makes it")

    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("boot-test: asked to end"))
    signal.alarm(int(TIME_LIMIT_S * arguments.slow))
    patience.factor = arguments.slow

    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    lock = open(work / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"boot-test: another one is at work in {work}")
    screens = work / "screens"
    shutil.rmtree(screens, ignore_errors=True)
    screens.mkdir(parents=True)
    checks = Checks(screens)
    try:
        Story(arguments.deb.resolve(), work, arguments.release, checks).tell()
    except Failed as failed:
        if not checks.failed:
            checks.failed.append("the workshop")
            print(f"FAILED before anything could be checked: {failed}", flush=True)
    if checks.failed:
        print(f"boot-test: {len(checks.failed)} failed: {'; '.join(checks.failed)}")
        print(f"boot-test: screens in {screens}, consoles and logs in {work}")
        sys.exit(1)
    print(f"boot-test: all is well; screens in {screens}")


def _too_long(*_):
    raise Stuck("the whole test took too long")


class Story:
    def __init__(self, deb, work, release, checks):
        self._work, self._checks = work, checks
        with checks.check("workshop: QEMU and its tools", needed=True):
            self._tools = Tools(work / "tools")
        with checks.check(f"workshop: Debian {release} with {deb.name}", needed=True):
            self._appliance = Appliance(work, deb, release, self._tools)
        self._pages = Pages(self._appliance)
        self._disk = work / "disk.img"
        self._journal = None

    def tell(self):
        try:
            copy_of(self._appliance.disk, self._disk)
            with self._switch_on("first start") as machine:
                self._starts(machine)
                self._is_at_home(machine)
                self._serves(machine)
            # The power is off.
            before = self._survives()
            with self._switch_on("second start") as machine:
                self._starts(machine)
                self._remembers(machine)
                self._comes_back(machine)
                self._says_what_to_do(machine)
                self._switches_off(machine)
            self._adds(before)
            copy_of(self._appliance.disk, self._disk)
            with self._switch_on("without udev", WITHOUT_UDEV) as machine:
                self._does_without_udev(machine)
            self._recorded_without_udev()
        finally:
            self._disk.unlink(missing_ok=True)

    def _switch_on(self, name, words=""):
        appliance = self._appliance
        machine = Machine(
            self._tools, appliance.kernel, appliance.initrd, self._disk, self._work, name, words
        )
        print(f"       {name}", flush=True)
        self._checks.machine = machine
        return machine

    # From the switch to the first screen.
    def _starts(self, machine):
        check = self._checks.check
        with check("the first screen is the idle page", needed=True) as note:
            _, likeness = self._pages.wait(machine, "idle", FIRST_SCREEN_S)
            note(f"{machine.age():.0f} s after the switch")
            note(f"{likeness:.0%} as drawn by the program itself")
        self._checks.keep_screen("idle")
        with check("the machine answers", needed=True):
            machine.wait_for_shell(START_S)
        with check("the start comes to an end and no unit failed") as note:
            status, said = machine.ask("systemctl is-system-running --wait", START_S)
            failed = machine.tell("systemctl --failed --no-legend --plain")
            if status or failed:
                raise Failed(f"the system is {said}: {failed}")
            note(machine.tell("systemd-analyze | head -n 1"))
        with check("no ordering cycle"):
            told = self._keep_log(machine).splitlines()
            # A log that is not there has no such line either.
            if not any("Reached target" in line for line in told):
                raise Failed(f"the log of this start is not whole: {len(told)} lines")
            cycles = [line for line in told if "ordering cycle" in line.lower()]
            if cycles:
                raise Failed("; ".join(cycles))
        with check("there is no network, and nothing waited for one"):
            networks = machine.tell("ls /sys/class/net").split()
            if networks != ["lo"]:
                raise Failed(f"this machine has {networks}")
        with check("the kiosk tells systemd that it is there, and is watched") as note:
            told = self._unit(machine, "ActiveState", "Type", "WatchdogUSec", "User")
            if told["ActiveState"] != "active" or told["Type"] != "notify":
                raise Failed(f"{told}")
            if told["WatchdogUSec"] in ("0", "infinity") or told["User"] in ("", "root"):
                raise Failed(f"{told}")
            note(f"watchdog {told['WatchdogUSec']}")

    # What the kiosk holds in its hands.
    def _is_at_home(self, machine):
        check = self._checks.check
        files = []
        with check("the kiosk draws through /dev/dri, not through the old frame buffer"):
            files += self._open_files(machine)
            if not any(re.fullmatch(r"/dev/dri/card\d+", name) for name in files):
                raise Failed(f"no /dev/dri/card among {files}")
            if any(name.startswith("/dev/fb") for name in files):
                raise Failed("/dev/fb0 is open")
        with check("the kiosk has opened the reader"):
            reader = machine.tell("readlink -f /dev/tiepdon-scanner")
            if reader not in files:
                raise Failed(f"{reader} is not among {files}")
        with check("the kiosk has a journal", needed=True):
            journals = [name for name in files if name.endswith(".db")]
            if len(journals) < 1:
                raise Failed(f"no journal among {files}")
            self._journal = journals[0]
        with check("the settings and the key of its boot partition are the kiosk's"):
            settings = machine.tell("cat /etc/tiepdon/station.toml")
            if STATION_NAME not in settings:
                raise Failed(machine.tell("journalctl --boot --unit=tiepdon-provision --output=cat"))
            key = machine.tell(f"stat -c %U:%a $(dirname {self._journal})/station-key.pem")
            _, left = machine.ask(f"ls /{KEY}")
            if key != "tiepdon:600" or left == f"/{KEY}":
                raise Failed(f"the key is {key}, on the boot partition: {left}")
        with check("the console's keyboard is off and its text hidden"):
            # KDGKBMODE and KDGETMODE (linux/kd.h): K_OFF is 4, KD_GRAPHICS is 1.
            told = machine.tell(
                "perl -e 'open T, \"</dev/tty1\" or die; for (0x4B44, 0x4B3B)"
                ' { my $m = pack "L", 0; ioctl T, $_, $m or die $!; print unpack("L", $m), " " }\''
            )
            if told.split() != ["4", "1"]:
                raise Failed(f"keyboard mode and display mode are {told}, not 4 and 1")

    # Two patients: one by touch, one by key; the power goes with the second's acknowledgement.
    def _serves(self, machine):
        check = self._checks.check
        with check("a scan brings the page that asks", needed=True):
            machine.scan(_card("C02"))
            self._pages.wait(machine, "choice", PAGE_S)
        self._checks.keep_screen("choice")
        with check("a touch on “VNeID” is recorded", needed=True):
            machine.touch(*VNEID)
            self._pages.wait(machine, "done-vneid", PAGE_S)
        self._checks.keep_screen("done-vneid")
        with check("the idle page comes back by itself", needed=True):
            self._pages.wait(machine, "idle", PAGE_S)
        with check("the second patient's key is taken", needed=True):
            machine.scan(_card("N01"))
            self._pages.wait(machine, "choice", PAGE_S)
            machine.press("2")
            self._pages.wait(machine, "reason", PAGE_S)
            machine.press("ret")
            picture, _ = self._pages.wait(machine, "done-vneid", PAGE_S)
            machine.cut_the_power()
        picture.save(self._work / "screens/power-cut.png")

    # What the disk holds after the power was cut.
    def _survives(self):
        check = self._checks.check
        with check("both visits are on the disk", needed=True):
            entries = journal.read(self._tools, self._disk, self._journal, self._work)
            chosen = journal.visits(entries)
            if chosen != ["vneid", "paper"]:
                raise Failed(f"the journal holds {chosen}")
        with check("the kiosk ran as the station of its boot partition from the first event on"):
            names = {entry.body["station_name"] for entry in entries if entry.kind == "started"}
            if names != {STATION_NAME}:
                raise Failed(f"it ran as {names}")
        with check("no visit claims that its time is known"):
            sure = [entry.kind for entry in entries if entry.sure]
            if sure:
                raise Failed(f"recorded as sure, on a machine whose clock nobody vouches for: {sure}")
        with check("no card's number is on the disk"):
            for name in ("C02", "N01"):
                number = re.match(rb"\d{12}", _card(name))[0]
                with open(self._disk, "rb") as file:
                    with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as disk:
                        at = disk.find(number)
                if at >= 0:
                    raise Failed(f"that of card {name} stands at byte {at}")
        return entries

    # The running kiosk knows the patient of before the power cut.
    def _remembers(self, machine):
        check = self._checks.check
        with check("a patient of before the power cut is known again"):
            machine.scan(_card("C02"))
            self._pages.wait(machine, "choice-again", PAGE_S)
            self._checks.keep_screen("choice-again")
            machine.press("1")
            self._pages.wait(machine, "idle", PAGE_S)

    # Whatever ends or holds the kiosk.
    def _comes_back(self, machine):
        check = self._checks.check
        with check("after kill -9 the kiosk is back") as note:
            self._idle_again(machine, note, lambda pid: machine.tell(f"kill -9 {pid}"))
        with check("a kiosk that hangs is noticed and started again") as note:
            hang = _seconds(self._unit(machine, "WatchdogUSec")["WatchdogUSec"])
            self._idle_again(machine, note, lambda pid: machine.tell(f"kill -STOP {pid}"), hang)
            _, said = machine.ask(f"journalctl --boot --unit={UNIT} --output=cat | grep -i watchdog")
            if "atchdog timeout" not in said:
                raise Failed(f"it was not the watchdog: {said or 'systemd says nothing of one'}")
        with check("Ctrl+Alt+F2 changes nothing"):
            before = self._pid(machine)
            machine.press("ctrl", "alt", "f2")
            time.sleep(3)
            console = machine.tell("cat /sys/class/tty/tty0/active")
            _, login = machine.ask("systemctl is-active getty@tty2.service")
            if console != "tty1" or login == "active" or self._pid(machine) != before:
                raise Failed(f"console {console}, login on tty2 {login}")
            self._pages.wait(machine, "idle", PAGE_S)
        # Slint ends its event loop at these keys, and the program begins anew by itself: systemd,
        # which would count it towards the ladder, sees nothing of it.
        with check("Ctrl+Alt+Del neither starts the machine anew nor ends the kiosk"):
            self._goes_on(machine, "delete")
        with check("Ctrl+Alt+Backspace does not end the kiosk"):
            self._goes_on(machine, "backspace")

    # The last step of the ladder is a page that says what to do, not a dark screen.
    def _says_what_to_do(self, machine):
        with self._checks.check("a kiosk that fails again and again gives way to a page") as note:
            kills = 0
            while self._unit(machine, "ActiveState")["ActiveState"] != "failed" and kills < 10:
                before = self._pid(machine)
                machine.tell(f"kill -9 {before}")
                kills += 1
                until(
                    "the kiosk's next start, or its end", BACK_S,
                    lambda: self._unit(machine, "ActiveState")["ActiveState"] == "failed"
                    or self._pid(machine) not in (0, before),
                )  # fmt: skip
            note(f"kills until then: {kills}")
            time.sleep(10)
            picture = machine.look()
            self._checks.keep_screen("given-up")
            if picture.is_of_one_colour():
                raise Failed("the screen is dark")
            likeness, name = self._pages.nearest(picture)
            if likeness > 0.5:
                raise Failed(f"the screen still shows {name!r}")

    def _switches_off(self, machine):
        with self._checks.check("the machine can be switched off"):
            self._keep_log(machine)
            machine.ask("systemctl --no-block poweroff")
            until("the end of the machine", BACK_S, machine.is_off)

    # What was recorded stays, what came is added.
    def _adds(self, before):
        with self._checks.check("the second start only added to the journal"):
            entries = journal.read(self._tools, self._disk, self._journal, self._work)
            kept = [(entry.seq, entry.chain) for entry in entries[: len(before)]]
            if kept != [(entry.seq, entry.chain) for entry in before]:
                raise Failed("what was recorded before the power cut has changed")
            added = entries[len(before) :]
            if not added or {entry.boot for entry in added} & {entry.boot for entry in before}:
                raise Failed("the second start left nothing of its own")
            if any(entry.kind == "restored" for entry in added):
                raise Failed("the journal was damaged and had to be restored")
            chosen = journal.visits(entries)
            if chosen != ["vneid", "paper"]:
                raise Failed(f"the journal holds {chosen}")

    # The first screen and a patient with the reader alone: touch and keys come through udev.
    def _does_without_udev(self, machine):
        check = self._checks.check
        with check("without udev the first screen is the idle page", needed=True) as note:
            self._pages.wait(machine, "idle", FIRST_SCREEN_S)
            note(f"{machine.age():.0f} s after the switch")
        self._checks.keep_screen("idle-without-udev")
        with check("the machine answers, and udev does not run", needed=True):
            machine.wait_for_shell(START_S)
            _, udev = machine.ask("systemctl is-active systemd-udevd.service")
            _, link = machine.ask("ls /dev/tiepdon-scanner")
            if udev != "inactive" or link == "/dev/tiepdon-scanner":
                raise Failed(f"udev is {udev}; {link}")
        with check("nothing waits for udev, and nothing of ours failed") as note:
            _, said = machine.ask("systemctl is-system-running --wait", START_S)
            note(said)
            waiting = machine.tell("systemctl list-jobs --no-legend --plain")
            failed = machine.tell("systemctl list-units --failed --no-legend --plain 'tiepdon*'")
            if waiting or failed:
                raise Failed(f"waiting: {waiting}; failed: {failed}")
            self._keep_log(machine)
        with check("a scan brings the page that asks, and a command card is taken", needed=True):
            machine.scan(_card("C02"))
            self._pages.wait(machine, "choice", PAGE_S)
            machine.scan(b"TIEPDON:VNEID")
            self._pages.wait(machine, "done-vneid", PAGE_S)
        self._checks.keep_screen("done-without-udev")
        with check("the doctor says that udev does not run"):
            _, said = machine.ask("tiepdon doctor --config /etc/tiepdon --data /var/lib/tiepdon")
            if "dịch vụ udev không chạy" not in said:
                raise Failed(said)
        machine.cut_the_power()

    def _recorded_without_udev(self):
        with self._checks.check("the visit without udev is on the disk"):
            entries = journal.read(self._tools, self._disk, self._journal, self._work)
            chosen = journal.visits(entries)
            if chosen != ["vneid"]:
                raise Failed(f"the journal holds {chosen}")

    def _idle_again(self, machine, note, harm, patience=0):
        """Does harm to the kiosk; waits until another one shows the idle page."""
        before, began = self._pid(machine), time.monotonic()
        harm(before)
        until("another kiosk", BACK_S + patience, lambda: self._pid(machine) not in (0, before))
        self._pages.wait(machine, "idle", BACK_S)
        note(f"{time.monotonic() - began:.0f} s")

    def _goes_on(self, machine, key):
        """Presses a key with Ctrl and Alt: the same machine and the same process show the idle page."""
        before, boot = self._pid(machine), machine.tell("cat /proc/sys/kernel/random/boot_id")
        machine.press("ctrl", "alt", key)
        time.sleep(5)
        self._pages.wait(machine, "idle", BACK_S)
        if machine.tell("cat /proc/sys/kernel/random/boot_id") != boot:
            raise Failed("the machine was started anew")
        if self._pid(machine) != before:
            raise Failed("the kiosk ended")

    def _keep_log(self, machine):
        """What the machine's log says of this start; kept beside what it wrote on its console."""
        log = machine.tell("SYSTEMD_COLORS=0 journalctl --boot --output=short-monotonic", START_S)
        machine.console.with_suffix(".log").write_text(log, encoding="utf-8")
        return log

    def _pid(self, machine):
        return int(self._unit(machine, "MainPID")["MainPID"])

    def _unit(self, machine, *properties):
        lines = machine.tell(f"systemctl show {UNIT} --property={','.join(properties)}")
        return dict(line.split("=", 1) for line in lines.splitlines())

    def _open_files(self, machine):
        return machine.tell(f"readlink /proc/{self._pid(machine)}/fd/*; true").splitlines()


def _seconds(text):
    """A span of time as systemd writes it: 30s, 1min 30s."""
    spans = re.findall(r"(\d+)(min|s)\b", text)
    return sum(int(number) * {"min": 60, "s": 1}[unit] for number, unit in spans)


def _card(name):
    """What a reader sends for one of the invented cards."""
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    (found,) = [vector for vector in vectors if vector["id"] == name]
    return bytes.fromhex(found["hex"])


main()
