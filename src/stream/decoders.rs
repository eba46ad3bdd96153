//! All streams that one thread decodes: [`Decoders`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::port::Decoding;

/// The streams that a thread decodes. A thread of the host's calls [`pass`](Self::pass) once a tick, shortly before it;
/// a [`Runner`](super::Runner) does so by itself.
///
/// ```
/// # use mixminus::stream::{Decoders, Decoding};
/// fn before_each_tick(decoders: &mut Decoders, new: impl Iterator<Item = Decoding>) -> usize {
///     new.for_each(|decoding| decoders.add(decoding));
///     decoders.pass()
/// }
/// ```
#[derive(Debug, Default)]
pub struct Decoders {
    streams: Vec<Decoding>,
    panicked: u64,
}

impl Decoders {
    /// Takes a stream, which it decodes until its participant has left.
    pub fn add(&mut self, stream: Decoding) {
        self.streams.push(stream);
    }

    /// Decodes what is due in all streams, and lets go of those whose participants have left. A stream whose decoder
    /// panics is let go, too: the others go on. Returns how many packets were decoded or concealed.
    pub fn pass(&mut self) -> usize {
        let (mut made, mut panicked) = (0, 0);
        self.streams.retain_mut(|stream| match catch_unwind(AssertUnwindSafe(|| stream.pass())) {
            Ok(count) => {
                made += count;
                stream.is_connected()
            }
            Err(_) => {
                panicked += 1;
                false
            }
        });
        self.panicked += panicked;
        made
    }

    /// How many streams there are.
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// How many streams were let go because their decoders panicked.
    pub fn panicked(&self) -> u64 {
        self.panicked
    }
}
