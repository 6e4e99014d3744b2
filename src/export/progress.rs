//! How far an export is, for the bar on the screen.

/// What an export is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Files are written; a byte counts when the medium has it.
    Writing,
    /// What was written is read back and compared.
    Checking,
    /// The whole export takes its place.
    Placing,
    /// The stick is flushed and unmounted.
    Unmounting,
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Bytes that this phase is done with. Phases without bytes stand at the end.
    pub done_bytes: u64,
    /// Bytes of the whole export, the same in every phase.
    pub total_bytes: u64,
}

/// Counts bytes and tells whoever shows the bar.
pub(super) struct Course<'a> {
    tell: &'a mut dyn FnMut(Progress),
    now: Progress,
}

impl<'a> Course<'a> {
    pub(super) fn new(total_bytes: u64, tell: &'a mut dyn FnMut(Progress)) -> Self {
        Self { tell, now: Progress { phase: Phase::Writing, done_bytes: 0, total_bytes } }
    }

    /// Begins a phase that goes through all bytes.
    pub(super) fn begin(&mut self, phase: Phase) {
        self.now = Progress { phase, done_bytes: 0, ..self.now };
        (self.tell)(self.now);
    }

    /// Begins a phase that has no bytes to count.
    pub(super) fn enter(&mut self, phase: Phase) {
        self.now = Progress { phase, done_bytes: self.now.total_bytes, ..self.now };
        (self.tell)(self.now);
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.now.done_bytes = self.now.done_bytes.saturating_add(bytes);
        (self.tell)(self.now);
    }
}
