//! A report as one page for a browser: a file that needs nothing beside it, shows a chart without a
//! program in it, and prints on A4 like the letter it is.
//!
//! Every word is text, whatever it holds; the page itself forbids scripts and anything from outside.
//! A number is shown the Vietnamese way and carries itself in `data-value`, for programs.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::bars::Bars;
use super::page::{self, Look, Part};
use super::{COUNTRY, Cell, Chart, Document, Letter, MOTTO, Table, written};
use crate::event::{Count, Hundredths};
use crate::figures::Share;

const STYLE: &str = include_str!("html/page.css");
/// What the browser may load: its own style, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The chart's area in mm, and what its names need on the left and below.
const WIDTH: f32 = 150.0;
const HEIGHT: f32 = 60.0;
const LEFT: f32 = 14.0;
const BELOW: f32 = 8.0;
const ABOVE: f32 = 3.0;

/// The page.
pub(super) fn write(document: &Document) -> String {
    let letter = &document.letter;
    html! {
        (DOCTYPE)
        html lang="vi" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (letter.subject) ". " (letter.period) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (above(letter))
                @for (title, part) in page::parts(document) {
                    section {
                        h2 { (title) }
                        @match part {
                            Part::Table(shown) => { (table(shown, Look::Results)) }
                            Part::Chart(shown) => { (chart(shown)) }
                        }
                    }
                }
                @if !document.notes.is_empty() {
                    div .notes { @for note in &document.notes { p { (note) } } }
                }
                (below(letter))
                section .appendix {
                    h2 { (page::APPENDIX) }
                    @for piece in page::by_day(&document.by_day) { (table(&piece, Look::Days)) }
                }
            }
        }
    }
    .into_string()
}

fn above(letter: &Letter) -> Markup {
    html! {
        header {
            p { (letter.authority) }
            p .strong { (COUNTRY) }
            p .strong.lined { (letter.station) }
            p .strong.lined { (MOTTO) }
            p { (letter.number) }
            p .slanted { (letter.place_and_date) }
        }
        div .subject {
            h1 { (Letter::KIND) }
            p .strong { (letter.subject) }
            p .slanted { (letter.period) }
        }
        p { (letter.addressed()) }
        p { (letter.ground) }
    }
}

fn below(letter: &Letter) -> Markup {
    html! {
        div .sign {
            div {
                p .strong.slanted { (Letter::COPIES) }
                @for line in Letter::COPIED { p { (line) } }
            }
            p .strong { (letter.signer) }
        }
    }
}

fn table(table: &Table, look: Look) -> Markup {
    html! {
        table .days[look == Look::Days] data-table=(table.stem) {
            thead { tr { @for column in &table.columns { th scope="col" { (column.heading) } } } }
            tbody {
                @for row in table.lines() { tr { @for shown in row { (cell(shown, look)) } } }
            }
        }
    }
}

fn cell(cell: &Cell, look: Look) -> Markup {
    let lines = page::lines(cell, look);
    let (first, below) =
        lines.split_first().map_or(("", &[][..]), |(it, rest)| (it.as_str(), rest));
    html! {
        td .number[written::is_number(cell)] .mark[page::is_mark(first)] data-value=[value(cell)] {
            (first)
            @for line in below { span .of { (line) } }
        }
    }
}

/// The number in a cell as programs write it; a rate as what it is a rate of.
fn value(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Blank | Cell::Unknown | Cell::Text(_) => None,
        Cell::Number(number) => Some(number.to_string()),
        Cell::Decimal(Hundredths(number)) => Some(format!("{}.{:02}", number / 100, number % 100)),
        Cell::Share(Share { part, whole }) => Some(format!("{part}/{whole}")),
        Cell::Day(day) => Some(day.to_string()),
        Cell::Hour(hour) => Some(hour.to_string()),
    }
}

fn chart(chart: &Chart) -> Markup {
    let Bars { bars, rules, days, gaps } = Bars::of(chart, WIDTH, HEIGHT);
    let view = format!("{} {} {} {}", -LEFT, -ABOVE, LEFT + WIDTH, ABOVE + HEIGHT + BELOW);
    let mm = |length: f32| format!("{length:.2}");
    let named = |part: usize| Chart::PARTS.get(part).copied().unwrap_or_default();
    let coloured = |part: usize| colour(Chart::COLOURS.get(part).copied().unwrap_or_default());
    html! {
        figure {
            svg viewBox=(view) role="img" font-size="3" font-family="sans-serif" {
                title { (chart.title) }
                @for (y, visits) in rules {
                    line x1="0" x2=(mm(WIDTH)) y1=(mm(y)) y2=(mm(y)) stroke="#999" stroke-width=".15" {}
                    text x="-1.5" y=(mm(y + 1.0)) text-anchor="end" { (Count(visits)) }
                }
                @for bar in bars {
                    rect x=(mm(bar.left)) y=(mm(bar.top)) width=(mm(bar.width))
                        height=(mm(bar.height)) fill=(coloured(bar.part))
                        data-day=(bar.day) data-part=(bar.part) data-value=(bar.visits)
                    {
                        title {
                            (bar.day.0.format("%d/%m/%Y")) ": " (named(bar.part)) " "
                            (Count(bar.visits))
                        }
                    }
                }
                @for (x, day) in gaps {
                    text x=(mm(x)) y=(mm(HEIGHT - 1.0)) text-anchor="middle" data-gap=(day) {
                        (written::UNKNOWN)
                    }
                }
                @for (x, day) in days {
                    text x=(mm(x)) y=(mm(HEIGHT + 5.0)) text-anchor="middle" {
                        (day.0.format("%d/%m"))
                    }
                }
            }
            figcaption {
                @for part in 0..Chart::PARTS.len() {
                    span { i style={ "background:" (coloured(part)) } {} (named(part)) }
                }
            }
        }
    }
}

fn colour(colour: u32) -> String {
    format!("#{colour:06x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::forms::{documents, named};

    #[test]
    fn whatever_a_name_holds_stays_text() {
        let bad = "<script>alert(1)</script>\"'&<!-- =1+1";
        let page = write(&named(bad));
        assert!(!page.to_lowercase().contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;'&amp;&lt;!-- =1+1"));
    }

    #[test]
    fn the_page_needs_nothing_outside_it() {
        for document in documents() {
            let page = write(&document);
            assert!(
                page.starts_with("<!DOCTYPE html><html lang=\"vi\"><head><meta charset=\"utf-8\">")
            );
            for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "<script"] {
                assert!(!page.contains(outside), "{outside}");
            }
        }
    }

    #[test]
    fn the_parts_stand_in_the_order_of_a_letter() {
        let page = write(&documents().remove(0));
        let order = [
            COUNTRY,
            MOTTO,
            "<h1>BÁO CÁO",
            "Kính gửi",
            "Thực hiện",
            "<h2>I. Chỉ tiêu",
            "<h2>II. Kết quả",
            "<h2>III. Khó khăn, vướng mắc",
            "<h2>IV. Lượt đến khám theo ngày",
            "<figcaption>",
            "<h2>V. Chốt sổ",
            "Lập tại máy tiếp đón",
            "Nơi nhận:",
            "<h2>Phụ lục",
        ];
        let places: Vec<_> = order.iter().map(|words| page.rfind(words)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    }

    #[test]
    fn tags_are_closed_in_their_order() {
        for document in documents() {
            let page = write(&document);
            let mut open: Vec<&str> = Vec::new();
            for tag in page.split('<').skip(2).filter_map(|after| after.split('>').next()) {
                let name = tag.split(' ').next().unwrap();
                match name.strip_prefix('/') {
                    Some(name) => assert_eq!(open.pop(), Some(name)),
                    None if ["meta"].contains(&name) => {}
                    None => open.push(name),
                }
            }
            assert!(open.is_empty(), "{open:?}");
        }
    }
}
