//! The names of a participant: [`ParticipantId`], which people and JSON use, and [`ParticipantKey`], which
//! the audio side uses; of roles and groups: [`RoleName`] and [`GroupId`]; [`MixId`], the identity of a mix; and [`Generation`], the number of a publication. Pure data.

use std::{borrow::Borrow, fmt, sync::Arc};

/// A name: any text, compared byte for byte.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<Arc<str>>> From<T> for $name {
            fn from(name: T) -> Self {
                Self(name.into())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The name of a participant: any text, compared byte for byte.
    ///
    /// A clone is cheap: it shares the text. The id belongs to the control side; the audio side knows a
    /// [`ParticipantKey`] only.
    ParticipantId
}

name! {
    /// The name of a role that participants have in a call, such as "agent": any text, compared byte for byte. See
    /// [`Routing::Role`](crate::Routing::Role).
    RoleName
}

name! {
    /// The name of a private group: any text, compared byte for byte. See [`PrivateGroup`](crate::PrivateGroup).
    GroupId
}

impl ParticipantId {
    /// A new id that nobody else has: a random (version 4) UUID.
    ///
    /// ```
    /// use mixminus::ParticipantId;
    /// assert_ne!(ParticipantId::random(), ParticipantId::random());
    /// ```
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string().into())
    }

    /// The text itself, shared and not copied.
    #[cfg(feature = "metrics")]
    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

/// One stay of one participant in one mixer: the number of the mixer, the participant's slot there, and the
/// number of stays in that slot so far.
///
/// A key is unique in this process. An id that left and came back has a new key. The old key, and a key of
/// another mixer, reach nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct ParticipantKey {
    pub(crate) mixer: u32,
    pub(crate) slot: u32,
    pub(crate) stay: u32,
}

impl ParticipantKey {
    /// How often a slot is given.
    pub(crate) const MOST_STAYS: u32 = u32::MAX >> 2;
    /// A key that nobody ever has.
    pub(crate) const NOBODY: Self = Self { mixer: 0, slot: u32::MAX, stay: 0 };

    /// The slot: a small number, for tables of the host's own. No two participants of a mixer have the same
    /// slot at the same time; after a participant has left, another one may get its slot.
    pub fn index(self) -> usize {
        self.slot as usize
    }

    /// The key of the next stay in this slot; `None` once the stays have run out.
    pub(crate) fn next_stay(self) -> Option<Self> {
        (self.stay < Self::MOST_STAYS).then(|| Self { stay: self.stay + 1, ..self })
    }
}

impl fmt::Display for ParticipantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "participant {}.{}", self.slot, self.stay)
    }
}

impl Default for ParticipantKey {
    /// A key that nobody ever has.
    fn default() -> Self {
        Self::NOBODY
    }
}

/// The identity of a mix, from the tick in which it begins to that in which it ends: an encoder can be kept by it.
///
/// The id of a mix that has ended is not given again by the same mixer. Ids of different mixers may be equal.
/// [`Mix::id`](crate::Mix::id) says which mix of a tick goes on which mix of the tick before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct MixId(pub(crate) u64);

impl MixId {
    /// An id that no mix ever has.
    pub(crate) const NONE: Self = Self(0);

    /// The number: ids that were given later have greater ones.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for MixId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mix {}", self.0)
    }
}

/// The number of a publication. Each change that a controller makes has a greater number than all changes
/// before it; a call that changes nothing has the number of the last change.
///
/// [`Controller::mixed`](crate::Controller::mixed) tells which generation the audio thread mixed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
pub struct Generation(pub(crate) u64);

impl Generation {
    /// Greater than every generation that is ever mixed.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "generation {}", self.0)
    }
}
