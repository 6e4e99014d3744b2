//! `docs/du-lieu.md`, the dictionary of what programs read, beside the files as they are written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::flat::Flat;
use super::forms::{documents, named};
use super::sample::heading;
use super::{Table, figures, of_period};
use crate::figures::sample::{Desk, TODAY, YESTERDAY};
use crate::figures::{Counted, Known, Observed, Share, Tally};

const DICTIONARY: &str = include_str!("../../docs/du-lieu.md");

/// What stands before a plan's own columns.
const PLANS_TABLE: &str = "bao-cao";

/// The names in the first column of each section's table, by the section's name.
fn sections() -> BTreeMap<&'static str, Vec<&'static str>> {
    let sections = DICTIONARY.split("\n## `").skip(1).map(|section| {
        let (name, rest) = section.split_once("`\n").unwrap();
        let rows = rest.lines().filter_map(|line| line.strip_prefix("| `"));
        (name, rows.map(|row| row.split_once("` |").unwrap().0).collect())
    });
    sections.collect()
}

fn days() -> [Counted; 2] {
    let desk = Desk::open(TODAY);
    let known = Known { began: Some(TODAY), closed: [TODAY].into(), today: TODAY };
    [YESTERDAY, TODAY].map(|day| {
        let tally = Tally::of(day, &desk.events);
        Counted::from(Observed { tally: &tally, desk: Share::default() }).as_known(&known)
    })
}

#[test]
fn the_dictionary_names_every_column_of_every_table_in_its_order() {
    let days = days();
    let mut tables: Vec<Table> = of_period(&heading(), &days, &[]);
    tables.extend(of_period(&heading(), &days[1..], &[]));
    for document in documents().into_iter().chain([named("X")]) {
        tables.extend(document.tables().into_iter().cloned());
        tables.push(document.chart.table());
    }
    let mut sections = sections();
    sections.remove("so-lieu.json");
    let mut seen = BTreeSet::new();
    for table in &tables {
        let told = &sections[table.stem];
        let flat = Flat::of(table);
        let written: Vec<&str> = flat.headings().iter().map(String::as_str).collect();
        if table.stem == PLANS_TABLE {
            assert_eq!(written[..told.len()], told[..], "what leads {}", table.stem);
            assert!(written.len() > told.len());
        } else {
            assert_eq!(&written, told, "{}", table.stem);
        }
        let each: BTreeSet<&str> = written.iter().copied().collect();
        assert_eq!(each.len(), written.len(), "a heading of {} stands twice", table.stem);
        for code in ["Mã trạm", "Mã điểm"] {
            assert!(each.contains(code), "{} without {code}", table.stem);
        }
        seen.insert(table.stem);
    }
    let told: BTreeSet<&str> = sections.keys().copied().collect();
    assert_eq!(seen, told, "a table that is not written, or not told");
}

/// The keys of a value, those of inner values behind a point; those of a list are those of its items.
fn keys(value: &Value, before: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                let key = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
                keys(value, &key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, before, found)),
        // Figures that are not known have no keys.
        Value::Null if before.ends_with("figures") => {}
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(before.to_owned());
        }
    }
}

#[test]
fn the_dictionary_names_every_key_of_the_figures() {
    let written: Value = serde_json::from_slice(&figures(&heading(), &days()).unwrap()).unwrap();
    let mut found = BTreeSet::new();
    keys(&written, "", &mut found);
    let told: BTreeSet<String> =
        sections()["so-lieu.json"].iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(found, told);
}
