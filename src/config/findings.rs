//! What reading and the rules have found in a body: [`Findings`], its faults, and the participants whom it names.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use super::{
    Fault, FaultKind, Faults,
    faults::Found,
    fields::{Kind, Range, Wire},
    naming::{Element, Names, Naming, Place},
    path::{Indices, Path},
};

/// The faults and namings that reading and the rules have found in a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    pub faults: Found,
    /// In the order of the request.
    pub namings: Vec<Naming>,
    /// The elements whose participant could not be read: an id has no default.
    nameless: HashSet<Indices>,
    /// The lists that were not read whole.
    partial: HashMap<Indices, Partial>,
}

/// A list of which only those elements were kept in which a rule may be broken: a body of two bytes an element may be all
/// others.
#[derive(Debug, Clone)]
pub(crate) struct Partial {
    /// The indices of those that were kept, in order.
    pub kept: Vec<usize>,
    /// How many elements the body has.
    pub count: usize,
}

/// The participants of one list, each with the index of the element that names it first.
pub(super) type Named<'a> = HashMap<&'a str, usize>;

impl Findings {
    /// One more fault. Its kind is made only if it is listed.
    pub fn fault(&mut self, at: Path<'_>, kind: impl FnOnce() -> FaultKind) {
        self.faults.push(|| Fault::new(at, kind()));
    }

    /// Notes an element whose participant could not be read.
    pub fn note_nameless(&mut self, at: Path<'_>) {
        if let Path::Index(..) = at {
            self.nameless.insert(at.indices());
        }
    }

    pub fn is_nameless(&self, at: Path<'_>) -> bool {
        self.nameless.contains(&at.indices())
    }

    /// Notes that an element is not kept.
    pub fn leave_out(&mut self, at: Path<'_>) {
        self.nameless.remove(&at.indices());
        self.partial.remove(&at.indices());
    }

    /// Notes that a list was not read whole.
    pub fn note_partial(&mut self, at: Path<'_>, partial: Partial) {
        self.partial.insert(at.indices(), partial);
    }

    /// The element of the body from which that at a position of its list was read.
    pub fn element(&self, list: Path<'_>, position: usize) -> Element {
        let partial = self.partial.get(&list.indices());
        Element { position, index: partial.map_or(position, |partial| partial.kept[position]) }
    }

    /// How many listeners the body has, of which so many were kept.
    pub fn listeners(&self, kept: usize) -> usize {
        self.partial.get(&Path::Root.indices()).map_or(kept, |partial| partial.count)
    }

    /// Named once in its list, and in the call: the element `index` of a list. A second naming is one fault, not two.
    pub fn once_in_call<'a>(
        &mut self,
        id: &'a str,
        (place, index): (Place, usize),
        named: &mut Named<'a>,
        at: Path<'_>,
    ) {
        match named.entry(id) {
            Entry::Occupied(first) => {
                self.fault(at, || FaultKind::NamedTwice { id: id.to_owned(), first: *first.get() });
            }
            Entry::Vacant(entry) => {
                entry.insert(index);
                self.namings.push(Naming { place, faults_before: self.faults.len() });
            }
        }
    }

    /// The range of every value that the object itself has.
    pub fn values<T: Wire>(&mut self, object: &T, at: Path<'_>) {
        for field in T::FIELDS {
            let kind = match &field.kind {
                Kind::Integer(place, range) => within(*(place.get)(object), range),
                Kind::Text(place, most) => (place.get)(object).as_deref().and_then(|text| no_longer(text, *most)),
                #[cfg(feature = "http")]
                Kind::Uri(place, most) => no_longer((place.get)(object), *most),
                // An object has its own values, and a list its elements.
                _ => None,
            };
            if let Some(kind) = kind {
                self.fault(at.key(field.name), || kind);
            }
        }
    }

    /// The namings of somebody who is not in the call.
    pub fn absent(&self, body: &(impl Names + ?Sized), is_here: impl Fn(&str) -> bool) -> Vec<Naming> {
        self.namings.iter().filter(|naming| !is_here(body.id(naming.place))).copied().collect()
    }

    /// Every fault, in order. `None` if there is none.
    ///
    /// Apart from the look-up of who is absent, which may run under a lock.
    pub fn into_faults(self, absent: Vec<Naming>, body: &(impl Names + ?Sized)) -> Option<Faults> {
        let count = absent.len();
        let absent = absent.into_iter().map(|naming| (naming.faults_before, naming.fault(body)));
        Faults::of(self.faults.merge(absent, count))
    }
}

fn within(value: i64, &Range { most, unit }: &Range) -> Option<FaultKind> {
    match value {
        ..0 => Some(FaultKind::Under { value, least: 0, unit }),
        _ if value > most => Some(FaultKind::Over { value, most, unit }),
        _ => None,
    }
}

fn no_longer(text: &str, most: usize) -> Option<FaultKind> {
    let characters = text.chars().count();
    (characters > most).then_some(FaultKind::TooLong { characters, most })
}
