//! A list that the pages keep: changed where it differs and never replaced. Slint makes every element
//! of a new list anew, also the one under a finger, which then would never hear of its release.

use std::rc::Rc;

use slint::{Model as _, ModelRc, VecModel};

/// The list behind one property; the property is set once.
pub(super) struct Kept<T: 'static>(Rc<VecModel<T>>);

impl<T: Clone + PartialEq + 'static> Kept<T> {
    /// For the property.
    pub(super) fn model(&self) -> ModelRc<T> {
        self.0.clone().into()
    }

    /// Shows `items`: rows that are the same are left alone, rows too many or too few stand at the
    /// end.
    pub(super) fn show(&self, items: impl IntoIterator<Item = T>) {
        let mut count = 0;
        for (row, item) in items.into_iter().enumerate() {
            match self.0.row_data(row) {
                Some(shown) if shown == item => {}
                Some(_) => self.0.set_row_data(row, item),
                None => self.0.push(item),
            }
            count = row + 1;
        }
        while self.0.row_count() > count {
            self.0.remove(self.0.row_count() - 1);
        }
    }
}

impl<T: Clone + 'static> Default for Kept<T> {
    fn default() -> Self {
        Self(Rc::new(VecModel::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kept: &Kept<u32>) -> Vec<u32> {
        kept.model().iter().collect()
    }

    #[test]
    fn a_kept_list_is_the_same_model_whatever_it_shows() {
        let kept = Kept::default();
        let model = kept.model();
        for items in [vec![1, 2, 3], vec![1, 5, 3, 4], vec![5], vec![]] {
            kept.show(items.clone());
            assert_eq!(shown(&kept), items);
            assert!(kept.model() == model, "a new model for {items:?}");
        }
    }
}
