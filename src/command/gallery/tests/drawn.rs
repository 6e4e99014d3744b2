//! What the window draws, read from Slint's own tree: words, pictures and surfaces, each with its
//! place, and what words would need. The accessible tree is silent about drawings, and knows nothing
//! of words that end in "…".
//!
//! Slint keeps this tree to itself; its version is pinned, as that of the testing back end is.

use slint::ComponentHandle as _;
use slint::private_unstable_api::re_exports::{
    AccessibleRole, AccessibleStringProperty, BasicBorderRectangle, BorderRectangle, Brush, Clip,
    ClippedImage, ComplexText, ImageItem, ItemRc, Orientation, Path, Rectangle, SimpleText,
    TextHorizontalAlignment, TextVerticalAlignment, TextWrap, WindowAdapterRc, WindowInner,
};
use tiepdon_ui::KioskWindow;

/// Where something stands, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Area {
    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Rounding to whole pixels moves an edge by less than one.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.holds_within(other, 0.0)
    }

    /// The same, with so much more room at the left and at the right.
    pub(super) fn holds_within(&self, other: &Self, beside: f32) -> bool {
        other.left >= self.left - beside - 1.0
            && other.top >= self.top - 1.0
            && other.right <= self.right + beside + 1.0
            && other.bottom <= self.bottom + 1.0
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        const TOUCHING: f32 = 2.0;
        self.left + TOUCHING < other.right
            && other.left + TOUCHING < self.right
            && self.top + TOUCHING < other.bottom
            && other.top + TOUCHING < self.bottom
    }

    pub(super) fn told(&self) -> String {
        format!("{:.0}–{:.0} × {:.0}–{:.0}", self.left, self.right, self.top, self.bottom)
    }
}

/// What words need to be read whole.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) size: f32,
    /// All of them in one line, or the longest where they may be broken.
    pub(super) across: f32,
    pub(super) down: f32,
    /// Where the letters themselves stand: words in a large box may stand in its middle.
    pub(super) letters: Area,
}

#[derive(Debug)]
pub(super) enum What {
    Words(Words),
    /// A line drawing or an image.
    Picture,
    /// A ground that something stands on, or a part of a drawing.
    Surface,
    /// Nothing to be seen.
    Frame,
}

/// One thing of the window.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) what: What,
    pub(super) area: Area,
    pub(super) role: AccessibleRole,
    pub(super) label: String,
    /// What it stands in, from the outside to the inside, by place in the list.
    pub(super) within: Vec<usize>,
}

impl Thing {
    pub(super) fn is_button(&self) -> bool {
        self.role == AccessibleRole::Button
    }

    /// A drawing, with all its parts.
    pub(super) fn is_drawing(&self) -> bool {
        self.role == AccessibleRole::Image
    }

    /// Where it can be seen.
    pub(super) fn seen_at(&self) -> Area {
        if let What::Words(words) = &self.what { words.letters } else { self.area }
    }

    pub(super) fn is_seen(&self) -> bool {
        !matches!(self.what, What::Frame)
    }

    pub(super) fn told(&self) -> String {
        match &self.what {
            What::Words(words) => format!("{:?}", words.text),
            What::Picture => "a drawing".to_owned(),
            What::Surface | What::Frame => {
                if self.label.is_empty() {
                    "a surface".to_owned()
                } else {
                    format!("{:?}", self.label)
                }
            }
        }
    }
}

/// All that the window draws, what stands in something behind it.
pub(super) fn things(window: &KioskWindow) -> Vec<Thing> {
    let inner = WindowInner::from_pub(window.window());
    let root = ItemRc::new_root(inner.component());
    // Pages that are shown since the last frame are made now.
    let _ = root.visit_descendants(|_| std::ops::ControlFlow::<()>::Continue(()));
    let mut things = Vec::new();
    add(&root, &inner.window_adapter(), &[], &mut things);
    things
}

fn add(item: &ItemRc, adapter: &WindowAdapterRc, within: &[usize], things: &mut Vec<Thing>) {
    if let Some(clip) = item.downcast::<Clip>()
        && clip.as_pin_ref().is_visibility_clip()
        && clip.as_pin_ref().clip()
    {
        return;
    }
    let geometry = item.geometry();
    let from = item.map_to_window(geometry.origin);
    let area = Area {
        left: from.x,
        top: from.y,
        right: from.x + geometry.size.width,
        bottom: from.y + geometry.size.height,
    };
    let label = item.accessible_string_property(AccessibleStringProperty::Label);
    let mut inside = within.to_vec();
    inside.push(things.len());
    things.push(Thing {
        what: what(item, adapter, &area),
        area,
        role: item.accessible_role(),
        label: label.unwrap_or_default().to_string(),
        within: within.to_vec(),
    });
    let mut child = item.first_child();
    while let Some(one) = child {
        add(&one, adapter, &inside, things);
        child = one.next_sibling();
    }
}

fn what(item: &ItemRc, adapter: &WindowAdapterRc, area: &Area) -> What {
    let words = |text: String, size: f32, wrap: TextWrap, aligned: (f32, f32)| {
        if text.is_empty() {
            return What::Frame;
        }
        let needs = |orientation, cross| {
            item.borrow().as_ref().layout_info(orientation, cross, adapter, item)
        };
        let across = needs(Orientation::Horizontal, -1.0);
        let down = needs(Orientation::Vertical, area.width()).preferred;
        let spare_across = (area.width() - across.preferred).max(0.0);
        let spare_down = (area.height() - down).max(0.0);
        What::Words(Words {
            text,
            size,
            across: if wrap == TextWrap::NoWrap { across.preferred } else { across.min },
            down,
            letters: Area {
                left: area.left + spare_across * aligned.0,
                top: area.top + spare_down * aligned.1,
                right: area.right - spare_across * (1.0 - aligned.0),
                bottom: area.bottom - spare_down * (1.0 - aligned.1),
            },
        })
    };
    let ground = |background: Brush| {
        if background.is_transparent() { What::Frame } else { What::Surface }
    };
    if let Some(text) = item.downcast::<ComplexText>() {
        let text = text.as_pin_ref();
        let across = match text.horizontal_alignment() {
            TextHorizontalAlignment::Center => 0.5,
            TextHorizontalAlignment::End | TextHorizontalAlignment::Right => 1.0,
            TextHorizontalAlignment::Start | TextHorizontalAlignment::Left | _ => 0.0,
        };
        let down = match text.vertical_alignment() {
            TextVerticalAlignment::Center => 0.5,
            TextVerticalAlignment::Bottom => 1.0,
            TextVerticalAlignment::Top | _ => 0.0,
        };
        words(text.text().to_string(), text.font_size().get(), text.wrap(), (across, down))
    } else if let Some(text) = item.downcast::<SimpleText>() {
        let text = text.as_pin_ref();
        words(text.text().to_string(), text.font_size().get(), TextWrap::NoWrap, (0.0, 0.0))
    } else if item.downcast::<Path>().is_some()
        || item.downcast::<ImageItem>().is_some()
        || item.downcast::<ClippedImage>().is_some()
    {
        What::Picture
    } else if let Some(shape) = item.downcast::<Rectangle>() {
        ground(shape.as_pin_ref().background())
    } else if let Some(shape) = item.downcast::<BasicBorderRectangle>() {
        ground(shape.as_pin_ref().background())
    } else if let Some(shape) = item.downcast::<BorderRectangle>() {
        ground(shape.as_pin_ref().background())
    } else {
        What::Frame
    }
}
