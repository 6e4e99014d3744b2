//! The second copy of what happened since the last backups, in a plain file beside the database.
//!
//! One line of JSON an event, with every column and the link, so that a damaged database loses
//! nothing it has answered for. A line goes to the medium beside its commit, and the answer waits for
//! both; a power cut may leave a line whose commit never was, for which nobody was answered. Whatever the
//! file lacks – a line that failed, events from before it existed – is read from the database and
//! written with the next line. It holds no more of a person than the database does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chain::Columns;
use super::closing::{self, Closing};
use super::durable::{put_in_place, remove_if_there};
use super::{JournalError, aside, read, store};
use crate::event::{EventSeq, JournalId};
use crate::plain_file;

const NAME: &str = "side-log.jsonl";
const NEW: &str = "side-log.new";

/// The file grows by zeros ahead of its lines: overwriting synced bytes costs one write, growing
/// costs the file system's journal with every line.
const GROWTH: usize = 256 * 1024;

/// Longer is no side log: two days of patients are some megabytes.
const LONGEST: u64 = 256 * 1024 * 1024;

/// How many events a start adds at most: a file farther behind begins anew, this far back or where
/// a backup ends.
const FARTHEST_BACK: u64 = 2_000;

/// The open file.
pub(super) struct SideLog {
    path: PathBuf,
    file: File,
    /// Where the next line goes.
    end: u64,
    /// Up to where the file holds zeros or lines that are on the medium.
    allocated: u64,
    /// The last event in the file.
    last: EventSeq,
}

/// Lines that a side log lacks.
pub(super) struct Lacking {
    bytes: Vec<u8>,
    /// The last event in it with them.
    last: EventSeq,
}

/// What stands in a side log.
#[derive(Debug)]
pub(super) struct Logged {
    /// The journal it belongs to.
    pub journal: JournalId,
    /// It holds the events after this one.
    after: u64,
    lines: Vec<Line>,
    /// Length of the sound beginning, in bytes.
    sound: usize,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    journal: Hex,
    after: u64,
}

/// One event, its columns as they stand in the database; blobs in hexadecimal.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    seq: i64,
    id: Hex,
    station: String,
    point: String,
    day: String,
    wall_ms: i64,
    uptime_ms: i64,
    boot: Hex,
    sure: bool,
    visit: Option<Hex>,
    kind: String,
    body: String,
    token: Option<Hex>,
    staff: Option<String>,
    chain: Hex,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<Hex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closing: Option<ClosingLine>,
}

/// The closing that belongs to a day-closed event.
#[derive(Debug, Serialize, Deserialize)]
struct ClosingLine {
    number: u32,
    document: Hex,
    signature: Hex,
}

/// Bytes as hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Hex(Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = &'static str;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        let nibble = |digit: &u8| char::from(*digit).to_digit(16);
        let byte = |pair: &[u8]| match pair {
            [high, low] => u8::try_from(nibble(high)? << 4 | nibble(low)?).ok(),
            _ => None,
        };
        let bytes = digits.as_bytes().chunks(2).map(byte).collect::<Option<_>>();
        bytes.map(Self).ok_or("not hexadecimal")
    }
}

impl From<Hex> for String {
    fn from(Hex(bytes): Hex) -> Self {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Line {
    fn columns(&self) -> Columns<'_> {
        Columns {
            seq: self.seq,
            id: &self.id.0,
            station: &self.station,
            point: &self.point,
            day: &self.day,
            wall_ms: self.wall_ms,
            uptime_ms: self.uptime_ms,
            boot: &self.boot.0,
            sure: self.sure,
            visit: self.visit.as_ref().map(|Hex(bytes)| bytes.as_slice()),
            kind: &self.kind,
            body: &self.body,
            token: self.token.as_ref().map(|Hex(bytes)| bytes.as_slice()),
            staff: self.staff.as_deref(),
            person: self.person.as_ref().map(|Hex(bytes)| bytes.as_slice()),
        }
    }

    fn of(row: &Row<'_>) -> Result<Self, JournalError> {
        let columns = read::columns(row)?;
        let hex = |bytes: &[u8]| Hex(bytes.to_vec());
        let document: Option<Vec<u8>> = row.get("document")?;
        let closing = match document {
            Some(document) => Some(ClosingLine {
                number: row.get("number")?,
                document: Hex(document),
                signature: Hex(row.get("signature")?),
            }),
            None => None,
        };
        Ok(Self {
            seq: columns.seq,
            id: hex(columns.id),
            station: columns.station.to_owned(),
            point: columns.point.to_owned(),
            day: columns.day.to_owned(),
            wall_ms: columns.wall_ms,
            uptime_ms: columns.uptime_ms,
            boot: hex(columns.boot),
            sure: columns.sure,
            visit: columns.visit.map(hex),
            kind: columns.kind.to_owned(),
            body: columns.body.to_owned(),
            token: columns.token.map(hex),
            staff: columns.staff.map(str::to_owned),
            chain: Hex(read::chain(row)?.to_vec()),
            person: columns.person.map(hex),
            closing,
        })
    }

    fn seq(&self) -> u64 {
        read::to_count(self.seq)
    }

    fn closing(&self) -> Option<Closing> {
        let ClosingLine { number, document, signature } = self.closing.as_ref()?;
        Some(Closing {
            day: self.day.parse().ok()?,
            number: *number,
            seq: EventSeq(self.seq()),
            document: document.0.clone(),
            signature: signature.0.as_slice().try_into().ok()?,
        })
    }
}

impl Logged {
    /// What the side log of `data` holds; `None` if there is none that can be read.
    pub(super) fn read(data: &Path) -> Option<Self> {
        match plain_file::read(&data.join(NAME), LONGEST) {
            Ok(bytes) => Self::parse(&bytes),
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    tracing::error!(%error, "the side log cannot be read");
                }
                None
            }
        }
    }

    /// Lines up to the first that is torn, damaged or out of order: after a power cut at most the
    /// last one, for which nobody was answered.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.split_inclusive(|byte| *byte == b'\n');
        let first = rest.next()?;
        let Header { journal, after } = serde_json::from_slice(first).ok()?;
        let journal = JournalId(Uuid::from_slice(&journal.0).ok()?);
        let mut logged = Self { journal, after, lines: Vec::new(), sound: first.len() };
        for bytes in rest {
            let is_whole = bytes.last() == Some(&b'\n');
            let Ok(line) = serde_json::from_slice::<Line>(bytes) else { break };
            if !is_whole || line.seq() != logged.last().0 + 1 {
                break;
            }
            logged.lines.push(line);
            logged.sound += bytes.len();
        }
        Some(logged)
    }

    /// Whether it holds every event after the `kept` first ones.
    pub(super) fn reaches_back_to(&self, kept: u64) -> bool {
        self.after <= kept
    }

    /// The last event in it.
    pub(super) fn last(&self) -> EventSeq {
        self.lines.last().map_or(EventSeq(self.after), |line| EventSeq(line.seq()))
    }

    /// Writes the events that `connection` lacks, as far as the chain goes on; all or nothing of
    /// them is durable. Returns how many, and whether nothing was left over.
    pub(super) fn replay(&self, connection: &Connection) -> Result<(u64, bool), JournalError> {
        let (EventSeq(kept), mut chain) = read::end_of_chain(connection)?;
        if !self.reaches_back_to(kept) {
            return Ok((0, false));
        }
        let transaction = connection.unchecked_transaction()?;
        let mut replayed = 0;
        for line in self.lines.iter().filter(|line| line.seq() > kept) {
            let columns = line.columns();
            chain = chain.next(&columns);
            if chain.0.as_slice() != line.chain.0 {
                break;
            }
            store::insert_row(connection, &columns, chain)?;
            if let Some(closing) = line.closing() {
                closing::insert(connection, &closing)?;
            }
            replayed += 1;
        }
        transaction.commit()?;
        Ok((replayed, kept + replayed >= self.last().0))
    }

    /// Whether its last event is the one `connection` has in that place.
    fn agrees_with(&self, connection: &Connection) -> Result<bool, JournalError> {
        match self.lines.last() {
            Some(line) => Ok(read::link_of(connection, self.last())?
                .is_some_and(|link| link.0.as_slice() == line.chain.0)),
            None => Ok(read::end_of_chain(connection)?.0 >= self.last()),
        }
    }
}

impl SideLog {
    /// Opens the side log of the journal `id` for the events that follow, making a new one where
    /// the old one is none of its. `logged` is what the old one holds; `backed_up` events stand
    /// in a good backup.
    ///
    /// # Errors
    /// When the file cannot be made, and SQLite's errors.
    pub(super) fn open(
        data: &Path,
        connection: &Connection,
        id: JournalId,
        logged: Option<&Logged>,
        backed_up: u64,
    ) -> Result<Self, JournalError> {
        let path = data.join(NAME);
        let last = read::end_of_chain(connection)?.0.0;
        let near = last.saturating_sub(FARTHEST_BACK);
        if let Some(logged) = logged
            && logged.journal == id
            && logged.last().0 >= near
            && logged.agrees_with(connection)?
        {
            return Self::continued(path.clone(), logged).map_err(|source| failed(&path, source));
        }
        let after = if backed_up > last { near } else { backed_up.max(near) };
        replace(&path, id, after, &[]).map_err(|source| failed(&path, source))
    }

    fn continued(path: PathBuf, logged: &Logged) -> io::Result<Self> {
        let file = plain_file::open(&path, OpenOptions::new().write(true))?;
        let allocated = file.metadata()?.len();
        let end = u64::try_from(logged.sound).unwrap_or(u64::MAX);
        // What a torn line left must not follow the next one.
        file.write_all_at(&vec![0; usize::try_from(allocated - end).unwrap_or(0)], end)?;
        Ok(Self { path, file, end, allocated, last: logged.last() })
    }

    /// Adds what `connection` has beyond the file. On the medium on return.
    ///
    /// # Errors
    /// When it cannot be written; the same is tried again with the next call.
    pub(super) fn follow(&mut self, connection: &Connection) -> Result<(), JournalError> {
        let lines = self.lacking(connection)?;
        self.write(&lines)
    }

    /// The lines that the file lacks of `connection`, also of a transaction that is under way.
    ///
    /// # Errors
    /// SQLite's errors.
    pub(super) fn lacking(&self, connection: &Connection) -> Result<Lacking, JournalError> {
        let lines = lines_after(connection, self.last)?;
        let last = lines.last().map_or(self.last, |line| EventSeq(line.seq()));
        let bytes = to_bytes(&lines).map_err(|source| failed(&self.path, source))?;
        Ok(Lacking { bytes, last })
    }

    /// Adds these lines. On the medium on return.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn write(&mut self, lacking: &Lacking) -> Result<(), JournalError> {
        let Lacking { bytes, last } = lacking;
        if bytes.is_empty() {
            return Ok(());
        }
        let failed = |source| failed(&self.path, source);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.end + length > self.allocated {
            let grown = self.end + length;
            let zeros = vec![0; GROWTH];
            self.file
                .write_all_at(&zeros, grown)
                .and_then(|()| self.file.write_all_at(bytes, self.end))
                .and_then(|()| self.file.sync_all())
                .map_err(failed)?;
            self.allocated = grown + u64::try_from(GROWTH).unwrap_or(0);
        } else {
            self.file
                .write_all_at(bytes, self.end)
                .and_then(|()| self.file.sync_data())
                .map_err(failed)?;
        }
        self.end += length;
        self.last = *last;
        Ok(())
    }

    /// Where it stands: see [`SideLog::take_back`].
    pub(super) fn end(&self) -> (u64, EventSeq) {
        (self.end, self.last)
    }

    /// What was written since then never happened: its transaction failed.
    ///
    /// # Errors
    /// When it cannot be overwritten. The next line is written over it all the same.
    pub(super) fn take_back(&mut self, (end, last): (u64, EventSeq)) -> Result<(), JournalError> {
        let written = self.end.saturating_sub(end);
        (self.end, self.last) = (end, last);
        let zeros = vec![0; usize::try_from(written).unwrap_or(0)];
        self.file
            .write_all_at(&zeros, end)
            .and_then(|()| self.file.sync_data())
            .map_err(|source| failed(&self.path, source))
    }

    /// Lets go of the events up to `after`, which a good backup holds.
    ///
    /// # Errors
    /// When the new file cannot be made: the old one stays, and holds more than it must.
    pub(super) fn forget_until(&mut self, data: &Path, after: u64) -> Result<(), JournalError> {
        let Some(mut logged) = Logged::read(data) else { return Ok(()) };
        // Events that failed to be written are not forgotten: they are still to come.
        let after = after.min(logged.last().0).max(logged.after);
        logged.lines.retain(|line| line.seq() > after);
        *self = replace(&self.path, logged.journal, after, &logged.lines)
            .map_err(|source| failed(&self.path, source))?;
        Ok(())
    }
}

/// Puts a new file in the place of the old one, if any.
fn replace(path: &Path, journal: JournalId, after: u64, lines: &[Line]) -> io::Result<SideLog> {
    let header = Header { journal: Hex(journal.0.as_bytes().to_vec()), after };
    let new = path.with_file_name(NEW);
    for path in [path, &new] {
        if plain_file::is_unusable(path) {
            aside::rename(path)?;
        }
    }
    remove_if_there(&new)?;
    let mut bytes = serde_json::to_vec(&header)?;
    bytes.push(b'\n');
    bytes.extend(to_bytes(lines)?);
    let end = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    bytes.resize(bytes.len() + GROWTH, 0);
    fs::write(&new, &bytes)?;
    put_in_place(&new, path)?;
    let file = plain_file::open(path, OpenOptions::new().write(true))?;
    let allocated = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let last = lines.last().map_or(after, Line::seq);
    Ok(SideLog { path: path.to_owned(), file, end, allocated, last: EventSeq(last) })
}

fn to_bytes(lines: &[Line]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn lines_after(connection: &Connection, last: EventSeq) -> Result<Vec<Line>, JournalError> {
    let mut statement = connection.prepare_cached(
        "SELECT e.seq, id, station, point, e.day, wall_ms, uptime_ms, boot, sure, visit, kind,
                body, token, staff, chain, person, number, document, signature
         FROM event AS e LEFT JOIN closing AS c ON c.seq = e.seq
         WHERE e.seq > ?1 ORDER BY e.seq",
    )?;
    let mut rows = statement.query([read::to_integer(last.0)])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(Line::of(row)?);
    }
    Ok(lines)
}

fn failed(path: &Path, source: io::Error) -> JournalError {
    JournalError::SideLog { path: path.to_owned(), source }
}

/// Copies the side log of `data` to `folder`, if there is one.
pub(super) fn copy_aside(data: &Path, folder: &Path) -> io::Result<()> {
    let bytes = match plain_file::read(&data.join(NAME), LONGEST) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let copy = folder.join(NAME);
    fs::write(&copy, bytes)?;
    File::open(copy)?.sync_all()
}

/// Sets a side log aside that cannot be read, or is none: a new one takes its place.
pub(super) fn set_aside(data: &Path) {
    let path = data.join(NAME);
    let is_empty = fs::symlink_metadata(&path).map_or(true, |it| it.is_file() && it.len() == 0);
    if !is_empty && let Err(error) = aside::rename(&path) {
        tracing::error!(%error, "the side log is none and cannot be set aside");
    }
}

/// Whether there is a side log at all.
pub(super) fn is_there(data: &Path) -> bool {
    plain_file::is_something_there(&data.join(NAME))
}
