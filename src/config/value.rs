//! The value of a property in a body: [`Value`].

use super::raw::{Entry, Raw};

/// The value of a property in a body.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// Missing, or null.
    Absent,
    /// Present, with a fault that is listed already.
    Faulty,
    Present(&'a Raw<'a>),
}

impl<'a> Value<'a> {
    /// Of duplicates that are arrays or objects the first one is read, for the faults inside of it.
    /// Other duplicates have no value.
    pub fn of(entries: &'a [Entry<'a>], name: &str) -> Self {
        let mut values = entries.iter().filter(|(key, _)| key == name).map(|(_, raw)| raw);
        match (values.next(), values.next()) {
            (None | Some(Raw::Null), None) => Value::Absent,
            (Some(raw), None) | (Some(raw @ (Raw::Array(_) | Raw::Object(_))), _) => Value::Present(raw),
            _ => Value::Faulty,
        }
    }
}
