//! What a scan costs before the desk hears of it: cutting it out of the stream and decoding it.
//! Targets (median, one core): a card of 200 bytes 10 µs, a BHYT code 15 µs.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use tiepdon::card;
use tiepdon::reader::framing::{Framer, FramingOptions};

/// Padded by its address to 200 bytes, the size of a long real one.
const CARD: &str = "001090000001|010000001|Nguyễn Thị Phương Mẫu|02011990|Nữ|Số 1 ngõ 23 đường \
                    Kiểm Thử, Tổ dân phố số 4, Phường Mẫu Thử Nghiệm, Quận Giả Định, Thành \
                    phố Hà Nội|15042021||||";

const INSURANCE: &str = "GD4010000000051|4e677579e1bb856e2056c4836e204de1baab75|02/01/1990|1|\
    53e1bb912031207068e1bb91205468e1bbad2c205068c6b0e1bb9d6e67204de1baab752c205175e1baad6e20\
    5468e1bbad2c2048c3a0204ee1bb9969|01 - 001|01/01/2025|-|20/12/2024|01000000000051|-|4|\
    01/01/2029|00000000000000aa-7102|$";

fn decode(criterion: &mut Criterion) {
    let Some(today) = chrono::NaiveDate::from_ymd_opt(2026, 11, 22) else { return };
    let latin: String = CARD.bytes().map(char::from).collect();
    let telex = INSURANCE.replace("aa", "â");
    let noise: Vec<u8> =
        (0..2048_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut group = criterion.benchmark_group("decode");
    for (name, record) in [
        ("citizen card", CARD.as_bytes()),
        ("BHYT code", INSURANCE.as_bytes()),
        ("citizen card, mojibake", latin.as_bytes()),
        ("BHYT code, Telex", telex.as_bytes()),
        ("2 KiB of noise", &noise),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| card::decode(black_box(record), today));
        });
    }
    group.finish();
}

fn framing(criterion: &mut Criterion) {
    let options = FramingOptions { debounce: Duration::ZERO, ..FramingOptions::default() };
    let mut framer = Framer::new(options);
    let stream = format!("{CARD}\r\n");
    criterion.bench_function("framing of a citizen card", |bencher| {
        bencher.iter(|| framer.push(black_box(stream.as_bytes()), Duration::ZERO));
    });
}

criterion_group!(benches, decode, framing);
criterion_main!(benches);
