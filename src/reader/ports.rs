//! Which ports there are, what is plugged into them, and which one is the reader.

use std::path::{Path, PathBuf};

use serialport::{SerialPortType, available_ports};

use crate::station::Device;

/// The name our udev rule gives to a known reader.
const UDEV_LINK: &str = "/dev/tiepdon-scanner";

/// Names that stay the same when a reader is plugged in again, unlike /dev/ttyACM0.
const BY_ID: &str = "/dev/serial/by-id";

/// The library panics without this folder, as in a container with a bare /sys.
const TTY_CLASS: &str = "/sys/class/tty";

/// QR readers in serial mode, by USB vendor and product (usb.ids, drivers, published rules).
const READERS: [(u16, u16, &str); 17] = [
    (0x0488, 0x5788, "BLMicroelectronics (Netum)"),
    (0x0581, 0x020c, "Tera EVHK0012"),
    (0x05e0, 0x0600, "Symbol"),
    (0x05e0, 0x1701, "Zebra / Symbol CDC"),
    (0x05f9, 0x4204, "Datalogic Gryphon"),
    (0x0c2e, 0x0700, "Metrologic"),
    (0x0c2e, 0x0720, "Metrologic"),
    (0x0c2e, 0x0b6a, "Honeywell Vuquest 3310"),
    (0x1eab, 0x0106, "Newland"),
    (0x1eab, 0x0c06, "Newland"),
    (0x1eab, 0x0d06, "Newland"),
    (0x1eab, 0x1306, "Newland"),
    (0x1eab, 0x1406, "Newland"),
    (0x1eab, 0x1606, "Newland"),
    (0x1eab, 0x1906, "Newland"),
    (0x1fbb, 0x3850, "Cino FuzzyScan S680"),
    (0x6666, 0x7777, "GROW GM65"),
];

/// A serial port and what is plugged into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its device.
    pub path: PathBuf,
    /// What it is, as far as the system tells.
    pub kind: PortKind,
}

/// What is plugged into a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortKind {
    /// A reader of our list.
    KnownReader(&'static str),
    /// Some other USB device.
    Usb {
        /// USB vendor.
        vendor: u16,
        /// USB product.
        product: u16,
        /// What it calls itself.
        name: String,
    },
    /// A port of the board itself, or one the system knows nothing of.
    Plain,
}

/// All serial ports, known readers first.
pub fn ports() -> Vec<Port> {
    if !Path::new(TTY_CLASS).is_dir() {
        return Vec::new();
    }
    // An error means no port can be listed; a reader may still be given by path.
    let mut ports: Vec<Port> = available_ports()
        .unwrap_or_default()
        .into_iter()
        .map(|port| Port { path: port.port_name.into(), kind: kind(port.port_type) })
        .collect();
    ports.sort_by_key(|port| (!matches!(port.kind, PortKind::KnownReader(_)), port.path.clone()));
    ports
}

fn kind(port: SerialPortType) -> PortKind {
    match port {
        SerialPortType::UsbPort(usb) => match known(usb.vid, usb.pid) {
            Some(name) => PortKind::KnownReader(name),
            None => PortKind::Usb {
                vendor: usb.vid,
                product: usb.pid,
                name: usb.product.or(usb.manufacturer).unwrap_or_default(),
            },
        },
        SerialPortType::PciPort | SerialPortType::BluetoothPort | SerialPortType::Unknown => {
            PortKind::Plain
        }
    }
}

fn known(vendor: u16, product: u16) -> Option<&'static str> {
    READERS.iter().find(|(v, p, _)| (*v, *p) == (vendor, product)).map(|(_, _, name)| *name)
}

/// The port to open: the configured one, else the reader our udev rule knows, else the one that is
/// guessed from what is plugged in.
pub(super) fn find(device: &Device) -> Option<PathBuf> {
    match device {
        Device::Path(path) => Some(path.clone()),
        Device::Auto => {
            let link = Path::new(UDEV_LINK);
            if link.exists() { Some(link.to_owned()) } else { guess(ports(), first_by_id()) }
        }
    }
}

/// Whether the reader is there now.
pub fn is_plugged_in(device: &Device) -> bool {
    find(device).is_some_and(|port| port.exists())
}

/// A reader of the list, else the first USB serial device by id, else – by-id names are udev's, which
/// may not run – whatever is plugged into USB. `ports` begin with those of the list.
fn guess(ports: Vec<Port>, by_id: Option<PathBuf>) -> Option<PathBuf> {
    let usb = ports.into_iter().find(|port| port.kind != PortKind::Plain);
    match (usb, by_id) {
        (Some(Port { path, kind: PortKind::KnownReader(_) }), _) => Some(path),
        (usb, by_id) => by_id.or_else(|| usb.map(|port| port.path)),
    }
}

fn first_by_id() -> Option<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(BY_ID).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    // The folder has no order of its own; the same reader must win at every start.
    paths.sort();
    paths.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_known_by_vendor_and_product_together() {
        assert_eq!(known(0x1fbb, 0x3850), Some("Cino FuzzyScan S680"));
        assert_eq!(known(0x1fbb, 0x0000), None);
        assert!(READERS.is_sorted_by_key(|(vendor, product, _)| (*vendor, *product)));
    }

    #[test]
    fn without_udev_a_reader_is_found_by_what_the_kernel_says_of_it() {
        let port = |path: &str, kind: PortKind| Port { path: path.into(), kind };
        let board = || port("/dev/ttyS0", PortKind::Plain);
        let reader = || port("/dev/ttyACM1", PortKind::KnownReader("Symbol"));
        let usb = || {
            let name = "USB Serial".to_owned();
            port("/dev/ttyUSB0", PortKind::Usb { vendor: 0x0403, product: 0x6001, name })
        };
        let by_id = || Some("/dev/serial/by-id/usb-A-if00".into());

        assert_eq!(guess(vec![reader(), board(), usb()], None), Some("/dev/ttyACM1".into()));
        assert_eq!(guess(vec![reader(), usb()], by_id()), Some("/dev/ttyACM1".into()));
        assert_eq!(guess(vec![board(), usb()], None), Some("/dev/ttyUSB0".into()));
        assert_eq!(guess(vec![board(), usb()], by_id()), by_id());
        assert_eq!(guess(vec![board()], None), None);
    }

    #[test]
    fn a_configured_port_is_taken_even_while_it_is_not_there() {
        let device = Device::Path("/dev/not-plugged-in".into());
        assert_eq!(find(&device), Some("/dev/not-plugged-in".into()));
        assert!(!is_plugged_in(&device));
        assert!(is_plugged_in(&Device::Path("/dev/null".into())));
    }
}
