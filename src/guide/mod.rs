//! What the kiosk teaches: the texts of a guide, and the QR code of its video.
//!
//! The steps stand in files because the labels in VNeID change from version to version: a guide
//! carries the day somebody last checked it. A guide is whole on the kiosk itself; its link is an
//! extra, and without one no QR code is shown.

mod accepted_form;
mod language;
mod link;
mod qr;
mod text;
mod translation;

pub use accepted_form::AcceptedForm;
pub use language::Language;
pub use link::{HttpsUrl, RefusedUrl};
pub use qr::{QrPicture, QrRefused, draw};
pub use text::{Guide, PhoneView, Step, Video};
pub use translation::{StepWords, Translation};
