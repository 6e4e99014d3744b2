//! What `/proc/self/mountinfo` says.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use super::volume::Device;

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    pub(crate) id: u64,
    pub(crate) device: Device,
    /// Whether the whole file system is seen here, and not a folder of it (a bind mount).
    pub(crate) is_whole: bool,
    pub(crate) mount_point: PathBuf,
    pub(crate) read_only: bool,
    pub(crate) file_system: String,
}

/// All mounts, in the order they were made. A line that is no mount is left out.
pub(crate) fn parse(mountinfo: &[u8]) -> Vec<Mount> {
    mountinfo.split(|byte| *byte == b'\n').filter_map(mount).collect()
}

/// `36 35 98:0 /root /mount/point rw,noatime master:1 - ext3 /dev/root rw` (proc_pid_mountinfo(5)).
/// Between the sixth field and the hyphen stands any number of others.
fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let id = text(fields.next()?)?.parse().ok()?;
    let _parent = fields.next()?;
    let (major, minor) = text(fields.next()?)?.split_once(':')?;
    let device = Device { major: major.parse().ok()?, minor: minor.parse().ok()? };
    let root = fields.next()?;
    let mount_point = PathBuf::from(OsString::from_vec(unescape(fields.next()?)));
    let options = text(fields.next()?)?;
    let mut fields = fields.skip_while(|field| *field != b"-").skip(1);
    let file_system = text(fields.next()?)?.to_owned();
    let _source = fields.next()?;
    let of_the_whole = text(fields.next()?)?;
    // The kernel protects a file system it found broken, and then the mount itself still says "rw";
    // from Linux 6.15 on even the whole does, and an option is added.
    let is_protected = |option: &str| option == "ro" || option == "emergency_ro";
    let read_only = [options, of_the_whole].iter().any(|all| all.split(',').any(is_protected));
    Some(Mount { id, device, is_whole: root == b"/", mount_point, read_only, file_system })
}

fn text(field: &[u8]) -> Option<&str> {
    str::from_utf8(field).ok()
}

/// The kernel writes space, tab, newline and backslash as `\040` and so on.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'\\'
            && let Some((digits, beyond)) = after.split_at_checked(3)
            && let Some(byte) = text(digits).and_then(|text| u8::from_str_radix(text, 8).ok())
        {
            plain.push(byte);
            rest = beyond;
        } else {
            plain.push(first);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_stick_is_read_with_all_its_marks() {
        let line = br"120 29 8:1 / /media/tram/USB\040C\303\264\040\134x rw,nosuid shared:66 - vfat /dev/sda1 ro,uid=1000
";
        let mounts = parse(line);
        assert_eq!(mounts.len(), 1);
        let Mount { id, device, is_whole, mount_point, read_only, file_system } = &mounts[0];
        assert_eq!((*id, device.to_string().as_str(), *is_whole), (120, "8:1", true));
        assert_eq!(mount_point.as_os_str(), "/media/tram/USB Cô \\x");
        assert_eq!((*read_only, file_system.as_str()), (true, "vfat"));
    }

    #[test]
    fn any_number_of_optional_fields_is_skipped_and_a_bind_mount_is_no_whole() {
        let lines = b"36 35 98:0 /folder /mnt ro - ext3 /dev/root rw,errors=continue\n\
                      37 35 98:0 / /mnt2 rw,rom shared:1 master:2 - ext3 - rw,ro_data\n\
                      38 35 98:0 / /mnt3 rw - ext4 - rw,errors=remount-ro,emergency_ro\n";
        let mounts = parse(lines);
        assert_eq!(
            mounts.iter().map(|mount| mount.is_whole).collect::<Vec<_>>(),
            [false, true, true]
        );
        let read_only: Vec<bool> = mounts.iter().map(|mount| mount.read_only).collect();
        assert_eq!(read_only, [true, false, true]);
    }

    #[test]
    fn every_line_of_this_kernel_is_a_mount() {
        // In a build chroot none of them may be the root, or there may be none at all.
        let told = std::fs::read("/proc/self/mountinfo").unwrap();
        let lines = told.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        assert_eq!(parse(&told).len(), lines);
    }

    #[test]
    fn a_machine_with_a_root_tells_it() {
        let told = b"29 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
            30 29 0:26 / /proc rw,nosuid - proc proc rw\n";
        let mounts = parse(told);
        assert_eq!(mounts.len(), 2);
        assert_eq!(mounts[0].mount_point.as_os_str(), "/");
        assert!(mounts[0].is_whole && !mounts[0].read_only);
    }

    proptest! {
        #[test]
        fn nothing_the_kernel_could_say_is_too_much(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            line in r"[0-9]{1,3} 1 8:[0-9] / /[\\0-7a ]{0,9} rw[ -]{0,4}ext4 x rw",
        ) {
            parse(&bytes);
            parse(line.as_bytes());
        }
    }
}
