//! All faults of a request: [`Faults`].

use std::fmt;

use super::Fault;

/// All faults of a request: one [`Fault`] or more.
///
/// Prints all of them on one line, joined with `; `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

// Never empty, so `is_empty` would always be false.
#[allow(clippy::len_without_is_empty)]
impl Faults {
    /// The faults of a list; `None` if the list is empty.
    pub fn new(faults: Vec<Fault>) -> Option<Self> {
        (!faults.is_empty()).then_some(Self(faults))
    }

    /// The faults in order: first wrong names and types in the body, then broken rules.
    ///
    /// ```
    /// use mixminus::config::{ParticipantMixerLevel, check};
    ///
    /// let twice = [ParticipantMixerLevel::new("bob"), ParticipantMixerLevel::new("bob")];
    /// let faults = check(&twice, |_| true).unwrap_err();
    /// let paths: Vec<&str> = faults.iter().map(|fault| fault.path()).collect();
    /// assert_eq!(paths, ["participantMixerLevels[1].participant"]);
    /// ```
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// The number of faults, at least 1.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first fault.
    pub fn first(&self) -> &Fault {
        &self.0[0]
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first())?;
        self.0[1..].iter().try_for_each(|fault| write!(f, "; {fault}"))
    }
}

impl std::error::Error for Faults {}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Fault, FaultKind, Faults};

    #[test]
    fn joins_them_and_has_no_empty_list() {
        let faults =
            Faults::new(vec![Fault::new("a", FaultKind::DuplicateProperty), Fault::new("b", FaultKind::NoDucking)])
                .unwrap();
        assert_eq!(faults.len(), 2);
        assert_eq!(
            faults.to_string(),
            "a: stands more than once in this object; give it once; b: true needs ducking on the same listener"
        );
        assert_eq!(Faults::new(vec![]), None);
    }
}
