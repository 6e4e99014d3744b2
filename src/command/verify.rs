//! `tiepdon verify`: is what the station handed out still what it handed out?

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use crate::export::{self, Inspected, Manifest, Signer};
use crate::journal::JournalReader;
use crate::report::hex;
use crate::seal::{PublicKey, Signature};

/// Arguments of `tiepdon verify`.
#[derive(Args)]
pub struct Verify {
    /// USB, thư mục TIEPDON trên USB, thư mục của một bản xuất; hoặc thư mục dữ liệu của ki-ốt, hay
    /// một tệp sao lưu của nó.
    #[arg(value_name = "ĐƯỜNG_DẪN")]
    path: PathBuf,
    /// Khóa công khai đã nhận từ trạm trước đó; bỏ trống thì dùng khóa đi kèm bản xuất.
    #[arg(long, value_name = "TỆP")]
    key: Option<PathBuf>,
}

impl Verify {
    /// Fails, and so ends with exit code 1, unless everything found is whole and unaltered.
    pub(super) fn execute(self) -> anyhow::Result<()> {
        let key = self.key.as_deref().map(read_key).transpose()?;
        if let Some(journal) = journal_at(&self.path)? {
            return verify_journal(&journal, key.as_ref());
        }
        let found = export::verify(&self.path, key.as_ref())
            .map_err(|error| anyhow!("{error}. {}", error.advice()))?;
        let mut out = io::stdout().lock();
        for one in &found {
            tell(&mut out, one)?;
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
    const DATABASE: &str = "journal.db";
    let opened = if path.is_file() && path.extension().is_some_and(|ending| ending == "db") {
        JournalReader::open_file(path)
    } else if path.join(DATABASE).is_file() {
        JournalReader::open(path)
    } else {
        return Ok(None);
    };
    opened.map(Some).map_err(|error| anyhow!("{error}. {}", error.advice()))
}

/// Walks the chain of all events and holds the signed closings against it.
fn verify_journal(journal: &JournalReader, key: Option<&PublicKey>) -> anyhow::Result<()> {
    let verified = journal.verify().map_err(|error| anyhow!("{error}. {}", error.advice()))?;
    let own = journal.id()?.0.to_string();
    for (closing, chain) in &verified.closings {
        let (day, number) = (closing.day, closing.number);
        let named = format!("bản chốt ngày {day}, lần {number}");
        let document: serde_json::Value = serde_json::from_slice(&closing.document)
            .with_context(|| format!("{named} không đọc được"))?;
        let says = |field: &str| document.get(field).and_then(serde_json::Value::as_str);
        // A journal that could not be restored whole goes on under a new name; closings from before
        // speak of another chain.
        if says("journal") == Some(own.as_str()) && says("chain") != Some(hex(&chain.0).as_str()) {
            bail!("{named} nói khác với chuỗi sự kiện");
        }
        let signature = Signature::from_bytes(closing.signature);
        if key.is_some_and(|key| !key.verify(&closing.document, &signature)) {
            bail!("{named} không do khóa này ký");
        }
    }
    let mut out = io::stdout().lock();
    writeln!(out, "Sự kiện    {}", verified.events)?;
    writeln!(out, "Chuỗi      {}", hex(&verified.chain.0))?;
    writeln!(out, "Bản chốt   {}", verified.closings.len())?;
    if key.is_none() && !verified.closings.is_empty() {
        writeln!(out, "           Chưa kiểm tra chữ ký: cần khóa công khai của trạm (--key).")?;
    }
    writeln!(out, "Kết luận   CÒN NGUYÊN VẸN: không sự kiện nào bị sửa, xóa hay chèn thêm.")?;
    Ok(())
}

fn read_key(path: &Path) -> anyhow::Result<PublicKey> {
    let named = || format!("không dùng được khóa {}", path.display());
    let pem = fs::read_to_string(path).with_context(named)?;
    PublicKey::from_pem(&pem).with_context(named)
}

fn tell(out: &mut impl Write, found: &Inspected) -> io::Result<()> {
    writeln!(out, "Thư mục    {}", found.place())?;
    if found.is_earlier {
        writeln!(out, "           (bản cũ, sau đó trạm đã xuất lại cùng những ngày này)")?;
    }
    if let Some(manifest) = &found.manifest {
        tell_whose(out, found, manifest)?;
    }
    match found.faults.as_slice() {
        [] => {
            writeln!(out, "Kết luận   CÒN NGUYÊN VẸN: không có gì bị sửa, xóa, thêm hay đổi tên.")?;
        }
        [first, others @ ..] => {
            writeln!(out, "Kết luận   KHÔNG CÒN NGUYÊN VẸN")?;
            writeln!(out, "           {first}")?;
            for other in others {
                writeln!(out, "           {other}")?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::sample::{another_key, bundle, key};

    fn told(root: &Path, key: Option<&PublicKey>) -> String {
        let mut out = Vec::new();
        for one in export::verify(root, key).unwrap() {
            tell(&mut out, &one).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn verify(path: &Path, key: Option<PathBuf>) -> anyhow::Result<()> {
        Verify { path: path.to_owned(), key }.execute()
    }

    #[test]
    fn whose_it_is_for_which_days_and_that_it_is_whole() {
        let stick = tempfile::tempdir().unwrap();
        export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        let told = told(stick.path(), None);
        for said in [
            "Của        Trạm y tế xã Tri Tôn (AG-TRITON), Bàn tiếp đón số 1 (D1)\n",
            "Số liệu    Từ ngày 23/11/2026 đến hết ngày 24/11/2026\n",
            "Lập lúc    17:05 ngày 24/11/2026, bằng tiepdon ",
            "xin gọi điện cho trạm và đọc đối chiếu mã khóa.\n",
            "Chốt sổ    1 ngày đã chốt\n           Ngày chưa chốt: 24/11/2026\n",
            "Kết luận   CÒN NGUYÊN VẸN",
        ] {
            assert!(told.contains(said), "{said}\n{told}");
        }
        verify(stick.path(), None).unwrap();
    }

    #[test]
    fn what_is_altered_is_named_and_ends_in_failure() {
        let stick = tempfile::tempdir().unwrap();
        let folder = export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        fs::write(folder.join("tong-hop.csv"), "w\r\n").unwrap();
        let told = told(stick.path(), None);
        assert!(told.contains("KHÔNG CÒN NGUYÊN VẸN\n           Tệp tong-hop.csv đã bị sửa.\n"));
        let error = verify(stick.path(), None).unwrap_err();
        assert_eq!(error.to_string(), "1 trong 1 bản xuất không còn nguyên vẹn");
    }

    #[test]
    fn a_key_from_elsewhere_decides() {
        let stick = tempfile::tempdir().unwrap();
        export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        let pem = stick.path().join("khoa.pem");
        for (known, is_right) in [(key(), true), (another_key(), false)] {
            fs::write(&pem, known.public().to_pem()).unwrap();
            assert_eq!(verify(stick.path(), Some(pem.clone())).is_ok(), is_right);
        }
        assert!(told(stick.path(), Some(&key().public())).contains("đúng khóa đã đưa"));
        fs::write(&pem, "không phải khóa").unwrap();
        let error = verify(stick.path(), Some(pem)).unwrap_err();
        assert!(error.to_string().starts_with("không dùng được khóa "), "{error}");
    }

    #[test]
    fn nothing_can_be_believed_without_a_signature() {
        let stick = tempfile::tempdir().unwrap();
        let folder = export::to_folder(stick.path(), bundle("v"), &key(), &mut |_| {}).unwrap();
        fs::remove_file(folder.join("MANIFEST.sig")).unwrap();
        assert!(told(stick.path(), None).contains("chưa tin được"));
        assert!(verify(&stick.path().join("gone"), None).is_err());
    }
}
