//! The hash chain over all events: changing, removing or inserting one breaks every later link.

use sha2::{Digest as _, Sha256};

/// One link: SHA-256 over the previous link and the columns of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link(pub [u8; 32]);

impl Link {
    /// What the first event links to.
    pub(super) const BEGIN: Self = Self([0; 32]);

    /// The link of the event with these columns, in the order of the table.
    ///
    /// Each column is preceded by its length, so that no two rows give the same input.
    pub(super) fn next(self, columns: &Columns<'_>) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        let mut column = |bytes: &[u8]| {
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        };
        column(&columns.seq.to_be_bytes());
        column(columns.id);
        column(columns.station.as_bytes());
        column(columns.point.as_bytes());
        column(columns.day.as_bytes());
        column(&columns.wall_ms.to_be_bytes());
        column(&columns.uptime_ms.to_be_bytes());
        column(columns.boot);
        column(&[u8::from(columns.sure)]);
        column(columns.visit.unwrap_or_default());
        column(columns.kind.as_bytes());
        column(columns.body.as_bytes());
        column(columns.token.unwrap_or_default());
        // These came with versions 2 and 3 of the database: events without them keep the link they
        // had before. How many columns there are tells which ones, for no code of staff is empty.
        if columns.staff.is_some() || columns.person.is_some() {
            column(columns.staff.unwrap_or_default().as_bytes());
        }
        if let Some(person) = columns.person {
            column(person);
        }
        Self(hash.finalize().into())
    }
}

/// The columns of one event as they stand in the table, without its link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns<'a> {
    pub seq: i64,
    pub id: &'a [u8],
    pub station: &'a str,
    pub point: &'a str,
    pub day: &'a str,
    pub wall_ms: i64,
    pub uptime_ms: i64,
    pub boot: &'a [u8],
    pub sure: bool,
    pub visit: Option<&'a [u8]>,
    pub kind: &'a str,
    pub body: &'a str,
    pub token: Option<&'a [u8]>,
    pub staff: Option<&'a str>,
    pub person: Option<&'a [u8]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Columns<'static> = Columns {
        seq: 1,
        id: &[7; 16],
        station: "AG-TRITON",
        point: "D1",
        day: "2026-11-24",
        wall_ms: 1,
        uptime_ms: 2,
        boot: &[8; 16],
        sure: true,
        visit: Some(&[9; 16]),
        kind: "arrived",
        body: "{}",
        token: None,
        staff: None,
        person: None,
    };

    #[test]
    fn every_column_is_in_the_link() {
        let link = Link::BEGIN.next(&ROW);
        let changed = [
            Columns { seq: 2, ..ROW },
            Columns { id: &[0; 16], ..ROW },
            Columns { station: "AG-TRITONX", point: "D1", ..ROW },
            Columns { point: "D2", ..ROW },
            Columns { day: "2026-11-25", ..ROW },
            Columns { wall_ms: 0, ..ROW },
            Columns { uptime_ms: 0, ..ROW },
            Columns { boot: &[0; 16], ..ROW },
            Columns { sure: false, ..ROW },
            Columns { visit: None, ..ROW },
            Columns { kind: "chose", ..ROW },
            Columns { body: "{ }", ..ROW },
            Columns { token: Some(&[1; 16]), ..ROW },
            Columns { staff: Some("NV02"), ..ROW },
            Columns { person: Some(&[1; 16]), ..ROW },
        ];
        for columns in changed {
            assert_ne!(Link::BEGIN.next(&columns), link, "{columns:?}");
        }
        assert_ne!(link.next(&ROW), link, "the link before counts too");
    }

    #[test]
    fn moving_a_letter_to_the_next_column_changes_the_link() {
        let (a, b) = (
            Columns { station: "A1", point: "2", ..ROW },
            Columns { station: "A", point: "12", ..ROW },
        );
        assert_ne!(Link::BEGIN.next(&a), Link::BEGIN.next(&b));
        let (a, b) = (
            Columns { staff: Some("NV02NV02NV02NV02"), ..ROW },
            Columns { person: Some(b"NV02NV02NV02NV02"), ..ROW },
        );
        assert_ne!(Link::BEGIN.next(&a), Link::BEGIN.next(&b));
    }
}
