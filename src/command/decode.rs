//! `tiepdon decode`: what is in these bytes? The IT officer's tool; it prints personal data, on
//! purpose and to stdout only.

use std::io::{self, BufWriter, Read as _, Write};
use std::time::Duration;

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::card::{self, Scan, json};
use crate::clock::Clock;
use crate::event::StationDay;
use crate::reader::framing::{Framer, FramingOptions, Record};

/// Arguments of `tiepdon decode`.
#[derive(Args)]
pub struct Decode {
    /// Coi hôm nay là ngày này.
    #[arg(long, value_name = "NĂM-THÁNG-NGÀY")]
    today: Option<StationDay>,
    /// Cách in: mỗi mã một dòng JSON, hay từng dòng chữ.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Text,
}

impl Decode {
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let today = self.today.unwrap_or_else(|| Clock::system().now().station_day()).0;
        let mut out = BufWriter::new(io::stdout().lock());
        let mut all_readable = true;
        for record in records().context("không đọc được đầu vào chuẩn")? {
            all_readable &= self.print(&record, today, &mut out)?;
        }
        out.flush()?;
        if !all_readable {
            bail!("có mã không đọc được");
        }
        Ok(())
    }

    /// Prints one record and tells whether it was readable.
    fn print(
        &self,
        record: &Record,
        today: NaiveDate,
        out: &mut impl Write,
    ) -> anyhow::Result<bool> {
        let scan = card::decode(record.bytes(), today);
        match self.format {
            Format::Json => {
                serde_json::to_writer(&mut *out, &json::view(&scan))?;
                writeln!(out)?;
            }
            Format::Text => print_text(&serde_json::to_value(json::view(&scan))?, out)?,
        }
        Ok(!matches!(scan, Scan::Unreadable(_)))
    }
}

/// The records on stdin, framed as if a port had delivered them and then fallen silent.
fn records() -> io::Result<Vec<Record>> {
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin().lock().read_to_end(&mut bytes)?;
    let mut framer = Framer::new(FramingOptions::default());
    let mut records = framer.push(&bytes, Duration::ZERO);
    while let Some(silence) = framer.deadline() {
        records.extend(framer.expire(silence));
    }
    Ok(records)
}

fn print_text(value: &Value, out: &mut impl Write) -> io::Result<()> {
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Null => writeln!(out, "{key}: –")?,
            Value::String(text) => writeln!(out, "{key}: {text}")?,
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                writeln!(out, "{key}: {value}")?;
            }
        }
    }
    writeln!(out)
}
