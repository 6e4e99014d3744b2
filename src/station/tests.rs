//! Mistakes in `station.toml`, as people make them, and what they are told.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::document::{Problems, Source};
use super::{Device, Station};

const SAMPLE: &str = include_str!("../../kiosk-config/station.toml");

/// The least that is a station.
const SHORT: &str = "\
[station]
code = \"AG-TRITON\"
name = \"Trạm Y tế xã Tri Tôn\"
commune = \"Xã Tri Tôn\"
province = \"Tỉnh An Giang\"
[point]
code = \"D1\"
name = \"Bàn 1\"
";

fn read(text: &str) -> Result<Station, Problems> {
    let guides = [
        "tich-hop-bhyt",
        "cai-dat-vneid",
        "cai-vneid-muc-2",
        "mo-so-suc-khoe",
        "tre-em",
        "xem-lai-lan-kham",
    ]
    .map(|guide| guide.parse().unwrap());
    let campaigns = ["tri-ton-2026", "hai-phong-2026"].map(|campaign| campaign.parse().unwrap());
    let source = Source::new("station.toml", text);
    Station::read(&source, &BTreeSet::from(guides), &BTreeSet::from(campaigns))
}

fn complaints(text: &str) -> Vec<String> {
    read(text).unwrap_err().to_string().lines().map(str::to_owned).collect()
}

#[test]
fn the_sample_shows_every_default() {
    let short = read(SHORT).unwrap();
    let sample = read(SAMPLE).unwrap();
    assert_eq!(sample.origin, short.origin);
    assert_eq!((sample.px_per_mm, short.px_per_mm), (None, None));
    assert_eq!(sample.reader, short.reader);
    assert_eq!(sample.timing, short.timing);
    assert_eq!(sample.default_guide, short.default_guide);
    assert_eq!(sample.more_guides, short.more_guides);
    assert_eq!(sample.install_guide, short.install_guide);
    assert_eq!(sample.hours, short.hours);
    assert_eq!(sample.list_folder, short.list_folder);
    assert_eq!(sample.campaigns, short.campaigns);
}

#[test]
fn every_value_of_the_file_arrives() {
    let station = read(&format!(
        "{SHORT}
        [display]
        px-per-mm = 6
        [reader]
        device = '/dev/ttyACM0'
        baud = 115_200
        gap-ms = 50
        dtr = false
        [timing]
        idle-warning-s = 20
        idle-wipe-s = 30
        guide-warning-s = 60
        guide-wipe-s = 90
        done-s = 4
        [patient]
        default-guide = 'cai-dat-vneid'
        more-guides = ['tre-em', 'cai-dat-vneid']
        install-guide = 'cai-dat-vneid'
        [campaign]
        active = ['tri-ton-2026', 'hai-phong-2026', 'tri-ton-2026']"
    ))
    .unwrap();
    assert_eq!(station.origin.station.as_str(), "AG-TRITON");
    assert_eq!(station.origin.point.as_str(), "D1");
    assert_eq!(station.name, "Trạm Y tế xã Tri Tôn");
    assert_eq!(station.commune, "Xã Tri Tôn");
    assert_eq!(station.province, "Tỉnh An Giang");
    assert_eq!(station.point_name, "Bàn 1");
    assert_eq!(station.px_per_mm, Some(6.0));
    assert_eq!(station.reader.device, Device::Path("/dev/ttyACM0".into()));
    assert_eq!(station.reader.baud, 115_200);
    assert_eq!(station.reader.gap, Duration::from_millis(50));
    assert!(!station.reader.dtr);
    assert_eq!(station.timing.idle_warning, Duration::from_secs(20));
    assert_eq!(station.timing.idle_wipe, Duration::from_secs(30));
    assert_eq!(station.timing.guide_warning, Duration::from_secs(60));
    assert_eq!(station.timing.guide_wipe, Duration::from_secs(90));
    assert_eq!(station.timing.done, Duration::from_secs(4));
    assert_eq!(station.default_guide.as_str(), "cai-dat-vneid");
    assert_eq!(station.more_guides, ["tre-em".parse().unwrap()], "none twice");
    assert_eq!(station.install_guide, Some(station.default_guide));
    let campaigns = ["tri-ton-2026", "hai-phong-2026"].map(|id| id.parse().unwrap());
    assert_eq!(station.campaigns, campaigns, "none twice");
}

/// One line put into the sound file in place of another, and the one line that is printed.
#[test]
fn a_mistake_is_told_with_its_place_and_its_fix() {
    let code = "code = \"AG-TRITON\"";
    let name = "name = \"Bàn 1\"";
    #[rustfmt::skip]
    let table: &[(&str, &str, &str)] = &[
        // Keys.
        (name, "nmae = \"Bàn 1\"", "8:1: [point] không có khóa \"nmae\"; sửa thành name"),
        (name, "", "6:1: [point] thiếu khóa name; thêm dòng name = \"Bàn 1\""),
        (name, "name = \"Bàn 1\"\nmàu = 1", "9:2: tên khóa chỉ gồm chữ không dấu, số và dấu gạch nối; viết khóa như trong tệp mẫu; dòng ghi chú bắt đầu bằng #"),
        (name, "name = \"Bàn 1\"\n\"màu\" = 1", "9:1: [point] không có khóa \"màu\"; xóa đi hoặc chuyển về đúng chỗ; ở đây có: code, name"),
        (name, "name = \"Bàn 1\"\nname = \"Bàn 2\"", "9:1: \"name\" đã ghi ở trên rồi; chỉ giữ lại một chỗ"),
        (name, "name = \"Bàn 1\"\n[reeder]\nbaud = 9600", "9:2: tệp này không có bảng \"[reeder]\"; sửa thành reader"),
        (name, "name = \"Bàn 1\"\n[point]", "9:2: \"point\" đã ghi ở trên rồi; chỉ giữ lại một chỗ"),
        ("[point]", "[poimt]", "6:2: tệp này không có bảng \"[poimt]\"; sửa thành point"),
        ("[station]", "reader = 5\n[station]", "1:10: reader phải là một bảng; viết [reader] trên một dòng riêng"),
        ("[station]", "[[reader]]\n[station]", "1:1: reader phải là một bảng; viết [reader] trên một dòng riêng"),
        ("[station]", "[reader]\ngap_ms = 120\n[station]", "2:1: [reader] không có khóa \"gap_ms\"; sửa thành gap-ms"),
        ("[station]", "baud = 9600\n[station]", "1:1: tệp này không có khóa \"baud\"; xóa đi hoặc chuyển về đúng chỗ; ở đây có: station, point, display, reader, timing, patient, hours, list, letter, campaign"),
        // Text.
        (name, "name = 1", "8:8: name phải là chữ, đang là số nguyên; viết trong dấu nháy kép, ví dụ \"Bàn 1\""),
        (name, "name = \"  \"", "8:8: name đang để trống; ghi ít nhất một chữ"),
        (name, "name = \"Bàn\\n1\"", "8:8: name có dấu xuống dòng hoặc ký tự lạ; viết trên một dòng"),
        (name, "name = \"Bàn tiếp đón người bệnh số một của Trạm Y tế\"", "8:8: name dài 44 ký tự, màn hình chỉ đủ chỗ cho 40; viết ngắn lại"),
        (code, "code = \"ag triton\"", "2:8: code không đúng dạng mã: \"ag triton\"; dùng chữ in hoa không dấu, số và gạch nối, nhiều nhất 24 ký tự, ví dụ \"AG-TRITON\""),
        (code, "code = \"ABCDEFGHIJKLMNOPQRSTUVWXY\"", "2:8: code không đúng dạng mã: \"ABCDEFGHIJKLMNOPQRSTUVWXY\"; dùng chữ in hoa không dấu, số và gạch nối, nhiều nhất 24 ký tự, ví dụ \"AG-TRITON\""),
        // Numbers and flags.
        ("[station]", "[display]\npx-per-mm = 1\n[station]", "2:13: px-per-mm phải từ 2 đến 16, đang là 1; ghi một số trong khoảng đó"),
        ("[station]", "[display]\npx-per-mm = nan\n[station]", "2:13: px-per-mm phải từ 2 đến 16, đang là nan; ghi một số trong khoảng đó"),
        ("[station]", "[display]\npx-per-mm = \"5.6\"\n[station]", "2:13: px-per-mm phải là số, đang là chữ; viết không có dấu nháy, ví dụ 5.6"),
        ("[station]", "[display]\npx-per-mm = 5,6\n[station]", "2:14: thừa ký tự sau giá trị; mỗi dòng chỉ ghi một khóa = giá trị; số lẻ viết dấu chấm, ví dụ 5.6"),
        ("[station]", "[reader]\ngap-ms = 49\n[station]", "2:10: gap-ms phải từ 50 đến 500, đang là 49; ghi một số trong khoảng đó"),
        ("[station]", "[reader]\ngap-ms = 501\n[station]", "2:10: gap-ms phải từ 50 đến 500, đang là 501; ghi một số trong khoảng đó"),
        ("[station]", "[reader]\ngap-ms = -120\n[station]", "2:10: gap-ms phải từ 50 đến 500, đang là -120; ghi một số trong khoảng đó"),
        ("[station]", "[reader]\ngap-ms = 99999999999999999999\n[station]", "2:10: gap-ms phải từ 50 đến 500, đang là 99999999999999999999; ghi một số trong khoảng đó"),
        ("[station]", "[reader]\ngap-ms = 120.0\n[station]", "2:10: gap-ms phải là số nguyên, đang là số lẻ; viết không có dấu nháy"),
        ("[station]", "[reader]\nbaud = 9601\n[station]", "2:8: baud không dùng được giá trị 9601; dùng một trong: 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200"),
        ("[station]", "[reader]\ndtr = \"true\"\n[station]", "2:7: dtr phải là true (có) hoặc false (không), đang là chữ; viết chữ thường, không có dấu nháy"),
        ("[station]", "[reader]\ndtr = True\n[station]", "2:7: \"True\" không phải giá trị; viết true hoặc false"),
        ("[station]", "[reader]\ndevice = \"ttyACM0\"\n[station]", "2:10: device không đúng dạng cổng: \"ttyACM0\"; ghi \"auto\" hoặc đường dẫn đầy đủ, ví dụ \"/dev/ttyACM0\""),
        // Keys that must agree.
        ("[station]", "[timing]\nidle-warning-s = 30\nidle-wipe-s = 39\n[station]", "3:15: idle-wipe-s phải sau idle-warning-s = 30 ít nhất 10 giây, đang là 39; ghi 40 trở lên, bà con mới kịp bấm"),
        ("[station]", "[timing]\nguide-warning-s = 111\n[station]", "2:19: guide-warning-s phải trước guide-wipe-s = 120 ít nhất 10 giây, đang là 111; ghi 110 trở xuống, bà con mới kịp bấm"),
        ("[station]", "[hours]\nopen = [\"13:30-17:00\", \"07:00-11:30\"]\n[station]", "2:8: open các khoảng giờ phải theo thứ tự, không chồng nhau; xếp lại từ sớm đến muộn"),
        ("[station]", "[hours]\nopen = [\"7h-11h\"]\n[station]", "2:8: open không đúng dạng giờ mở cửa: \"7h-11h\"; ghi từ giờ nào đến giờ nào, ví dụ \"07:00-11:30\""),
        ("[station]", "[list]\nfolder = \"usb\"\n[station]", "2:10: folder không đúng dạng thư mục: \"usb\"; ghi đường dẫn đầy đủ, ví dụ \"/run/tiepdon-usb/sda1\""),
        ("[station]", "[patient]\ndefault-guide = \"so-suc-khoe\"\n[station]", "2:17: default-guide chỉ đến tệp guides/so-suc-khoe.toml nhưng không có tệp đó; chọn một hướng dẫn đang có: cai-dat-vneid, cai-vneid-muc-2, mo-so-suc-khoe, tich-hop-bhyt, tre-em, xem-lai-lan-kham"),
        ("[station]", "[patient]\nmore-guides = \"tre-em\"\n[station]", "2:15: more-guides phải là danh sách, đang là chữ; viết trong ngoặc vuông, cách nhau dấu phẩy"),
        ("[station]", "[patient]\nmore-guides = [\"khong-co\"]\n[station]", "2:15: more-guides chỉ đến tệp guides/khong-co.toml nhưng không có tệp đó; chọn một hướng dẫn đang có: cai-dat-vneid, cai-vneid-muc-2, mo-so-suc-khoe, tich-hop-bhyt, tre-em, xem-lai-lan-kham"),
        ("[station]", "[patient]\ndefault-guide = \"../x\"\n[station]", "2:17: default-guide không đúng dạng tên hướng dẫn: \"../x\"; dùng chữ thường không dấu, số và gạch nối, ví dụ \"tich-hop-bhyt\""),
        ("[station]", "[campaign]\nactive = [\"tri-ton\"]\n[station]", "2:10: active chỉ đến tệp campaigns/tri-ton.toml nhưng không có tệp đó; chọn một chiến dịch đang có: hai-phong-2026, tri-ton-2026"),
        ("[station]", "[campaign]\nactive = [\"Tri Tôn\"]\n[station]", "2:10: active không đúng dạng tên chiến dịch: \"Tri Tôn\"; dùng chữ thường không dấu, số và gạch nối, ví dụ \"tri-ton-2026\""),
        // The way TOML is written. Columns count characters: "Trạm" has four.
        (name, "name = Bàn 1", "8:8: \"Bàn 1\" không phải giá trị; phần chữ phải nằm trong dấu nháy kép, ví dụ name = \"Bàn 1\""),
        (name, "name = “Bàn 1”", "8:8: dấu nháy cong không dùng được; thay bằng dấu nháy thẳng \""),
        (name, "name =", "8:7: thiếu giá trị sau dấu =; ghi giá trị, hoặc xóa cả dòng để dùng giá trị mặc định"),
        (name, "name = \"Trạm", "8:13: thiếu dấu nháy đóng; thêm dấu nháy ở cuối phần chữ"),
        (name, "name = 'Trạm", "8:13: thiếu dấu nháy đóng; thêm dấu nháy ở cuối phần chữ"),
        (name, "name = \"Tr\u{1}m\"", "8:11: sai cách viết TOML (invalid basic string, expected non-double-quote visible characters, `\\`); viết lại dòng này theo tệp mẫu cùng tên"),
        (name, "name : \"Bàn 1\"", "8:6: thiếu dấu = và giá trị; viết khóa = giá trị; dòng ghi chú bắt đầu bằng #"),
        (name, "name = \"Trạm\" # tốt\r# ghi chú", "8:21: sai cách viết TOML (carriage return must be followed by newline, expected newline); viết lại dòng này theo tệp mẫu cùng tên"),
        ("[station]", "[reader]\ndevice = \"C:\\dev\"\n[station]", "2:14: dấu \\ đứng lẻ trong phần chữ; viết hai lần: \\\\"),
        ("[point]", "[point", "6:7: thiếu dấu ] đóng tên bảng; viết tên bảng trong ngoặc vuông, ví dụ [station]"),
        ("[station]", "[station", "1:9: thiếu dấu ] đóng tên bảng; viết tên bảng trong ngoặc vuông, ví dụ [station]"),
    ];
    for (sound, broken, complaint) in table {
        assert!(SHORT.contains(sound));
        let text = SHORT.replace(sound, broken);
        assert_eq!(complaints(&text), [format!("station.toml:{complaint}")], "{text}");
    }
}

#[test]
fn every_mistake_of_a_file_is_told_at_once_in_the_order_of_lines() {
    let text = "\
[station]
code = \"ag\"
name = 5
commune = “Xã Tri Tôn”
[reader]
baud = 1
gap-ms = 12O
[timimg]
done-s = 6
[patient]
default-guide = \"khac\"
";
    let told: Vec<String> = complaints(text)
        .iter()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        told,
        [
            "station.toml:2:8 code không đúng dạng mã",
            "station.toml:3:8 name phải là chữ, đang là số nguyên; viết trong dấu nháy kép, ví dụ \"Bàn 1\"",
            "station.toml:4:11 dấu nháy cong không dùng được; thay bằng dấu nháy thẳng \"",
            "station.toml:6:8 baud không dùng được giá trị 1; dùng một trong",
            "station.toml:7:10 \"12O\" không phải giá trị; phần chữ phải nằm trong dấu nháy kép, ví dụ name = \"Bàn 1\"",
            "station.toml:8:2 tệp này không có bảng \"[timimg]\"; sửa thành timing",
            "station.toml:11:17 default-guide chỉ đến tệp guides/khac.toml nhưng không có tệp đó; chọn một hướng dẫn đang có",
        ]
    );
}

#[test]
fn an_empty_file_lacks_every_required_key() {
    assert_eq!(
        complaints(""),
        [
            "station.toml:1:1: [station] thiếu khóa code; thêm dòng code = \"AG-TRITON\"",
            "station.toml:1:1: [station] thiếu khóa name; thêm dòng name = \"Trạm Y tế xã …\"",
            "station.toml:1:1: [station] thiếu khóa commune; thêm dòng commune = \"Xã …\"",
            "station.toml:1:1: [station] thiếu khóa province; thêm dòng province = \"Tỉnh …\"",
            "station.toml:1:1: [point] thiếu khóa code; thêm dòng code = \"D1\"",
            "station.toml:1:1: [point] thiếu khóa name; thêm dòng name = \"Bàn 1\"",
        ]
    );
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let text = format!("\u{feff}{}", SHORT.replace('\n', "\r\n"));
    assert_eq!(read(&text).unwrap(), read(SHORT).unwrap());
    let text = text.replace("[station]", "kod = 1\r\n[station]").replace("\"D1\"", "\"d1\"");
    let told = complaints(&text);
    assert!(told[0].starts_with("station.toml:1:1: "), "{told:?}");
    assert!(told[1].starts_with("station.toml:8:8: "), "{told:?}");
}

#[test]
fn letters_written_in_pieces_come_out_whole() {
    let text = SHORT.replace("Trạm", "Tra\u{323}m");
    assert_eq!(read(&text).unwrap(), read(SHORT).unwrap());
}

#[test]
fn a_file_that_is_not_utf_8_is_told_at_the_first_wrong_byte() {
    let file = Path::new("station.toml");
    let windows = b"[station]\nname = \"Tr\xe1\xba\xa1m Tri T\xf4n\"\n".to_vec();
    let complaint = Source::from_bytes(file, windows).unwrap_err().to_string();
    assert_eq!(
        complaint,
        "station.toml:2:19: chữ trong tệp không theo bảng mã UTF-8; \
         mở bằng trình soạn thảo rồi lưu lại với bảng mã (Encoding) UTF-8"
    );
}

#[test]
fn a_file_from_elsewhere_is_not_echoed_at_length() {
    let told = complaints(&format!("\"{}\\n\" = 1\n{SHORT}", "ồ".repeat(5000)));
    assert_eq!(told.len(), 1, "one line");
    assert!(told[0].contains(&format!("\"{}…\"", "ồ".repeat(40))), "{told:?}");
}

/// Bytes as `check` meets them: a value, or problems that each stand in the file.
fn survives(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
    let Ok(source) = Source::from_bytes(Path::new("station.toml"), bytes) else { return Ok(()) };
    let guides = BTreeSet::from(["tich-hop-bhyt".parse().unwrap()]);
    let Err(problems) = Station::read(&source, &guides, &BTreeSet::new()) else { return Ok(()) };
    prop_assert!(problems.iter().count() > 0);
    for problem in problems.iter() {
        prop_assert!((1..=lines).contains(&problem.line) && problem.column >= 1, "{}", problem);
        prop_assert_eq!(problem.to_string().lines().count(), 1);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        survives(bytes)?;
    }

    #[test]
    fn any_toml_like_text_is_read_without_panic(
        text in "([a-z\\[\\]{}.,=\"'#\\\\0-9 ạ“-]|\\[reader\\]|baud = |gap-ms = |\n){0,60}"
    ) {
        survives(text.into_bytes())?;
    }

    #[test]
    fn the_sample_with_any_damage_is_read_without_panic(
        at in 0..SAMPLE.len(),
        lost in 0..40_usize,
        put in "[\\[\\]{}=\"'\n.#0-9a-zạ]{0,6}",
    ) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        let end = (at + lost).min(bytes.len());
        bytes.splice(at..end, put.into_bytes());
        survives(bytes)?;
    }
}
