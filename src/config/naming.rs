//! A value that names a participant, who has to be in the call: [`Naming`]. Who is in the call is looked up later, under
//! the controllers' lock.

use super::{Fault, FaultKind, path::Path};

/// The names of the lists in which participants are named.
pub(super) const LISTENERS: &str = "participantMixerLevels";
pub(super) const SOURCES: &str = "sourceLevels";
pub(super) const PARTICIPANT: &str = "participant";

/// An element of a list: of the one that was read, and of the body's, some of whose elements may not have been kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element {
    pub position: usize,
    pub index: usize,
}

/// Where a body names a participant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// A listener.
    Listener(Element),
    /// A source of a listener.
    Source { listener: Element, source: Element },
    /// An id in a list of ids.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "groups come with the feature"))]
    InList { list: &'static str, index: usize },
}

/// A body that names participants.
pub(crate) trait Names {
    /// The id at a place that this body has.
    fn id(&self, place: Place) -> &str;
}

/// A value that names a participant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming {
    pub place: Place,
    /// How many faults of the request are listed before one of this value.
    pub faults_before: usize,
}

impl Naming {
    /// The fault that the participant is not in the call.
    pub fn fault(&self, body: &(impl Names + ?Sized)) -> Fault {
        let kind = FaultKind::NotInCall { id: body.id(self.place).to_owned() };
        let root = Path::Root;
        match self.place {
            Place::InList { list, index } => Fault::new(root.key(list).index(index), kind),
            Place::Listener(listener) => Fault::new(root.key(LISTENERS).index(listener.index).key(PARTICIPANT), kind),
            Place::Source { listener, source } => {
                let listeners = root.key(LISTENERS);
                let listener = listeners.index(listener.index);
                Fault::new(listener.key(SOURCES).index(source.index).key(PARTICIPANT), kind)
            }
        }
    }
}
