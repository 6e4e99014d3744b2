//! The figures of days for DHIS2: its `dataValueSets`, with the codes the province gave, from
//! `dhis2.toml`.
//!
//! A value a day and line of the mapping: zeros are told, what nobody entered is left out, a day
//! without figures has no value at all, and one with visits of an unsure clock says so. Sent twice, DHIS2 replaces a value by itself, since day,
//! place and data element are the same. DHIS2 refuses to call several days complete at once, so a
//! report says it is complete only of one day, which is closed.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use toml::de::DeValue;

use super::{Basis, Heading, ReportFile};
use crate::campaign::{Days, Face, HandId, Shows};
use crate::event::{Hundredths, Origin, PointCode, StationCode, StationDay};
use crate::figures::{Counted, Measure, Reading};
use crate::station::document::{Fault, Problems, Reported, Source, Table, rule};

/// Name of the mapping's file, beside `station.toml`.
pub const FILE: &str = "dhis2.toml";

/// The sample file, in which every line of the mapping is commented out.
const SAMPLE: &str = include_str!("../../kiosk-config/dhis2.toml");

/// Most lines of a mapping, and most org units of one.
const MOST_VALUES: usize = 200;
const MOST_ORG_UNITS: usize = 1000;

/// An id of DHIS2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Uid(String);

/// A text that is no id of DHIS2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an id of DHIS2: 11 of A-Z, a-z and 0-9, the first a letter")]
pub struct IllFormedUid(pub String);

impl FromStr for Uid {
    type Err = IllFormedUid;

    fn from_str(text: &str) -> Result<Self, IllFormedUid> {
        /// Characters of an id.
        const LENGTH: usize = 11;
        let is_uid = text.len() == LENGTH
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && text.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_uid { Ok(Self(text.to_owned())) } else { Err(IllFormedUid(text.to_owned())) }
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What DHIS2 calls our numbers and places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    data_set: Uid,
    attribute_option_combo: Option<Uid>,
    org_units: Vec<OrgUnit>,
    values: Vec<Value>,
}

/// A station or one of its points.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OrgUnit {
    station: StationCode,
    /// None: all its points.
    point: Option<PointCode>,
    id: Uid,
}

/// A number and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Value {
    /// A value is a number and nothing else.
    shows: Shows<Infallible>,
    data_element: Uid,
    category_option_combo: Option<Uid>,
}

const FACES: [(&str, Face); 2] = [("count", Face::Count), ("whole", Face::Whole)];

impl Mapping {
    /// Reads the mapping of the desk `origin`; `None` of a file in which nothing stands but comments.
    /// `by_hand` are the numbers that are entered for any campaign; `None` when they could not be
    /// read, and then none is said to be unknown.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn read(
        source: &Source,
        origin: Option<&Origin>,
        by_hand: Option<&BTreeSet<HandId>>,
    ) -> Result<Option<Self>, Problems> {
        source.read(|root| {
            if !["data-set", "org-unit", "value"].iter().any(|key| root.has(key)) {
                // Whatever else stands here is told, with what could stand here.
                root.optional("data-set", uid())?;
                root.optional("attribute-option-combo", uid())?;
                root.tables("org-unit", 0..=0, |_| Ok(()))?;
                root.tables("value", 0..=0, |_| Ok(()))?;
                return Ok(None);
            }
            let data_set = root.required("data-set", "\"VdTiepDon01\"", uid());
            let attribute_option_combo = root.optional("attribute-option-combo", uid());
            let org_units = root.tables("org-unit", 1..=MOST_ORG_UNITS, OrgUnit::read);
            let mut told = BTreeSet::new();
            let values = root
                .tables("value", 1..=MOST_VALUES, |table| Value::read(table, by_hand, &mut told));
            let mapping = Self {
                data_set: data_set?,
                attribute_option_combo: attribute_option_combo?,
                org_units: org_units?,
                values: values?,
            };
            if let Some(origin) = origin.filter(|origin| mapping.org_unit(origin).is_none()) {
                let Origin { station, point } = origin;
                let fault = Fault::new(
                    format!("không có trạm {station} (điểm {point}) ghi trong station.toml"),
                    format!("thêm mục [[org-unit]] có station = \"{station}\""),
                );
                return Err(root.fault("org-unit", fault));
            }
            Ok(Some(mapping))
        })
    }

    /// The lines of the sample file's mapping, to write and change.
    pub fn example() -> String {
        let commented =
            |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
        let lines = SAMPLE.lines().filter(|line| commented(line));
        lines.map(|line| line.trim_start_matches('#')).collect::<Vec<_>>().join("\n")
    }

    /// The place of a desk: of the point itself before that of its station.
    fn org_unit(&self, origin: &Origin) -> Option<&Uid> {
        let of_station = || self.org_units.iter().filter(|unit| unit.station == origin.station);
        let found = of_station()
            .find(|unit| unit.point.as_ref() == Some(&origin.point))
            .or_else(|| of_station().find(|unit| unit.point.is_none()));
        found.map(|unit| &unit.id)
    }
}

fn uid() -> impl Fn(&DeValue<'_>) -> Result<Uid, Fault> {
    rule::parsed(
        "mã DHIS2",
        "chép lại mã do tỉnh cấp: đúng 11 chữ không dấu hoặc số, bắt đầu bằng chữ",
    )
}

impl OrgUnit {
    fn read(table: &mut Table<'_>) -> Result<Self, Reported> {
        const FORM: &str = "chữ in hoa không dấu, số, gạch nối";
        const FIX: &str = "chép lại mã trong station.toml";
        let station = table.required("station", "\"AG-TRITON\"", rule::parsed(FORM, FIX));
        let point = table.optional("point", rule::parsed(FORM, FIX));
        let id = table.required("id", "\"VdTramTT001\"", uid());
        Ok(Self { station: station?, point: point?, id: id? })
    }
}

impl Value {
    fn read(
        table: &mut Table<'_>,
        by_hand: Option<&BTreeSet<HandId>>,
        told: &mut BTreeSet<(Uid, Option<Uid>)>,
    ) -> Result<Self, Reported> {
        let shows = Shows::read(table, &[], &FACES, by_hand, where_numbers_stand);
        let data_element = table.required("data-element", "\"VdLuotDen01\"", uid());
        let category_option_combo = table.optional("category-option-combo", uid());
        let shows = shows?;
        let (data_element, category_option_combo) = (data_element?, category_option_combo?);
        if !told.insert((data_element.clone(), category_option_combo.clone())) {
            let fault = Fault::new(
                "đã có ở một mục [[value]] phía trên, số sau sẽ đè số trước",
                "bỏ một mục, hoặc ghi category-option-combo khác nhau",
            );
            return Err(table.fault("data-element", fault));
        }
        Ok(Self { shows, data_element, category_option_combo })
    }

    /// Its number on a day, as DHIS2 reads it; `None` where nobody entered one, and on a day that is
    /// not known.
    fn on(&self, counted: &Counted, basis: &Basis<'_>) -> Option<String> {
        let day = counted.figures().map(|_| counted.day())?;
        match &self.shows {
            Shows::Fact(none) => match *none {},
            Shows::Measured(measure, face) => {
                let Reading { part, whole } = counted.reading(*measure)?;
                Some(match face {
                    Face::Whole => whole.unwrap_or(part).to_string(),
                    Face::Count | Face::Rate => part.to_string(),
                })
            }
            Shows::ByHand(id) => {
                let Hundredths(number) = basis.entered.last(id.as_str(), day, day)?;
                let text = format!("{}.{:02}", number / 100, number % 100);
                Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
            }
        }
    }
}

fn where_numbers_stand() -> String {
    "ghi tên số liệu nhập tay của một chiến dịch, hoặc tên trong: tiepdon campaign measures"
        .to_owned()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataValueSet<'a> {
    data_set: &'a Uid,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete_date: Option<String>,
    /// Of what is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    org_unit: &'a Uid,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute_option_combo: Option<&'a Uid>,
    data_values: Vec<DataValue<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataValue<'a> {
    data_element: &'a Uid,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_option_combo: Option<&'a Uid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute_option_combo: Option<&'a Uid>,
    period: String,
    org_unit: &'a Uid,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// The figures of `period` as DHIS2 takes them (`POST /api/dataValueSets`), from what the report of
/// a campaign rests on.
///
/// # Errors
/// When there is no mapping, or none of this desk.
pub fn write(
    heading: &Heading,
    mapping: Option<&Mapping>,
    period: Days,
    basis: &Basis<'_>,
) -> Result<ReportFile, NotForDhis2> {
    let mapping = mapping.ok_or(NotForDhis2::NoMapping)?;
    let org_unit = mapping
        .org_unit(&heading.origin)
        .ok_or_else(|| NotForDhis2::NoOrgUnit(heading.origin.clone()))?;
    let attribute_option_combo = mapping.attribute_option_combo.as_ref();
    let mut data_values = Vec::new();
    for counted in basis.days.iter().filter(|counted| period.has(counted.day())) {
        let comment = comment(counted);
        for value in &mapping.values {
            let Some(number) = value.on(counted, basis) else { continue };
            data_values.push(DataValue {
                data_element: &value.data_element,
                category_option_combo: value.category_option_combo.as_ref(),
                attribute_option_combo,
                period: daily(counted.day()),
                org_unit,
                value: number,
                comment: comment.clone(),
            });
        }
    }
    if data_values.is_empty() {
        return Err(NotForDhis2::NothingKnown(period));
    }
    let is_closed = || basis.closings.iter().any(|closing| closing.day == period.from);
    let complete = (period.from == period.to && is_closed()).then_some(period.from);
    let made_on = heading.made_at.station_day();
    let set = DataValueSet {
        data_set: &mapping.data_set,
        complete_date: complete.map(|_| made_on.to_string()),
        period: complete.map(daily),
        org_unit,
        attribute_option_combo,
        data_values,
    };
    let mut bytes = serde_json::to_vec_pretty(&set)?;
    bytes.push(b'\n');
    Ok(ReportFile { stem: "dhis2", ending: "json", bytes })
}

/// What must be known of the numbers of a day.
fn comment(counted: &Counted) -> Option<String> {
    let unsure = counted.reading(Measure::UnsureClock)?.part;
    (unsure > 0).then(|| {
        format!(
            "{unsure} lượt ghi khi máy chưa chắc ngày giờ: ngày của các lượt này cần đối chiếu."
        )
    })
}

/// A day as a period: `20261124`.
fn daily(day: StationDay) -> String {
    day.0.format("%Y%m%d").to_string()
}

/// Why there is nothing for DHIS2.
#[derive(Debug, thiserror::Error)]
pub enum NotForDhis2 {
    /// Nobody wrote what DHIS2 calls our numbers.
    #[error("chưa có mã DHIS2 của trạm")]
    NoMapping,
    /// The mapping is not of this desk: the journal was written under another code.
    #[error(
        "{FILE} không có trạm {station} (điểm {point}) của dữ liệu này",
        station = .0.station, point = .0.point
    )]
    NoOrgUnit(Origin),
    /// No day of the period has a number.
    #[error(
        "kỳ {from} đến {to} chưa có ngày nào có số liệu",
        from = .0.from.0.format("%d/%m/%Y"), to = .0.to.0.format("%d/%m/%Y")
    )]
    NothingKnown(Days),
    /// The values could not be written.
    #[error("không viết được tệp JSON cho DHIS2: {0}")]
    Json(#[from] serde_json::Error),
}

impl NotForDhis2 {
    /// What to do, in words for the people at the station.
    pub fn advice(&self) -> String {
        match self {
            Self::NoMapping => format!(
                "Xin mã của người quản lý DHIS2 ở tỉnh. Ghi vào tệp {FILE} cạnh station.toml, ví \
                 dụ:\n\n{}",
                Mapping::example()
            ),
            Self::NoOrgUnit(Origin { station, .. }) => {
                format!("Thêm vào {FILE} mục [[org-unit]] có station = \"{station}\".")
            }
            Self::NothingKnown(_) => {
                "Chỉ ngày đã chốt sổ mới có số liệu. Chốt sổ trên máy, hoặc chọn kỳ khác."
                    .to_owned()
            }
            Self::Json(_) => "Xin báo người phụ trách kỹ thuật.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
