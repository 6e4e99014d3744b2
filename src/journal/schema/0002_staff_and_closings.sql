-- Who of the staff did it: a code, never a name. Older events have none.
ALTER TABLE event ADD COLUMN staff TEXT;

-- PINs and duty are told from the journal at every start; they are few among many events.
CREATE INDEX event_of_staff ON event (kind, seq) WHERE kind IN
    ('pin-tried', 'pin-chosen', 'pin-reset', 'staff-added', 'staff-removed',
     'duty-began', 'duty-ended', 'exported', 'export-failed', 'restored', 'started');

-- The signed figures of a day, exactly as they were signed. What comes later for the same day is
-- closed again under the next number.
CREATE TABLE closing (
    day        TEXT    NOT NULL CHECK (day GLOB '????-??-??'),
    number     INTEGER NOT NULL CHECK (number >= 1),
    -- The event day-closed: this closing speaks of all events up to and with it.
    seq        INTEGER NOT NULL UNIQUE REFERENCES event (seq),
    document   BLOB    NOT NULL,
    signature  BLOB    NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (day, number)
) STRICT;

CREATE TRIGGER closing_is_never_updated BEFORE UPDATE ON closing
BEGIN SELECT raise(ABORT, 'closings are never updated'); END;

CREATE TRIGGER closing_is_never_deleted BEFORE DELETE ON closing
BEGIN SELECT raise(ABORT, 'closings are never deleted'); END;

CREATE TRIGGER closing_is_never_replaced BEFORE INSERT ON closing
WHEN EXISTS (SELECT 1 FROM closing WHERE day = new.day AND number = new.number OR seq = new.seq)
BEGIN SELECT raise(ABORT, 'closings are never replaced'); END;
