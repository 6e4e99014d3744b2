//! Numbers that are typed into boxes beside each other: a full box hands on to the next.

/// Boxes of some digits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TypedBoxes<const BOXES: usize> {
    numbers: [TypedNumber; BOXES],
    /// How many digits each holds.
    widths: [u8; BOXES],
    /// Which box the next digit goes to, from 0.
    chosen: usize,
}

/// What stands in one box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TypedNumber {
    value: u16,
    /// How many digits of it were typed; none: it is not being typed.
    typed: u8,
    /// Whether somebody typed into it.
    own: bool,
}

impl<const BOXES: usize> TypedBoxes<BOXES> {
    /// These numbers, to be put right.
    pub(super) fn of(values: [u16; BOXES], widths: [u8; BOXES]) -> Self {
        let numbers = values.map(|value| TypedNumber { value, typed: 0, own: false });
        Self { numbers, widths, chosen: 0 }
    }

    /// The boxes that nobody typed into hold these numbers now.
    pub(super) fn follow(&mut self, values: [u16; BOXES]) {
        for (number, value) in self.numbers.iter_mut().zip(values) {
            if !number.own {
                number.value = value;
            }
        }
    }

    /// The next digit goes to this box, from 0. Whether there is such a box.
    pub(super) fn choose(&mut self, chosen: usize) -> bool {
        let is_there = chosen < BOXES;
        if is_there {
            self.chosen = chosen;
            self.end_typing();
        }
        is_there
    }

    /// A digit, 0 to 9. A box that is full hands on to the next.
    pub(super) fn digit(&mut self, digit: u8) {
        let Some((number, width)) = self.chosen_box() else { return };
        if number.typed == 0 {
            number.value = 0;
        }
        number.own = true;
        number.value = number.value * 10 + u16::from(digit.min(9));
        number.typed += 1;
        if number.typed == width {
            self.end_typing();
            self.chosen = (self.chosen + 1).min(BOXES - 1);
        }
    }

    /// The last digit goes; from an empty box back to the one before.
    pub(super) fn erase(&mut self) {
        let Some((number, _)) = self.chosen_box() else { return };
        if number.typed == 0 {
            self.chosen = self.chosen.saturating_sub(1);
        } else {
            number.value /= 10;
            number.typed -= 1;
        }
    }

    /// The numbers.
    pub(super) fn values(&self) -> [u32; BOXES] {
        self.numbers.map(|number| u32::from(number.value))
    }

    /// Whether nobody typed into the boxes from `first` on.
    pub(super) fn is_untouched_from(&self, first: usize) -> bool {
        self.numbers.iter().skip(first).all(|number| !number.own)
    }

    /// What stands in the boxes; while one is typed, what is typed.
    pub(super) fn texts(&self) -> [String; BOXES] {
        let mut texts = [const { String::new() }; BOXES];
        for ((text, number), width) in texts.iter_mut().zip(self.numbers).zip(self.widths) {
            let digits = if number.typed > 0 { number.typed } else { width };
            *text = format!("{:0digits$}", number.value, digits = usize::from(digits));
        }
        texts
    }

    /// Which box the next digit goes to, from 0.
    pub(super) fn chosen(&self) -> usize {
        self.chosen
    }

    fn chosen_box(&mut self) -> Option<(&mut TypedNumber, u8)> {
        self.numbers.iter_mut().zip(self.widths).nth(self.chosen)
    }

    fn end_typing(&mut self) {
        for number in &mut self.numbers {
            number.typed = 0;
        }
    }
}
