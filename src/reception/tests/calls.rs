//! Calls in the staff's list and figures.

use super::*;

#[test]
fn a_call_from_the_idle_page_is_a_row_with_its_time_and_state_and_no_visit() {
    let mut world = World::signed_in("NV01");
    world.patient(Some(RecordUsed::Vneid));
    world.uptime_ms += 60 * SECOND_MS;
    let machine = staff("TT01");
    world.note(None, machine, What::StaffCalled);
    world.uptime_ms += 60 * SECOND_MS;
    world.patient(None);
    let rows = |world: &World| -> Vec<(Option<u32>, String, bool)> {
        let rows = world.view().rows.into_iter();
        rows.map(|row| (row.number.map(|it| it.0), row.notes, row.needs_help)).collect()
    };
    let call = |notes: &str, waits| (None, notes.to_owned(), waits);
    assert_eq!(rows(&world)[1], call("Chưa ai đến", true), "{:?}", rows(&world));
    assert_eq!(rows(&world).len(), 3);
    assert_eq!(world.view().counts, [2, 1, 1], "a call is no visit");
    world.press(Press::Show(Filter::Open));
    assert_eq!(rows(&world).len(), 1);
    world.press(Press::Show(Filter::Help));
    assert_eq!(rows(&world), [call("Chưa ai đến", true)]);
    let before = world.events.len();
    world.press(Press::Call);
    assert_eq!(world.said_since(before), [What::CallTaken], "the first touch says Tôi đến");
    assert_eq!(rows(&world), [call("Nhân viên đang đến", true)]);
    // A press is a second after the one before, here.
    world.uptime_ms -= 400;
    world.press(Press::Call);
    assert_eq!(world.events.len(), before + 1, "a trembling finger does not end it");

    world.uptime_ms += 10 * SECOND_MS;
    let before = world.events.len();
    world.press(Press::Call);
    assert_eq!(world.said_since(before), [What::Helped]);
    assert_eq!(world.events[before].visit, None);
    assert_eq!(world.view().counts, [2, 1, 0]);
    world.press(Press::Show(Filter::All));
    assert_eq!(rows(&world)[1], call("Đã giúp", false), "it stays in the list");
    world.press(Press::Call);
    assert_eq!(world.events.len(), before + 1, "it is helped once");
}

#[test]
fn only_staff_answer_a_call_in_the_list() {
    let mut world = World::signed_in("NV01");
    world.note(None, staff("TT01"), What::StaffCalled);
    world.press(Press::Lock);
    let before = world.events.len();
    world.press(Press::Call);
    assert_eq!(world.events.len(), before);
}

#[test]
fn that_somebody_is_on_the_way_to_a_visit_stands_in_its_row() {
    let mut world = World::signed_in("NV01");
    world.patient(Some(RecordUsed::Paper));
    let id = world.today.visits().next().unwrap().0;
    let machine = staff("TT01");
    world.note(Some(id), machine, What::StaffCalled);
    assert_eq!(world.view().rows[0].notes, "");
    world.note(Some(id), machine, What::CallTaken);
    let row = world.view().rows.remove(0);
    assert_eq!((row.needs_help, &*row.notes), (true, "NV đang đến"));
    world.note(Some(id), machine, What::Helped);
    assert!(!world.view().rows[0].needs_help);
}

#[test]
fn the_figures_tell_how_long_people_waited_and_of_nobody_who_was_not_answered() {
    let mut world = World::signed_in("NV01");
    let line = |world: &mut World| {
        world.press(Press::Menu);
        world.press(Press::Answer(3));
        let facts = world.view().facts;
        facts.into_iter().find(|fact| fact.label == "Gọi nhân viên").unwrap().value
    };
    let machine = staff("TT01");
    assert_eq!(line(&mut world), "chưa có lần nào");
    world.note(None, machine, What::StaffCalled);
    assert_eq!(line(&mut world), "1 lần, 0 lần có người đến");
    world.uptime_ms += 170 * SECOND_MS;
    world.note(None, machine, What::CallTaken);
    world.note(None, machine, What::Helped);
    assert_eq!(line(&mut world), "1 lần, 1 lần có người đến, chờ trung bình 3 phút");
    world.note(None, machine, What::StaffCalled);
    assert_eq!(line(&mut world), "2 lần, 1 lần có người đến, chờ trung bình 3 phút");
}

#[test]
fn a_loudspeaker_that_is_missing_or_silent_stands_on_the_page_of_the_machine() {
    for (loudspeaker, bell_fails, words, alarm) in [
        (Some(true), false, "đã nối", false),
        (Some(false), false, "không thấy, xin cắm loa", true),
        (Some(true), true, "không kêu khi có người gọi", true),
        (None, true, "không kêu khi có người gọi", true),
        (None, false, "không rõ", false),
    ] {
        let mut world = World::signed_in("TT01");
        world.health.loudspeaker = loudspeaker;
        world.health.bell_fails = bell_fails;
        world.press(Press::Menu);
        world.press(Press::Answer(7));
        let facts = world.view().facts;
        let fact = facts.into_iter().find(|fact| fact.label == "Loa").unwrap();
        assert_eq!((&*fact.value, fact.mark == Mark::Alarm), (words, alarm));
    }
}
