//! All faults of a request: [`Faults`], and [`Found`], which collects them.

use std::fmt;

use super::Fault;

/// All faults of a request: the first 1,000 of them, and how many there are.
///
/// A short body can have a hundred thousand faults, which would take fifty times its length. They are all counted.
///
/// Prints those that are listed on one line, joined with `; `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(Found);

// Never empty, so `is_empty` would always be false.
#[allow(clippy::len_without_is_empty)]
impl Faults {
    /// The faults of a list; `None` if the list is empty.
    pub fn new(mut faults: Vec<Fault>) -> Option<Self> {
        let count = faults.len();
        faults.truncate(Found::MOST_LISTED);
        Self::of(Found { listed: faults, count })
    }

    pub(super) fn of(found: Found) -> Option<Self> {
        (!found.is_empty()).then_some(Self(found))
    }

    /// The first 1,000 faults in order: first wrong names and types in the body, then broken rules.
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
        self.0.listed.iter()
    }

    /// The number of faults, at least 1, also of those past the first 1,000, which [`iter`](Self::iter) does not list.
    ///
    /// ```
    /// use mixminus::config::{ParticipantMixerLevel, check};
    ///
    /// let levels = vec![ParticipantMixerLevel::new("bob"); 5001];
    /// let faults = check(&levels, |_| true).unwrap_err();
    /// assert_eq!((faults.len(), faults.iter().len()), (5000, 1000));
    /// ```
    pub fn len(&self) -> usize {
        self.0.count
    }

    /// The first fault.
    pub fn first(&self) -> &Fault {
        &self.0.listed[0]
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first())?;
        self.iter().skip(1).try_for_each(|fault| write!(f, "; {fault}"))?;
        match self.len() - self.iter().len() {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
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

/// The faults that are found one after another. Those past the first ones are only counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    listed: Vec<Fault>,
    count: usize,
}

impl Found {
    pub const MOST_LISTED: usize = 1000;

    /// One more fault, which is made only if it is listed.
    pub fn push(&mut self, fault: impl FnOnce() -> Fault) {
        if self.listed.len() < Self::MOST_LISTED {
            self.listed.push(fault());
        }
        self.count += 1;
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The first ones.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "prompts come with the feature"))]
    pub fn listed(&self) -> &[Fault] {
        &self.listed
    }

    /// With more faults, of which there are `count`: those of `others` come first that have as many of these before them as
    /// they say.
    pub fn merge(self, others: impl Iterator<Item = (usize, Fault)>, count: usize) -> Self {
        let others = others.take(Self::MOST_LISTED);
        let mut all: Vec<_> = others.chain(self.listed.into_iter().enumerate()).collect();
        // Stable: of two with as many before them, the other one is first.
        all.sort_by_key(|(before, _)| *before);
        all.truncate(Self::MOST_LISTED);
        Self { listed: all.into_iter().map(|(_, fault)| fault).collect(), count: self.count + count }
    }
}

#[cfg(test)]
mod tests {
    use super::Found;
    use crate::config::{Fault, FaultKind, Faults};

    fn fault(path: &str) -> Fault {
        Fault::new(path, FaultKind::NoDucking)
    }

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

    #[test]
    fn those_past_the_first_ones_are_counted_and_not_made() {
        let mut found = Found::default();
        let mut made = 0;
        for _ in 0..1500 {
            found.push(|| {
                made += 1;
                fault("a")
            });
        }
        let faults = Faults::of(found).unwrap();
        assert_eq!((faults.len(), faults.iter().len(), made), (1500, 1000, 1000));
        assert!(faults.to_string().ends_with("same listener; and 500 more"));
        assert_eq!(Faults::new(vec![fault("a"); 1500]), Some(faults));
    }

    #[test]
    fn others_come_where_they_belong() {
        let mut found = Found::default();
        ["a", "b"].iter().for_each(|path| found.push(|| fault(path)));
        let merged = found.clone().merge([(0, fault("x")), (1, fault("y")), (1, fault("z"))].into_iter(), 3);
        let paths: Vec<_> = merged.listed().iter().map(Fault::path).collect();
        assert_eq!((paths, merged.len()), (vec!["x", "a", "y", "z", "b"], 5));
        let many = found.merge((0..5000).map(|_| (1, fault("y"))), 5000);
        assert_eq!((many.listed().len(), many.len(), many.listed()[0].path()), (1000, 5002, "a"));
    }
}
