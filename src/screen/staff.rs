//! The staff's pages: [`reception::View`](crate::reception::View) → the `Staff` global, and its
//! callbacks → presses.

use slint::{ComponentHandle as _, SharedString};
use tiepdon_ui as ui;
use tiepdon_ui::Staff;

use super::Screen;
use crate::desk::Look;
use crate::event::{RecordUsed, VisitNo};
use crate::figures::Share;
use crate::reception::{
    ClockView, FactLine, Filter, FormView, ListRow, Mark, NumberView, PinView, Press, Question,
    StickView, View, ViewPage,
};

/// No campaign runs that has a goal.
const NO_TARGET: f32 = -1.0;

/// A day without visits has no bar.
const NO_BAR: f32 = -1.0;

impl Screen {
    /// Calls `press` for everything staff press.
    pub fn listen_to_staff(&self, press: impl Fn(Press) + Clone + 'static) {
        let staff = self.window.global::<Staff>();
        let pressing = |what: Press| {
            let press = press.clone();
            move || press(what)
        };
        staff.on_open_staff(pressing(Press::Open));
        staff.on_lock(pressing(Press::Lock));
        staff.on_open_counted(pressing(Press::OpenCounted));
        staff.on_back(pressing(Press::Back));
        staff.on_go_on(pressing(Press::GoOn));
        staff.on_pin_erase(pressing(Press::Erase));
        staff.on_number_comma(pressing(Press::Comma));
        staff.on_add_visit(pressing(Press::Add));
        staff.on_meet_callers(pressing(Press::Call));
        staff.on_toggle_duty(pressing(Press::Duty));
        staff.on_open_menu(pressing(Press::Menu));
        staff.on_toggle_guided(pressing(Press::Guided));
        staff.on_toggle_guardian(pressing(Press::Accompanied));
        staff.on_toggle_second(pressing(Press::Second));
        staff.on_ask_age(pressing(Press::Ask(Question::Age)));
        staff.on_ask_result(pressing(Press::Ask(Question::Result)));
        staff.on_ask_obstacle(pressing(Press::Ask(Question::Obstacle)));
        staff.on_cancel_visit(pressing(Press::StrikeOut));
        staff.on_save_visit(pressing(Press::Save));
        staff.on_export_now(pressing(Press::Export));
        staff.on_other_period(pressing(Press::Periods));
        staff.on_dismiss_report(pressing(Press::Dismiss));
        let numbered = |of: fn(u8) -> Press| {
            let press = press.clone();
            move |number: i32| {
                if let Ok(number) = u8::try_from(number) {
                    press(of(number));
                }
            }
        };
        staff.on_pin_digit(numbered(Press::Digit));
        staff.on_answer(numbered(Press::Answer));
        let chosen = press.clone();
        staff.on_choose_filter(move |filter| {
            chosen(Press::Show(match filter {
                1 => Filter::Open,
                2 => Filter::Help,
                _ => Filter::All,
            }));
        });
        let used = press.clone();
        staff.on_choose_used(move |number| {
            used(Press::Used(match number {
                1 => RecordUsed::Vneid,
                2 => RecordUsed::Paper,
                _ => RecordUsed::Neither,
            }));
        });
        staff.on_open_row(move |number| {
            if let Ok(number) = u32::try_from(number) {
                press(Press::Row(VisitNo(number)));
            }
        });
    }

    /// Shows where the staff's side stands.
    pub fn show_staff(&self, view: &View) {
        let staff = self.window.global::<Staff>();
        let is_shown = view.page != ViewPage::None;
        if is_shown {
            // Whatever the patient behind has chosen.
            self.show_look(Look::default());
        }
        let stands_there = is_shown || staff.get_page() != ui::StaffPage::None;
        if stands_there && self.finger.holds_staffs_page(&self.window, view) {
            return;
        }
        // Nothing of the staff's pages is kept while patients stand there.
        if stands_there {
            self.fill_staff(&staff, view);
        }
        staff.set_page(match view.page {
            ViewPage::None => ui::StaffPage::None,
            ViewPage::Pin => ui::StaffPage::Pin,
            ViewPage::Arrivals => ui::StaffPage::Arrivals,
            ViewPage::Visit => ui::StaffPage::Visit,
            ViewPage::Pick => ui::StaffPage::Pick,
            ViewPage::Facts => ui::StaffPage::Facts,
            ViewPage::Stick => ui::StaffPage::Stick,
            ViewPage::Figures => ui::StaffPage::Figures,
            ViewPage::Number => ui::StaffPage::Number,
            ViewPage::Clock => ui::StaffPage::Clock,
            ViewPage::Period => ui::StaffPage::Period,
        });
    }

    fn fill_staff(&self, staff: &Staff<'_>, view: &View) {
        staff.set_who(text(&view.who));
        staff.set_since(text(&view.since));
        staff.set_health(text(&view.health));
        staff.set_health_alarm(view.health_alarm);
        staff.set_seconds_left(count(view.seconds_left));
        staff.set_said(text(&view.said));
        staff.set_said_alarm(view.said_alarm);
        staff.set_counted(view.counted.map_or(0, |number| count(number.0)));
        fill_pin(staff, &view.pin);
        self.fill_list(staff, view);
        staff.set_form(form(&view.form));
        staff.set_question(text(&view.question));
        staff.set_question_note(text(&view.question_note));
        self.lists.answers.show(view.answers.iter().map(|(answer, _)| text(answer)));
        self.lists.chosen.show(view.answers.iter().map(|(_, chosen)| *chosen));
        staff.set_facts_title(text(&view.facts_title));
        self.lists.facts.show(view.facts.iter().map(fact));
        staff.set_facts_note(text(&view.facts_note));
        staff.set_facts_alarm(view.facts_alarm);
        staff.set_facts_on(text(view.facts_on));
        staff.set_facts_back("Quay lại".into());
        fill_stick(staff, &view.stick);
        fill_number(staff, &view.number);
        fill_clock(staff, &view.clock);
        self.lists.clock_boxes.show(view.clock.boxes.iter().map(text));
    }

    fn fill_list(&self, staff: &Staff<'_>, view: &View) {
        self.lists.rows.show(view.rows.iter().map(row));
        staff.set_filter(match view.filter {
            Filter::All => 0,
            Filter::Open => 1,
            Filter::Help => 2,
        });
        let [all, open, help] = view.counts.map(|number| i32::try_from(number).unwrap_or(i32::MAX));
        staff.set_all(all);
        staff.set_open(open);
        staff.set_help(help);
        staff.set_list_title(text(&view.list_title));
        staff.set_share_part(i32::try_from(view.share.part).unwrap_or(i32::MAX));
        staff.set_share_whole(i32::try_from(view.share.whole).unwrap_or(i32::MAX));
        staff.set_share_label(text(view.share_label));
        let Share { part, whole } = view.share;
        staff.set_share_target(match view.goal {
            Some(goal) => format!("{part}/{whole} · mục tiêu {goal}%").into(),
            None => format!("{part}/{whole} lượt").into(),
        });
        self.lists.bars.show(view.bars.iter().map(|bar| bar.unwrap_or(NO_BAR)));
        staff.set_target(view.goal.map_or(NO_TARGET, |goal| goal as f32 / 100.0));
        self.lists.due.show(view.due.iter().map(fact));
        staff.set_duty_text(text(if view.other_day { "" } else { view.duty }));
    }
}

fn fill_pin(staff: &Staff<'_>, pin: &PinView) {
    staff.set_pin_title(text(&pin.title));
    staff.set_pin_note(text(&pin.note));
    staff.set_pin_alarm(pin.alarm);
    staff.set_pin_digits(i32::try_from(pin.digits).unwrap_or_default());
    staff.set_pin_wait(i32::try_from(pin.wait).unwrap_or(i32::MAX));
    staff.set_pin_busy(pin.busy);
}

fn fill_number(staff: &Staff<'_>, number: &NumberView) {
    staff.set_number_title(text(&number.title));
    staff.set_number_note(text(&number.note));
    staff.set_number_typed(text(&number.typed));
    staff.set_number_unit(text(&number.unit));
    staff.set_number_ready(number.ready);
}

fn fill_clock(staff: &Staff<'_>, clock: &ClockView) {
    staff.set_clock_chosen(i32::try_from(clock.chosen).unwrap_or_default());
    staff.set_clock_note(text(&clock.note));
    staff.set_clock_alarm(clock.alarm);
    staff.set_clock_on(text(clock.on));
}

fn fill_stick(staff: &Staff<'_>, stick: &StickView) {
    let (state, failure, note) = match (&stick.failed, stick.progress) {
        (Some((what, advice)), _) => (ui::StickState::Failed, what.as_str(), *advice),
        (None, Some(_)) => (ui::StickState::Writing, "", ""),
        (None, None) if stick.done => (ui::StickState::Done, "", stick.note.as_str()),
        (None, None) if stick.is_in => (ui::StickState::Ready, "", ""),
        (None, None) => (ui::StickState::None, "", ""),
    };
    staff.set_stick(state);
    staff.set_stick_failure(text(failure));
    staff.set_stick_note(text(note));
    staff.set_stick_progress(stick.progress.unwrap_or_default());
    staff.set_stick_title(text(&stick.title));
    staff.set_stick_about(text(&stick.about));
    staff.set_stick_missing(text(&stick.missing));
    staff.set_stick_is_report(stick.is_report);
}

fn row(row: &ListRow) -> ui::ArrivalRow {
    ui::ArrivalRow {
        number: row.number.map_or(0, |number| count(number.0)),
        time: text(&row.time),
        age: text(row.age),
        card: text(row.card),
        used: text(row.used),
        used_kind: used(row.record),
        notes: text(&row.notes),
        needs_help: row.needs_help,
        open: row.is_open,
    }
}

fn form(form: &FormView) -> ui::VisitForm {
    ui::VisitForm {
        title: text(&form.title),
        quiet: text(&form.quiet),
        used: used(form.used),
        confirmed: form.confirmed,
        guided: form.guided,
        guardian: form.accompanied,
        age: text(&form.age),
        result: text(&form.result),
        obstacle: text(&form.obstacle),
        card: SharedString::default(),
        second: form.second,
        can_be_second: form.can_be_second,
        is_new: form.is_new,
        can_cancel: form.can_strike_out,
        cancelled: form.struck_out,
        ready: form.ready,
    }
}

fn used(used: Option<RecordUsed>) -> ui::RowUsed {
    match used {
        None => ui::RowUsed::Open,
        Some(RecordUsed::Vneid) => ui::RowUsed::Vneid,
        Some(RecordUsed::Paper) => ui::RowUsed::Paper,
        Some(RecordUsed::Neither) => ui::RowUsed::Neither,
    }
}

fn fact(line: &FactLine) -> ui::Fact {
    let mark = match line.mark {
        Mark::Plain => ui::Mark::Plain,
        Mark::Good => ui::Mark::Good,
        Mark::Alarm => ui::Mark::Alarm,
        Mark::Unknown => ui::Mark::Unknown,
    };
    ui::Fact { label: text(&line.label), value: text(&line.value), mark }
}

fn text(text: impl AsRef<str>) -> SharedString {
    text.as_ref().into()
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
