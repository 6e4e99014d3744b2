//! What is typed: PINs, numbers of others, the date and the time.

use super::super::clock_form::{ClockForm, Refusal};
use super::super::number::NumberEntry;
use super::super::state::{PinPurpose, PinTrouble, State};
use super::super::{Env, words};
use super::{View, ViewPage};
use crate::event::{Role, StationDay, Vouched};

/// A number that somebody else counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberView {
    /// What it is.
    pub title: String,
    /// For which day, and who counts it.
    pub note: String,
    /// As typed so far.
    pub typed: String,
    /// What it counts.
    pub unit: String,
    /// There is something to enter.
    pub ready: bool,
}

/// The page for date and time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockView {
    /// Day, month, year, hour, minute; or the two days of a period.
    pub boxes: Vec<String>,
    /// Which of them the next digit goes to, from 0.
    pub chosen: usize,
    /// Who vouches for the time now, or why what was typed is not taken.
    pub note: String,
    /// It was not taken, or nobody vouches.
    pub alarm: bool,
    /// The way on, or nothing.
    pub on: &'static str,
}

/// The PIN pad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PinView {
    /// Whose PIN.
    pub title: String,
    /// What was wrong, or how many tries are left.
    pub note: String,
    /// Something was wrong.
    pub alarm: bool,
    /// How many digits are typed.
    pub digits: usize,
    /// Seconds until one may type.
    pub wait: u64,
    /// It is being judged.
    pub busy: bool,
}

pub(super) fn number_label(which: usize, env: &Env<'_>) -> String {
    env.outlook.numbers.get(which).map(|wanted| wanted.label.clone()).unwrap_or_default()
}

pub(super) fn number_view(
    which: usize,
    day: StationDay,
    entry: &NumberEntry,
    asked: bool,
    env: &Env<'_>,
) -> NumberView {
    let Some(wanted) = env.outlook.numbers.get(which) else { return NumberView::default() };
    let before = wanted.known.iter().find(|(known, _)| *known == day);
    let before = before.map(|(_, number)| format!(" Đang ghi {number}, số mới sẽ thay."));
    NumberView {
        title: wanted.label.clone(),
        note: format!(
            "Ngày {}, do {} đếm.{}",
            words::date(day),
            wanted.counted_by,
            before.unwrap_or_default()
        ),
        typed: entry.shown(),
        unit: wanted.unit.clone(),
        ready: !asked && entry.value().is_some(),
    }
}

pub(super) fn pin_view(
    purpose: &PinPurpose,
    trouble: Option<PinTrouble>,
    env: &Env<'_>,
) -> PinView {
    let staff = purpose.staff();
    let title = match purpose {
        PinPurpose::SignIn(_) => format!("Mã PIN của {staff}"),
        PinPurpose::Choose { .. } => format!("{staff} chọn mã PIN mới"),
        PinPurpose::Repeat { .. } => "Nhập lại mã PIN mới".to_owned(),
    };
    let mut pin = PinView { title, ..PinView::default() };
    let lockout = env.lockouts.get(&staff).copied().unwrap_or_default();
    if matches!(purpose, PinPurpose::SignIn(_)) {
        pin.wait = lockout.wait(&env.now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
    }
    pin.alarm = trouble.is_some();
    pin.note = match trouble {
        Some(PinTrouble::Wrong) => match lockout.tries_left() {
            0 => "Mã PIN chưa đúng. Vui lòng chờ rồi thử lại.".to_owned(),
            left => format!("Mã PIN chưa đúng. Còn {left} lần thử."),
        },
        Some(PinTrouble::Weak(weak)) => weak.advice().to_owned(),
        Some(PinTrouble::NotTheSame) => "Hai lần nhập không giống nhau. Mời chọn lại.".to_owned(),
        Some(PinTrouble::NotSaved(advice)) => advice.to_owned(),
        None => String::new(),
    };
    pin
}

pub(super) fn tell_clock(view: &mut View, form: &ClockForm, state: &State, env: &Env<'_>) {
    view.page = ViewPage::Clock;
    let is_head = state.who.is_some_and(|who| who.role == Role::Head);
    let vouched = env.health.vouched;
    let insists = is_head && matches!(form.refused, Some(Refusal::BeforeRecords(_)));
    view.clock = ClockView {
        boxes: form.at(&env.now).texts().into(),
        chosen: form.chosen(),
        note: form.refused.map_or_else(
            || words::who_vouches(vouched, env.now.sure).to_owned(),
            |refusal| words::refusal(refusal, is_head),
        ),
        alarm: form.refused.is_some() || !env.now.sure,
        on: match (form.asked || vouched == Some(Vouched::Network), insists) {
            (true, _) => "",
            (false, true) => "Vẫn lưu giờ này",
            (false, false) => "Lưu giờ này",
        },
    };
}
