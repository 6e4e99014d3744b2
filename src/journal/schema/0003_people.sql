-- What finds the same person again by another document: an HMAC over name, birth and sex, under
-- the key of the day as `token` is. Older events have none.
ALTER TABLE event ADD COLUMN person BLOB CHECK (length(person) = 16);

CREATE INDEX event_by_person ON event (day, person) WHERE person IS NOT NULL;
