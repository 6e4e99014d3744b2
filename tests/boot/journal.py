"""What stands in the kiosk's journal on the disk of a machine that is off."""

import json
import sqlite3

from appliance import copy_of
from failed import Stuck


class Entry:
    """One event."""

    def __init__(self, row):
        self.seq, self.visit, self.kind, body, self.sure, self.boot, self.chain = row
        self.body = json.loads(body)


def read(tools, disk, journal, folder):
    """All events of the journal at this path of the disk, which itself is left as it is."""
    aside = folder / "aside.img"
    copy_of(disk, aside)
    try:
        # As the machine does when it is switched on again: what the file system had begun is ended.
        tools.call("e2fsck", "-E", "journal_only", "-y", aside)
        for end in ("", "-wal"):
            to = folder / f"journal.db{end}"
            to.unlink(missing_ok=True)
            tools.call("debugfs", "-R", f"dump {journal}{end} {to}", aside)
    finally:
        aside.unlink()
    if not (folder / "journal.db").exists():
        raise Stuck(f"{journal} is not on the disk")
    with sqlite3.connect(folder / "journal.db") as database:
        rows = database.execute(
            "SELECT seq, visit, kind, body, sure, boot, chain FROM event ORDER BY seq"
        )
        return [Entry(row) for row in rows]


def visits(entries):
    """What each visit chose, in the order they came; one that chose nothing has None."""
    chose = {}
    for entry in entries:
        if entry.kind == "arrived":
            chose.setdefault(entry.visit, None)
        elif entry.kind == "chose":
            chose[entry.visit] = entry.body["used"]
    return list(chose.values())
