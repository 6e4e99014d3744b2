//! `tiepdon verify`: is what the station handed out still what it handed out?

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use crate::event::StationDay;
use crate::export::{self, ClosingSigner, Fault, Inspected, Manifest, Signer, days_in_words};
use crate::journal::{JournalError, JournalReader, Verified};
use crate::report::hex;
use crate::seal::{Fingerprint, PublicKey, Signature};

/// The journal in a data folder.
const DATABASE: &str = "journal.db";

/// Arguments of `tiepdon verify`.
#[derive(Args)]
pub struct Verify {
    /// USB, thư mục TIEPDON trên USB, thư mục của một bản xuất; hoặc thư mục dữ liệu của ki-ốt, hay
    /// một tệp sao lưu của nó.
    #[arg(value_name = "ĐƯỜNG_DẪN")]
    path: PathBuf,
    /// Khóa công khai đã nhận từ trạm trước đó; bỏ trống thì dùng khóa đi kèm bản xuất. Trạm đã đổi
    /// khóa thì ghi --key nhiều lần, mỗi lần một khóa.
    #[arg(long, value_name = "TỆP")]
    key: Vec<PathBuf>,
}

impl Verify {
    /// Fails, and so ends with exit code 1, unless everything found is whole and unaltered.
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let keys =
            self.key.iter().map(|path| read_key(path)).collect::<anyhow::Result<Vec<_>>>()?;
        if let Some(journal) = journal_at(&self.path)? {
            return verify_journal(&self.path, &journal, &keys);
        }
        let found = export::verify(&self.path, &keys)
            .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        let mut out = io::stdout().lock();
        for one in &found {
            tell(&mut out, one, &keys)?;
        }
        let altered = found.iter().filter(|one| !one.is_whole()).count();
        if altered > 0 {
            bail!("{altered} trong {} bản xuất không còn nguyên vẹn", found.len());
        }
        Ok(())
    }
}

/// The journal at `path`: a data folder, or a database such as a backup.
fn journal_at(path: &Path) -> anyhow::Result<Option<JournalReader>> {
    let opened = if path.is_file() && path.extension().is_some_and(|ending| ending == "db") {
        JournalReader::open_file(path)
    } else if path.join(DATABASE).is_file() {
        JournalReader::open(path)
    } else {
        return Ok(None);
    };
    opened.map(Some).map_err(|error| in_words(path, &error))
}

/// What is wrong with the journal at `path`, and what to do: nothing needs a damaged backup.
fn in_words(path: &Path, error: &JournalError) -> anyhow::Error {
    let is_backup = path.is_file() && path.file_name().is_none_or(|name| name != DATABASE);
    let advice = if is_backup && error.is_damage() {
        "Đừng khôi phục từ tệp này; hãy chọn bản sao lưu khác."
    } else {
        error.advice()
    };
    anyhow!("{error}. {advice}")
}

/// Walks the chain of all events and holds the signed closings against it.
fn verify_journal(path: &Path, journal: &JournalReader, keys: &[PublicKey]) -> anyhow::Result<()> {
    let verified = journal
        .check_contents()
        .and_then(|()| journal.verify())
        .map_err(|error| in_words(path, &error))?;
    let signers = signers(&verified, &journal.id()?.0.to_string(), keys)?;
    let mut out = io::stdout().lock();
    writeln!(out, "Sự kiện    {}", verified.events)?;
    writeln!(out, "Chuỗi      {}", hex(&verified.chain.0))?;
    writeln!(out, "Bản chốt   {}", verified.closings.len())?;
    for (key, days) in signers.given.iter().filter(|_| signers.count() > 1) {
        writeln!(out, "           Khóa đã đưa {key} ký: {}", days_told(days))?;
    }
    tell_compared(&mut out, &signers.claimed)?;
    if !signers.unchecked.is_empty() {
        writeln!(
            out,
            "           Chưa kiểm tra chữ ký: {}. Cần khóa công khai của trạm (--key).",
            days_told(&signers.unchecked)
        )?;
    }
    writeln!(out, "Kết luận   KHỚP: không thấy dấu hiệu sự kiện bị sửa, xóa hay chèn thêm.")?;
    Ok(())
}

/// The days whose closings a key signed.
type BySigner = BTreeMap<Fingerprint, BTreeSet<StationDay>>;

/// Who signed the closings of a journal.
#[derive(Debug, Default, PartialEq, Eq)]
struct Signers {
    /// Keys that were given.
    given: BySigner,
    /// Keys that only the closings themselves name.
    claimed: BySigner,
    /// Closings that name no key, while none was given.
    unchecked: BTreeSet<StationDay>,
}

impl Signers {
    fn count(&self) -> usize {
        self.given.len() + self.claimed.len()
    }
}

/// Holds each closing against the chain of the journal `own` and against its signature. With `keys`,
/// the last closing must bear one of them: it speaks of all events before it, whoever signed the
/// closings of those days.
fn signers(verified: &Verified, own: &str, keys: &[PublicKey]) -> anyhow::Result<Signers> {
    let mut signers = Signers::default();
    for (index, (closing, chain)) in verified.closings.iter().enumerate() {
        let (day, number) = (closing.day, closing.number);
        let named = format!("bản chốt ngày {day}, lần {number}");
        let document: serde_json::Value = serde_json::from_slice(&closing.document)
            .with_context(|| format!("{named} không đọc được"))?;
        let says = |field: &str| document.get(field).and_then(serde_json::Value::as_str);
        // A journal that could not be restored whole goes on under a new name; closings from before
        // speak of another chain.
        if says("journal") == Some(own) && says("chain") != Some(hex(&chain.0).as_str()) {
            bail!("{named} nói khác với chuỗi sự kiện");
        }
        let signature = Signature::from_bytes(closing.signature);
        let days = match ClosingSigner::of(&closing.document, &signature, keys) {
            ClosingSigner::Key(key) if is_given(keys, key) => signers.given.entry(key).or_default(),
            ClosingSigner::Key(key) if keys.is_empty() || index + 1 < verified.closings.len() => {
                signers.claimed.entry(key).or_default()
            }
            ClosingSigner::Unknown if keys.is_empty() => &mut signers.unchecked,
            ClosingSigner::Nobody => bail!("{named} không có chữ ký đúng"),
            ClosingSigner::Key(_) | ClosingSigner::Unknown => {
                bail!("{named} không do khóa đã đưa ký; trạm đã đổi khóa thì hãy đưa cả khóa kia")
            }
        };
        days.insert(day);
    }
    Ok(signers)
}

fn days_told(days: &BTreeSet<StationDay>) -> String {
    days_in_words(&days.iter().copied().collect::<Vec<_>>())
}

fn is_given(keys: &[PublicKey], key: Fingerprint) -> bool {
    keys.iter().any(|given| given.fingerprint() == key)
}

/// Keys that nobody gave, and what to do about them.
fn tell_compared(out: &mut impl Write, claimed: &BySigner) -> io::Result<()> {
    for (key, days) in claimed {
        writeln!(out, "           Khóa {key} ký: {}", days_told(days))?;
        writeln!(
            out,
            "           Khóa này chưa đối chiếu. Xin gọi điện cho trạm và đọc đối chiếu mã khóa."
        )?;
    }
    Ok(())
}

fn read_key(path: &Path) -> anyhow::Result<PublicKey> {
    let named = || format!("không dùng được khóa {}", path.display());
    let pem = fs::read_to_string(path).with_context(named)?;
    PublicKey::from_pem(&pem).with_context(named)
}

fn tell(out: &mut impl Write, found: &Inspected, keys: &[PublicKey]) -> io::Result<()> {
    writeln!(out, "Thư mục    {}", found.place())?;
    if found.is_earlier {
        writeln!(out, "           (bản cũ, sau đó trạm đã xuất lại cùng những ngày này)")?;
    }
    if let Some(manifest) = &found.manifest {
        tell_whose(out, found, manifest)?;
        tell_other_keys(out, found, keys)?;
    }
    match found.faults.as_slice() {
        [] => {
            writeln!(
                out,
                "Kết luận   KHỚP CHỮ KÝ: không thấy dấu hiệu bị sửa, xóa, thêm hay đổi tên."
            )?;
        }
        [first, others @ ..] => {
            writeln!(out, "Kết luận   KHÔNG CÒN NGUYÊN VẸN")?;
            writeln!(out, "           {first}")?;
            for other in others {
                writeln!(out, "           {other}")?;
            }
            let mut faults = found.faults.iter();
            if faults.all(|fault| matches!(fault, Fault::ClosingUnsigned(_))) {
                writeln!(
                    out,
                    "           Trạm đã đổi khóa thì hãy kiểm tra lại với cả khóa trước của trạm: \
                     --key ghi nhiều lần."
                )?;
            }
            writeln!(out, "           Xin đừng dùng bản này; hãy xin trạm xuất lại.")?;
        }
    }
    writeln!(out)
}

fn tell_whose(out: &mut impl Write, found: &Inspected, manifest: &Manifest) -> io::Result<()> {
    if found.signer == Signer::Unknown {
        writeln!(out, "           Những dòng dưới đây chưa tin được, vì chữ ký không đúng.")?;
    }
    writeln!(
        out,
        "Của        {} ({}), {} ({})",
        manifest.station_name, manifest.origin.station, manifest.point_name, manifest.origin.point,
    )?;
    writeln!(out, "Số liệu    {}", found.period().unwrap_or_default())?;
    writeln!(out, "Lập lúc    {}, bằng {}", found.made().unwrap_or_default(), manifest.program)?;
    writeln!(out, "Sổ         {}, {} sự kiện", manifest.journal.0, manifest.events)?;
    writeln!(out, "           mắt xích cuối {}", manifest.chain_head)?;
    match found.signer {
        Signer::Unknown => {}
        Signer::Confirmed(key) => writeln!(out, "Khóa ký    {key}, đúng khóa đã đưa")?,
        Signer::Other(key) => writeln!(out, "Khóa ký    {key}, không phải khóa đã đưa")?,
        Signer::Claimed(key) => {
            writeln!(out, "Khóa ký    {key}")?;
            writeln!(
                out,
                "           Đây là khóa đi kèm bản xuất. Muốn chắc đúng trạm này ký, xin gọi điện \
                 cho trạm và đọc đối chiếu mã khóa."
            )?;
        }
    }
    writeln!(out, "Chốt sổ    {} ngày đã chốt", found.closings.len())?;
    if !found.unclosed.is_empty() {
        writeln!(out, "           Ngày chưa chốt: {}", found.unclosed_days())?;
    }
    Ok(())
}

/// Closings of another key than that of the export: after a lost key, those of the days before.
fn tell_other_keys(out: &mut impl Write, found: &Inspected, keys: &[PublicKey]) -> io::Result<()> {
    for (key, days) in found.other_keys() {
        writeln!(out, "Khóa khác  {key}")?;
        writeln!(
            out,
            "           đã ký bản chốt ngày {}, không phải khóa ký ở trên.",
            days_in_words(&days)
        )?;
        let known = if is_given(keys, key) {
            "Khóa này là một khóa đã đưa."
        } else {
            "Chữ ký đúng, nhưng khóa này chưa đối chiếu. Trạm đã đổi khóa thì có khóa cũ như vậy: xin gọi \
             điện cho trạm và đọc đối chiếu mã khóa."
        };
        writeln!(out, "           {known}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventSeq;
    use crate::export::sample::{another_key, bundle, closing, key};
    use crate::journal::{self, Link};
    use crate::seal::StationKey;

    fn told(root: &Path, keys: &[PublicKey]) -> String {
        let mut out = Vec::new();
        for one in export::verify(root, keys).unwrap() {
            tell(&mut out, &one, keys).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn verify(path: &Path, key: &[PathBuf]) -> anyhow::Result<()> {
        Verify { path: path.to_owned(), key: key.to_vec() }.execute()
    }

    #[test]
    fn whose_it_is_for_which_days_and_that_it_is_whole() {
        let stick = tempfile::tempdir().unwrap();
        export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        let told = told(stick.path(), &[]);
        for said in [
            "Của        Trạm y tế xã Tri Tôn (AG-TRITON), Bàn tiếp đón số 1 (D1)\n",
            "Số liệu    Từ ngày 23/11/2026 đến hết ngày 24/11/2026\n",
            "Lập lúc    17:05 ngày 24/11/2026, bằng tiepdon ",
            "xin gọi điện cho trạm và đọc đối chiếu mã khóa.\n",
            "Chốt sổ    1 ngày đã chốt\n           Ngày chưa chốt: 24/11/2026\n",
            "Kết luận   KHỚP CHỮ KÝ",
        ] {
            assert!(told.contains(said), "{said}\n{told}");
        }
        verify(stick.path(), &[]).unwrap();
    }

    #[test]
    fn what_is_altered_is_named_and_ends_in_failure() {
        let stick = tempfile::tempdir().unwrap();
        let folder = export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        fs::write(folder.join("tong-hop.csv"), "w\r\n").unwrap();
        let told = told(stick.path(), &[]);
        assert!(told.contains("KHÔNG CÒN NGUYÊN VẸN\n           Tệp tong-hop.csv đã bị sửa.\n"));
        let error = verify(stick.path(), &[]).unwrap_err();
        assert_eq!(error.to_string(), "1 trong 1 bản xuất không còn nguyên vẹn");
    }

    #[test]
    fn a_key_from_elsewhere_decides() {
        let stick = tempfile::tempdir().unwrap();
        export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        let pem = stick.path().join("khoa.pem");
        for (known, is_right) in [(key(), true), (another_key(), false)] {
            fs::write(&pem, known.public().to_pem()).unwrap();
            assert_eq!(verify(stick.path(), std::slice::from_ref(&pem)).is_ok(), is_right);
        }
        assert!(told(stick.path(), &[key().public()]).contains("đúng khóa đã đưa"));
        fs::write(&pem, "không phải khóa").unwrap();
        let error = verify(stick.path(), &[pem]).unwrap_err();
        assert!(error.to_string().starts_with("không dùng được khóa "), "{error}");
    }

    fn naming(key: &StationKey) -> Vec<u8> {
        let mut document: serde_json::Value =
            serde_json::from_slice(&closing("2026-11-23")).unwrap();
        document["public-key"] = key.public().to_pem().into();
        serde_json::to_vec(&document).unwrap()
    }

    #[test]
    fn closings_of_a_lost_key_are_told_to_be_compared_and_do_not_end_in_failure() {
        let [stick, keys] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let (old, new) = (another_key(), key());
        let mut bundle = bundle("v");
        for file in &mut bundle.files {
            if file.name == "chot-so_2026-11-23.json" {
                file.bytes = naming(&old);
            } else if file.name == "chot-so_2026-11-23.sig" {
                file.bytes = format!("{}\n", old.sign(&naming(&old))).into_bytes();
            }
        }
        export::to_folder(stick.path(), bundle, &new, &mut |_| {}).unwrap();
        let [old_pem, new_pem] = [(&old, "old"), (&new, "new")].map(|(key, name)| {
            let path = keys.path().join(name);
            fs::write(&path, key.public().to_pem()).unwrap();
            path
        });
        let fingerprint = old.public().fingerprint();
        let line = format!("Khóa khác  {fingerprint}\n           đã ký bản chốt ngày 23/11/2026,");
        for (given, known) in [
            (vec![], "khóa này chưa đối chiếu"),
            (vec![new.public()], "khóa này chưa đối chiếu"),
            (vec![new.public(), old.public()], "Khóa này là một khóa đã đưa."),
        ] {
            let told = told(stick.path(), &given);
            assert!(told.contains(&line) && told.contains(known), "{told}");
            assert!(told.contains("Kết luận   KHỚP CHỮ KÝ"), "{told}");
        }
        verify(stick.path(), &[]).unwrap();
        verify(stick.path(), &[new_pem.clone(), old_pem.clone()]).unwrap();
        assert!(verify(stick.path(), &[old_pem]).is_err(), "the export is the new key's");
    }

    #[test]
    fn of_a_journal_the_last_closing_must_bear_a_given_key_and_those_before_are_told() {
        let (old, new) = (another_key(), key());
        let closed = |day: &str, signer: &StationKey, document: Vec<u8>| {
            let signature = signer.sign(&document).to_bytes();
            let (day, seq) = (day.parse().unwrap(), EventSeq(1));
            (journal::Closing { day, number: 1, seq, document, signature }, Link([0; 32]))
        };
        let verified = |closings| Verified { events: 1, chain: Link([0; 32]), closings };
        let days = |day: &str| BTreeSet::from([day.parse().unwrap()]);
        let of =
            |key: &StationKey, day: &str| BTreeMap::from([(key.public().fingerprint(), days(day))]);
        let (first, second) = ("2026-11-23", "2026-11-24");
        let both =
            verified(vec![closed(first, &old, naming(&old)), closed(second, &new, naming(&new))]);
        let found = signers(&both, "", &[new.public()]).unwrap();
        assert_eq!((found.claimed, found.given), (of(&old, first), of(&new, second)));
        let found = signers(&both, "", &[new.public(), old.public()]).unwrap();
        assert!(found.claimed.is_empty() && found.count() == 2);
        assert_eq!(signers(&both, "", &[]).unwrap().claimed.len(), 2);
        let error = signers(&both, "", &[old.public()]).unwrap_err().to_string();
        assert!(error.starts_with("bản chốt ngày 2026-11-24, lần 1 không do khóa đã đưa ký"));
        // Of an earlier program, which named no key.
        let unnamed = verified(vec![closed(first, &old, closing(first))]);
        assert_eq!(signers(&unnamed, "", &[]).unwrap().unchecked, days(first));
        assert_eq!(signers(&unnamed, "", &[old.public()]).unwrap().given, of(&old, first));
        assert!(signers(&unnamed, "", &[new.public()]).is_err());
        // It names a key that did not sign it.
        let forged = verified(vec![closed(first, &new, naming(&old))]);
        assert!(signers(&forged, "", &[]).is_err());
        let bytes = serde_json::to_vec(&serde_json::json!({ "journal": "own", "chain": "00" }));
        let other = verified(vec![closed(first, &old, bytes.unwrap())]);
        assert!(signers(&other, "own", &[]).is_err(), "the chain is held against it");
    }

    #[test]
    fn a_destroyed_journal_is_to_be_restored_and_a_destroyed_backup_is_not_to_be_used() {
        let data = tempfile::tempdir().unwrap();
        for (name, advice) in
            [("journal.db", "tiepdon restore"), ("journal-2026-11-23.db", "bản sao lưu khác")]
        {
            let path = data.path().join(name);
            fs::write(&path, [0xA5; 8192]).unwrap();
            let error = verify(&path, &[]).unwrap_err().to_string();
            assert!(error.contains(advice), "{error}");
        }
        let error = verify(data.path(), &[]).unwrap_err().to_string();
        assert!(error.contains("tiepdon restore"), "{error}");
    }

    #[test]
    fn nothing_can_be_believed_without_a_signature() {
        let stick = tempfile::tempdir().unwrap();
        let folder = export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        fs::remove_file(folder.join("MANIFEST.sig")).unwrap();
        assert!(told(stick.path(), &[]).contains("chưa tin được"));
        assert!(verify(&stick.path().join("gone"), &[]).is_err());
    }
}
