//! The invented people of the demo. None exists: the numbers are made from a counter, the names
//! from two short lists, and the places from nowhere.

use std::fmt::Write as _;

/// An invented person with a citizen card.
pub struct Patient {
    /// 12 digits.
    pub personal_id: String,
    /// Full name.
    pub name: String,
    /// Address.
    pub address: String,
    /// Day, month, year.
    birth: (usize, usize, u32),
    sex: &'static str,
    has_new_card: bool,
}

const FAMILIES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Châu"];
const WOMEN: [&str; 10] = ["Bưởi", "Mận", "Lựu", "Sen", "Cúc", "Nhãn", "Thị", "Quýt", "Hồng", "Mơ"];
const MEN: [&str; 10] =
    ["Tràm", "Thốt", "Núi", "Đước", "Bần", "Sậy", "Ruộng", "Kênh", "Giồng", "Lúa"];
const BIRTH_YEARS: [u32; 10] = [1950, 1948, 1962, 1985, 2015, 1971, 1990, 1955, 2003, 1967];

/// The `index`-th person of the morning.
pub fn patient(index: usize) -> Patient {
    let is_woman = index.is_multiple_of(2);
    let pick = |list: &[&'static str], at: usize| list.get(at % list.len()).copied().unwrap_or("");
    let year = BIRTH_YEARS.get(index * 7 % BIRTH_YEARS.len()).copied().unwrap_or(1950);
    let (day, month) = (index % 28 + 1, index % 12 + 1);
    // Century and sex in one digit: 0 and 1 for men and women of 19xx, 2 and 3 for 20xx.
    let century = if year < 2000 { 0 } else { 2 } + u32::from(is_woman);
    let (middle, given) =
        if is_woman { ("Thị", pick(&WOMEN, index / 2)) } else { ("Văn", pick(&MEN, index / 2)) };
    Patient {
        personal_id: format!("089{century}{:02}{:06}", year % 100, 900_000 + index),
        name: format!("{} {middle} {given}", pick(&FAMILIES, index * 3)),
        address: format!("Tổ {}, Khóm Thử Nghiệm, Tri Tôn, An Giang", index + 1),
        birth: (day, month, year),
        sex: if is_woman { "Nữ" } else { "Nam" },
        has_new_card: !index.is_multiple_of(3),
    }
}

impl Patient {
    /// What a reader sends for this person's card.
    pub fn citizen_card(&self) -> Vec<u8> {
        let Self { personal_id, name, address, birth: (day, month, year), sex, has_new_card } =
            self;
        // The cards since 07/2024 end in four more, empty fields.
        let tail = if *has_new_card { "04102024||||" } else { "15042021" };
        format!("{personal_id}||{name}|{day:02}{month:02}{year}|{sex}|{address}|{tail}\r\n")
            .into_bytes()
    }

    /// What a reader sends for this person's BHYT card.
    pub fn insurance_card(&self) -> Vec<u8> {
        let number = self.personal_id.get(2..).unwrap_or_default();
        self.insurance_card_of(&format!("GD489{number}"))
    }

    /// The same with the personal number in the place of the card's, as it is announced.
    pub fn insurance_card_with_personal_number(&self) -> Vec<u8> {
        self.insurance_card_of(&self.personal_id)
    }

    fn insurance_card_of(&self, number: &str) -> Vec<u8> {
        let (day, month, year) = self.birth;
        format!(
            "{number}|{}|{}|{}|{}|89 - 001|01/01/2026|-|20/12/2025|\
             89000000000001|-|4|01/01/2030|0123456789abcdef-7102|$\r\n",
            hex(&self.name),
            format_args!("{day:02}/{month:02}/{year}"),
            if self.sex == "Nam" { 1 } else { 2 },
            hex(&self.address),
        )
        .into_bytes()
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
