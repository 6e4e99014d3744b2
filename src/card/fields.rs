//! A record parted at `|`: the fields that any layout gives a meaning to, and how many there are.

/// More than the longest known layout has: the BHYT code of 17 fields.
const KNOWN: usize = 20;

/// The fields of a record, each trimmed.
pub(super) struct Fields<'a> {
    known: [&'a str; KNOWN],
    /// How many there are in all, at least one.
    pub(super) count: usize,
    /// The last of them.
    pub(super) last: &'a str,
}

impl<'a> Fields<'a> {
    /// Parts a text.
    pub(super) fn of(text: &'a str) -> Self {
        let mut fields = Self { known: [""; KNOWN], count: 0, last: "" };
        for field in text.split('|').map(str::trim) {
            if let Some(place) = fields.known.get_mut(fields.count) {
                *place = field;
            }
            fields.count += 1;
            fields.last = field;
        }
        fields
    }

    /// The field at a place, counted from zero; empty where there is none.
    pub(super) fn get(&self, place: usize) -> &'a str {
        self.known.get(place).copied().unwrap_or_default()
    }
}
