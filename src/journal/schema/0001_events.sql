-- One row: which journal this is. A new SD card starts a new journal, so that
-- (journal, seq) is unique among all stations for ever.
CREATE TABLE journal (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    id         BLOB    NOT NULL CHECK (length(id) = 16)
) STRICT;

INSERT INTO journal (only_row, id) VALUES (1, randomblob(16));

-- What happened, in order. Nothing here can name a person: `token` is an HMAC under a key that is
-- destroyed when the day is over, and `body` holds one of the types of src/event/catalogue.rs.
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL CHECK (length(id) = 16),
    station    TEXT    NOT NULL,
    point      TEXT    NOT NULL,
    day        TEXT    NOT NULL CHECK (day GLOB '????-??-??'),
    wall_ms    INTEGER NOT NULL,
    uptime_ms  INTEGER NOT NULL,
    boot       BLOB    NOT NULL CHECK (length(boot) = 16),
    sure       INTEGER NOT NULL CHECK (sure IN (0, 1)),
    visit      BLOB    CHECK (length(visit) = 16),
    kind       TEXT    NOT NULL,
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    token      BLOB    CHECK (length(token) = 16),
    -- SHA-256 over the chain value before and every other column: see src/journal/chain.rs.
    chain      BLOB    NOT NULL CHECK (length(chain) = 32)
) STRICT;

CREATE INDEX event_by_day ON event (day);
CREATE INDEX event_by_token ON event (day, token) WHERE token IS NOT NULL;

-- Nothing is erased or edited. The insert trigger also stops INSERT OR REPLACE, which deletes
-- without asking the delete trigger, and keeps the sequence free of gaps.
CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'events are never updated'); END;

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'events are never deleted'); END;

CREATE TRIGGER event_is_appended BEFORE INSERT ON event
WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
BEGIN SELECT raise(ABORT, 'events are only appended'); END;

CREATE TRIGGER journal_is_never_updated BEFORE UPDATE ON journal
BEGIN SELECT raise(ABORT, 'the journal keeps its id'); END;

CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal keeps its id'); END;

CREATE TRIGGER journal_is_never_replaced BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal)
BEGIN SELECT raise(ABORT, 'the journal keeps its id'); END;
