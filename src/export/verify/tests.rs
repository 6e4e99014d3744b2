use std::os::unix::fs::symlink;
use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::export::sample::{another_key, bundle, closing, key};
use crate::export::{Bundle, NewFile, to_folder};
use crate::seal::StationKey;

const NAME: &str = "AG-TRITON_D1_2026-11-23_2026-11-24";

fn export_with(bundle: Bundle, key: &StationKey) -> (tempfile::TempDir, PathBuf) {
    let stick = tempfile::tempdir().unwrap();
    let folder = to_folder(stick.path(), bundle, key, &mut |_| {}).unwrap();
    (stick, fs::canonicalize(folder).unwrap())
}

fn export() -> (tempfile::TempDir, PathBuf) {
    export_with(bundle("v"), &key())
}

fn only(path: &Path, keys: &[PublicKey]) -> Inspected {
    let mut found = verify(path, keys).unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn edit(path: &Path, edit: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    edit(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn replace(path: &Path, from: &str, to: &str) {
    edit(path, |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "{from}");
        *bytes = text.replacen(from, to, 1).into_bytes();
    });
}

#[test]
fn a_whole_export_says_whose_it_is_and_for_which_days() {
    let (stick, folder) = export();
    let key = key().public();
    for path in [stick.path(), &stick.path().join("TIEPDON"), &folder] {
        let found = only(path, &[]);
        assert_eq!(found.faults, []);
        assert!(found.is_whole() && !found.is_earlier);
        assert_eq!(found.folder, folder);
        assert_eq!(found.signer, Signer::Claimed(key.fingerprint()));
        let manifest = found.manifest.as_ref().unwrap();
        assert_eq!(manifest.origin.station.as_str(), "AG-TRITON");
        assert_eq!(manifest.station_name, "Trạm y tế xã Tri Tôn");
        assert_eq!(manifest.events, 1234);
        assert_eq!(manifest.chain_head, Digest([7; 32]));
        assert_eq!(found.period().unwrap(), "Từ ngày 23/11/2026 đến hết ngày 24/11/2026");
        assert_eq!(found.made().unwrap(), "17:05 ngày 24/11/2026");
        let day = |text: &str| text.parse::<StationDay>().unwrap();
        let closed =
            Closing { day: day("2026-11-23"), number: 7, events: 12, key: key.fingerprint() };
        assert_eq!(found.closings, [closed]);
        assert_eq!(found.unclosed, [day("2026-11-24")]);
        assert_eq!(found.unclosed_days(), "24/11/2026");
    }
    assert_eq!(only(&folder, &[key]).signer, Signer::Confirmed(key.fingerprint()));
}

/// What each way of tampering is called. The first one named is what people hear.
#[test]
fn each_way_of_tampering_is_found_and_named() {
    type Tamper = fn(&Path);
    let table: [(&str, Tamper, &str); 28] = [
        (
            "a byte of a table is changed",
            |at| edit(&at.join("tong-hop.xlsx"), |bytes| bytes[100] ^= 1),
            "Tệp tong-hop.xlsx đã bị sửa.",
        ),
        (
            "a table is longer",
            |at| edit(&at.join("tong-hop.csv"), |bytes| bytes.push(b'1')),
            "Tệp tong-hop.csv đã bị sửa: dài 4 byte, lúc xuất dài 3 byte.",
        ),
        (
            "a table is empty",
            |at| fs::write(at.join("tong-hop.xlsx"), "").unwrap(),
            "Tệp tong-hop.xlsx đã bị sửa: dài 0 byte, lúc xuất dài 3000 byte.",
        ),
        (
            "two tables are changed: the first is named first",
            |at| {
                edit(&at.join("tong-hop.xlsx"), |bytes| bytes[0] ^= 1);
                edit(&at.join("su-kien.json"), |bytes| bytes[0] ^= 1);
            },
            "Tệp su-kien.json đã bị sửa.",
        ),
        (
            "a table is removed",
            |at| fs::remove_file(at.join("su-kien.json")).unwrap(),
            "Thiếu tệp su-kien.json.",
        ),
        (
            "a table is renamed",
            |at| fs::rename(at.join("su-kien.json"), at.join("cu.json")).unwrap(),
            "Tệp su-kien.json đã bị đổi tên thành cu.json.",
        ),
        (
            "two tables change their names",
            |at| {
                fs::rename(at.join("tong-hop.csv"), at.join("x")).unwrap();
                fs::rename(at.join("su-kien.json"), at.join("tong-hop.csv")).unwrap();
                fs::rename(at.join("x"), at.join("su-kien.json")).unwrap();
            },
            "Tệp su-kien.json đã bị sửa: dài 3 byte, lúc xuất dài 600000 byte.",
        ),
        (
            "a file is added",
            |at| fs::write(at.join("tong-hop-2.csv"), "x").unwrap(),
            "tong-hop-2.csv được thêm vào, lúc xuất không có.",
        ),
        (
            "a hidden file is added",
            |at| fs::write(at.join(".x"), "x").unwrap(),
            ".x được thêm vào, lúc xuất không có.",
        ),
        (
            "a name is added that would clear the screen",
            |at| fs::write(at.join("\u{1b}[2J.csv"), "x").unwrap(),
            "\u{fffd}[2J.csv được thêm vào, lúc xuất không có.",
        ),
        (
            "a folder is added",
            |at| fs::create_dir(at.join("them")).unwrap(),
            "them được thêm vào, lúc xuất không có.",
        ),
        (
            "a copy is added",
            |at| assert!(fs::copy(at.join("tong-hop.csv"), at.join("ban-sao.csv")).is_ok()),
            "ban-sao.csv được thêm vào, lúc xuất không có.",
        ),
        (
            "a table is a link to another one that reads the same",
            |at| {
                fs::rename(at.join("tong-hop.csv"), at.with_file_name("x")).unwrap();
                symlink(at.with_file_name("x"), at.join("tong-hop.csv")).unwrap();
            },
            "tong-hop.csv không còn là tệp thường.",
        ),
        (
            "a table is a pipe that nobody ever writes",
            |at| {
                fs::remove_file(at.join("tong-hop.csv")).unwrap();
                let made = Command::new("mkfifo").arg(at.join("tong-hop.csv")).status().unwrap();
                assert!(made.success());
            },
            "tong-hop.csv không còn là tệp thường.",
        ),
        (
            "the words for people are changed",
            |at| replace(&at.join("DOC-TOI.txt"), "Tri Tôn", "Cô Tô_"),
            "Tệp DOC-TOI.txt đã bị sửa.",
        ),
        (
            "the manifest is removed",
            |at| fs::remove_file(at.join(MANIFEST)).unwrap(),
            "Thiếu tệp MANIFEST.json.",
        ),
        (
            "the manifest is no manifest",
            |at| fs::write(at.join(MANIFEST), "{}").unwrap(),
            "Tệp MANIFEST.json đã bị sửa hoặc bị hỏng, không đọc được.",
        ),
        (
            "the manifest is of a later program",
            |at| replace(&at.join(MANIFEST), "\"format\": 1", "\"format\": 2"),
            "Tệp MANIFEST.json do chương trình mới hơn lập; hãy kiểm tra bằng bản tiepdon mới.",
        ),
        (
            "the manifest leads out of the folder",
            |at| replace(&at.join(MANIFEST), "DOC-TOI.txt", "../DOC-TOI.txt"),
            "Tệp MANIFEST.json đã bị sửa hoặc bị hỏng, không đọc được.",
        ),
        (
            "the number of events is changed",
            |at| replace(&at.join(MANIFEST), "\"events\": 1234", "\"events\": 1235"),
            "Chữ ký không đúng: tệp MANIFEST.json hoặc MANIFEST.sig đã bị sửa.",
        ),
        (
            "the signature is removed",
            |at| fs::remove_file(at.join(SIGNATURE)).unwrap(),
            "Thiếu tệp MANIFEST.sig.",
        ),
        (
            "the signature is that of something else",
            |at| fs::write(at.join(SIGNATURE), format!("{}\n", key().sign(b"x"))).unwrap(),
            "Chữ ký không đúng: tệp MANIFEST.json hoặc MANIFEST.sig đã bị sửa.",
        ),
        (
            "the signature is damaged",
            |at| edit(&at.join(SIGNATURE), |bytes| bytes.truncate(40)),
            "Chữ ký không đúng: tệp MANIFEST.json hoặc MANIFEST.sig đã bị sửa.",
        ),
        (
            "a line is added to the signature",
            |at| edit(&at.join(SIGNATURE), |bytes| bytes.push(b'\n')),
            "Chữ ký không đúng: tệp MANIFEST.json hoặc MANIFEST.sig đã bị sửa.",
        ),
        (
            "the key in the folder is damaged",
            |at| edit(&at.join(PUBLIC_KEY), |bytes| bytes[40] ^= 1),
            "Tệp khoa-cong-khai.pem đã bị sửa.",
        ),
        (
            "a closing is changed",
            |at| replace(&at.join("chot-so_2026-11-23.json"), "\"events\":12", "\"events\":13"),
            "Tệp chot-so_2026-11-23.json đã bị sửa.",
        ),
        (
            "the signature of a closing is removed",
            |at| fs::remove_file(at.join("chot-so_2026-11-23.sig")).unwrap(),
            "Thiếu tệp chot-so_2026-11-23.sig.",
        ),
        (
            "everything but the signature is removed",
            |at| {
                for entry in fs::read_dir(at).unwrap() {
                    let path = entry.unwrap().path();
                    if !path.ends_with(SIGNATURE) {
                        fs::remove_file(path).unwrap();
                    }
                }
            },
            "Thiếu tệp MANIFEST.json.",
        ),
    ];
    for (what, tamper, said) in table {
        let (stick, folder) = export();
        tamper(&folder);
        let found = only(stick.path(), &[key().public()]);
        assert_eq!(found.faults.first().map(ToString::to_string).as_deref(), Some(said), "{what}");
        assert!(!found.is_whole(), "{what}");
    }
}

#[test]
fn a_folder_that_says_another_station_desk_or_day_is_found() {
    for name in [
        "AG-COTO_D1_2026-11-23_2026-11-24",
        "AG-TRITON_D2_2026-11-23_2026-11-24",
        "AG-TRITON_D1_2026-11-22_2026-11-24",
        "AG-TRITON_D1_2026-11-23_2026-11-24 (1)",
        "AG-TRITON_D1_2026-11-23_2026-11-24.cu-x",
        "số liệu tháng 11",
    ] {
        let (stick, folder) = export();
        fs::rename(&folder, folder.with_file_name(name)).unwrap();
        let found = only(stick.path(), &[]);
        let said = format!("Thư mục đã bị đổi tên thành {name}; lúc xuất là {NAME}.");
        assert_eq!(found.faults.first().unwrap().to_string(), said);
    }
}

#[test]
fn an_earlier_export_that_stepped_aside_is_whole_and_says_so() {
    let (stick, folder) = export();
    fs::rename(&folder, folder.with_file_name(format!("{NAME}.cu-12"))).unwrap();
    let found = only(stick.path(), &[]);
    assert_eq!(found.faults, []);
    assert!(found.is_earlier);
}

#[test]
fn another_stations_key_is_found_only_by_who_knows_the_right_one() {
    let (right, forger) = (key().public(), another_key());
    // A forger who signs everything anew, closings included.
    let mut forged = bundle("forged");
    for file in &mut forged.files {
        if file.name == "chot-so_2026-11-23.sig" {
            file.bytes = format!("{}\n", forger.sign(&closing("2026-11-23"))).into_bytes();
        }
    }
    let (stick, _) = export_with(forged, &forger);
    let alone = only(stick.path(), &[]);
    assert_eq!(alone.signer, Signer::Claimed(forger.public().fingerprint()));
    assert!(alone.is_whole(), "nothing but the key can tell: {:?}", alone.faults);
    let (signed, given) = (forger.public().fingerprint(), right.fingerprint());
    let found = only(stick.path(), &[right]);
    assert_eq!(found.faults, [Fault::OtherSigner { signed, given: vec![given] }]);
    assert_eq!(found.signer, Signer::Other(signed));
    let said = format!("Số liệu do khóa khác ký ({signed}), không phải khóa đã đưa ({given}).");
    assert_eq!(found.faults[0].to_string(), said);
}

#[test]
fn a_key_file_exchanged_alone_is_found_without_knowing_the_right_one() {
    let (stick, folder) = export();
    let found = another_key().public();
    fs::write(folder.join(PUBLIC_KEY), found.to_pem()).unwrap();
    let faults = only(stick.path(), &[]).faults;
    let found = found.fingerprint();
    assert_eq!(faults, [Fault::KeyExchanged { found }]);
    let said = format!("Tệp khoa-cong-khai.pem đã bị thay bằng khóa khác ({found}).");
    assert_eq!(faults[0].to_string(), said);
}

#[test]
fn a_manifest_exchanged_for_that_of_another_export_is_found() {
    let (stick, folder) = export();
    let (_other_stick, other) = export_with(bundle("other"), &key());
    for name in [MANIFEST, SIGNATURE] {
        fs::copy(other.join(name), folder.join(name)).unwrap();
    }
    let found = only(stick.path(), &[key().public()]);
    assert!(matches!(&found.faults[0], Fault::Resized { name, .. } if name == "tong-hop.csv"));
}

#[test]
fn closings_are_checked_for_themselves() {
    let with = |bytes: Vec<u8>, signer: &StationKey| {
        let mut bundle = bundle("v");
        bundle.files.retain(|file| !file.name.starts_with("chot-so"));
        let signature = format!("{}\n", signer.sign(&bytes)).into_bytes();
        bundle.files.push(NewFile { name: "chot-so_x.json".into(), bytes });
        bundle.files.push(NewFile { name: "chot-so_x.sig".into(), bytes: signature });
        let (stick, _) = export_with(bundle, &key());
        only(stick.path(), &[])
    };
    let good = closing("2026-11-24");
    let changed =
        |from, to| String::from_utf8(good.clone()).unwrap().replace(from, to).into_bytes();
    assert_eq!(with(good.clone(), &key()).unclosed_days(), "23/11/2026");
    let unsigned = with(good.clone(), &another_key());
    assert_eq!(unsigned.faults, [Fault::ClosingUnsigned("chot-so_x.json".into())]);
    assert_eq!(unsigned.unclosed.len(), 2, "an unsigned closing closes nothing");
    for bad in
        [changed("AG-TRITON", "AG-COTO"), changed("D1", "D2"), changed("-24", "-31"), Vec::new()]
    {
        let found = with(bad, &key());
        assert_eq!(found.faults, [Fault::ClosingDamaged("chot-so_x.json".into())]);
    }
}

/// A station lost its key and went on with a new one.
#[test]
fn closings_of_an_earlier_key_are_told_by_that_key_and_never_pass_for_the_present_one() {
    let (old, new) = (another_key(), key());
    let naming = |names: &StationKey| {
        let mut document: serde_json::Value =
            serde_json::from_slice(&closing("2026-11-23")).unwrap();
        document["public-key"] = names.public().to_pem().into();
        serde_json::to_vec(&document).unwrap()
    };
    let with = |bytes: Vec<u8>, signer: &StationKey, keys: &[PublicKey]| {
        let mut bundle = bundle("v");
        let signature = format!("{}\n", signer.sign(&bytes)).into_bytes();
        for file in &mut bundle.files {
            match file.name.as_str() {
                "chot-so_2026-11-23.json" => file.bytes.clone_from(&bytes),
                "chot-so_2026-11-23.sig" => file.bytes.clone_from(&signature),
                _ => {}
            }
        }
        let (stick, _) = export_with(bundle, &new);
        only(stick.path(), keys)
    };
    let day = "2026-11-23".parse::<StationDay>().unwrap();
    let by_old = BTreeMap::from([(old.public().fingerprint(), vec![day])]);
    for keys in [&[][..], &[new.public()], &[new.public(), old.public()]] {
        let found = with(naming(&old), &old, keys);
        assert_eq!((found.faults.as_slice(), found.other_keys()), (&[][..], by_old.clone()));
        assert_eq!(found.unclosed_days(), "24/11/2026");
    }
    assert_eq!(with(naming(&new), &new, &[]).other_keys(), BTreeMap::new());
    // One of an earlier program names no key: only who knows it can tell.
    let unsigned = Fault::ClosingUnsigned("chot-so_2026-11-23.json".into());
    let told = with(closing("2026-11-23"), &old, &[]).faults;
    assert_eq!(told, std::slice::from_ref(&unsigned));
    let known = with(closing("2026-11-23"), &old, &[new.public(), old.public()]);
    assert_eq!((known.faults.as_slice(), known.other_keys()), (&[][..], by_old));
    // To name a key is not to be signed by it.
    assert_eq!(with(naming(&old), &another_key(), &[]).faults, [unsigned]);
    // The export itself must still bear a given key.
    let found = with(naming(&old), &old, &[old.public()]);
    assert!(matches!(found.faults.as_slice(), [Fault::OtherSigner { .. }]), "{:?}", found.faults);
}

#[test]
fn a_stick_with_several_exports_tells_of_each_and_drafts_are_none() {
    let (stick, folder) = export();
    to_folder(stick.path(), bundle("later"), &key(), &mut |_| {}).unwrap();
    let top = folder.parent().unwrap();
    fs::rename(top.join(format!("{NAME}.cu-1")), top.join("AG-TRITON_D1_2026-11-24_2026-11-24"))
        .unwrap();
    fs::create_dir(top.join(format!(".{NAME}.part"))).unwrap();
    fs::create_dir(top.join("photos")).unwrap();
    symlink(&folder, top.join("AG-TRITON_D1_2026-01-01_2026-01-01")).unwrap();
    let found = verify(stick.path(), &[]).unwrap();
    let whole: Vec<bool> = found.iter().map(Inspected::is_whole).collect();
    assert_eq!(whole, [true, false]);
}

#[test]
fn where_no_export_is_that_is_said() {
    let empty = tempfile::tempdir().unwrap();
    let error = verify(empty.path(), &[]).unwrap_err();
    assert!(matches!(error, VerifyError::NoExport(_)), "{error}");
    let error = verify(&empty.path().join("gone"), &[]).unwrap_err();
    assert!(matches!(error, VerifyError::Unreadable { .. }), "{error}");
    assert!(error.advice().contains("cắm lại USB"));
}

#[test]
fn what_is_to_be_read_first_opens_in_notepad_and_names_every_file() {
    let (_stick, folder) = export();
    let text = fs::read_to_string(folder.join("DOC-TOI.txt")).unwrap();
    assert!(text.starts_with('\u{feff}'));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    for name in ["tong-hop.xlsx", "chot-so_2026-11-23.json", PUBLIC_KEY] {
        assert!(text.contains(&format!("    {name}\r\n")), "{name}");
    }
    assert!(text.contains(&key().public().fingerprint().to_string()));
    assert!(text.contains("Từ ngày 23/11/2026 đến hết ngày 24/11/2026\r\n"));
}

/// The two commands that DOC-TOI.txt tells, as it tells them.
#[test]
#[expect(clippy::print_stderr, reason = "says why nothing was tried")]
fn openssl_checks_an_export_as_the_words_tell() {
    let (stick, folder) = export();
    let text = fs::read_to_string(folder.join("DOC-TOI.txt")).unwrap();
    let commands = text.lines().map(str::trim).filter(|line| line.starts_with("openssl "));
    let commands: Vec<&str> = commands.collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let mut words = command.split(' ');
        let run = Command::new(words.next().unwrap()).args(words).current_dir(&folder).output();
        let Ok(told) = run else {
            eprintln!("openssl is not here: nobody else's word on an export");
            return;
        };
        assert!(told.status.success(), "{command}: {told:?}");
    }
    assert!(only(stick.path(), &[]).is_whole(), "checking adds no file");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whichever_byte_of_whichever_file_is_changed_it_is_found(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        thread_local! {
            static EXPORT: (tempfile::TempDir, PathBuf) = export();
        }
        let (name, found) = EXPORT.with(|(stick, folder)| {
            let mut files: Vec<PathBuf> =
                fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            let path = which.get(&files);
            let good = fs::read(path).unwrap();
            edit(path, |bytes| {
                let at = at.index(bytes.len());
                bytes[at] ^= flip;
            });
            let found = only(stick.path(), &[]);
            fs::write(path, good).unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), found)
        });
        prop_assert!(!found.is_whole(), "{name}");
        let first = found.faults[0].to_string();
        prop_assert!(first.contains(&name) || first.contains("khoa-cong-khai"), "{name}: {first}");
    }
}

/// Changes the manifest and signs it anew, as whoever has a key of their own can.
fn forge(folder: &Path, key: &StationKey, change: impl FnOnce(&mut serde_json::Value)) {
    let manifest = folder.join(MANIFEST);
    let mut value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    change(&mut value);
    let bytes = serde_json::to_vec(&value).unwrap();
    fs::write(folder.join(SIGNATURE), format!("{}\n", key.sign(&bytes))).unwrap();
    fs::write(manifest, bytes).unwrap();
}

#[test]
fn a_file_of_any_length_costs_nothing() {
    const LENGTH: u64 = 256 << 30;
    let key = key();
    let (_stick, folder) = export_with(bundle("v"), &key);
    let mut name = String::new();
    forge(&folder, &key, |manifest| {
        manifest["files"][0]["size"] = LENGTH.into();
        name = manifest["files"][0]["name"].as_str().unwrap().to_owned();
    });
    File::options().write(true).open(folder.join(&name)).unwrap().set_len(LENGTH).unwrap();
    let found = only(&folder, &[]);
    assert_eq!(found.faults, [Fault::TooLong { name, length: LENGTH }]);
}

#[test]
fn names_are_counted_before_they_are_compared() {
    let key = key();
    let (_stick, folder) = export_with(bundle("v"), &key);
    // All as long as each other: each could be any other.
    let content = Digest::of(b"what is not there");
    forge(&folder, &key, |manifest| {
        let missing = (0..15_000).map(|number| {
            serde_json::json!({
                "name": format!("z{number:05}.csv"), "size": 17, "sha256": content.to_string(),
            })
        });
        manifest["files"].as_array_mut().unwrap().extend(missing);
    });
    for number in 0..900 {
        fs::write(folder.join(format!("x{number}")), "17 bytes of other").unwrap();
    }
    let found = only(&folder, &[]);
    let removed = found.faults.iter().filter(|fault| matches!(fault, Fault::Removed(_))).count();
    let added = found.faults.iter().filter(|fault| matches!(fault, Fault::Added(_))).count();
    assert_eq!((removed, added), (15_000, 900));

    forge(&folder, &key, |manifest| {
        let file = manifest["files"][0].clone();
        *manifest["files"].as_array_mut().unwrap() = vec![file; MOST_FILES + 1];
    });
    assert_eq!(only(&folder, &[]).faults, [Fault::ManifestDamaged]);
}

#[test]
fn signs_that_nobody_sees_are_seen() {
    let key = key();
    let (_stick, folder) = export_with(bundle("v"), &key);
    forge(&folder, &key, |manifest| {
        manifest["station_name"] = "Tri\u{200b} Tôn \u{202e}".into();
    });
    fs::write(folder.join("a\u{202e}b\u{1b}"), "").unwrap();
    let found = only(&folder, &[]);
    assert_eq!(found.manifest.unwrap().station_name, "Tri\u{fffd} Tôn \u{fffd}");
    assert_eq!(found.faults, [Fault::Added("a\u{fffd}b\u{fffd}".to_owned())]);
}
