//! The ring of rtrb: one end pushes, one pops. A push releases what it wrote and a pop what it has read; the other end
//! acquires it. The end that is dropped second frees it.

use std::{cell::Cell, fmt, sync::Arc};

use loom::{
    cell::UnsafeCell,
    sync::atomic::{
        AtomicBool, AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

pub(crate) struct RingBuffer<T> {
    places: Vec<UnsafeCell<Option<T>>>,
    /// How many were popped and pushed, in all.
    head: AtomicUsize,
    tail: AtomicUsize,
    abandoned: AtomicBool,
}

impl<T> RingBuffer<T> {
    #[expect(clippy::new_ret_no_self, reason = "as the library has it")]
    pub fn new(capacity: usize) -> (Producer<T>, Consumer<T>) {
        let ring = Arc::new(Self {
            places: (0..capacity).map(|_| UnsafeCell::new(None)).collect(),
            head: AtomicUsize::new(0),
            tail: AtomicUsize::new(0),
            abandoned: AtomicBool::new(false),
        });
        (Producer { ring: Arc::clone(&ring), known: Cell::new(0) }, Consumer { ring, known: Cell::new(0) })
    }

    pub fn capacity(&self) -> usize {
        self.places.len()
    }

    /// Exchanges what is at a place. The model checker sees whether both ends do so at the same time.
    #[allow(unsafe_code)]
    fn exchange(&self, number: usize, value: Option<T>) -> Option<T> {
        let place = &self.places[number % self.places.len()];
        // SAFETY: the model checker panics if anybody else has the place.
        place.with_mut(|place| unsafe { std::mem::replace(&mut *place, value) })
    }

    #[allow(unsafe_code)]
    fn peek(&self, number: usize) -> &T {
        let place = &self.places[number % self.places.len()];
        // SAFETY: the model checker panics if anybody writes to the place; what is there stays until it is popped.
        place.with(|place| unsafe { (*place).as_ref() }).expect("it was pushed")
    }
}

pub(crate) struct Producer<T> {
    ring: Arc<RingBuffer<T>>,
    /// The head, as far as it is known here.
    known: Cell<usize>,
}

// SAFETY: one thread at a time has an end; the places are the model checker's to watch.
#[allow(unsafe_code)]
unsafe impl<T: Send> Send for Producer<T> {}

impl<T> Producer<T> {
    pub fn buffer(&self) -> &RingBuffer<T> {
        &self.ring
    }

    pub fn slots(&self) -> usize {
        self.known.set(self.ring.head.load(Acquire));
        self.ring.capacity() - (self.ring.tail.load(Relaxed) - self.known.get())
    }

    /// Whether there is room for so many. It looks at the other end only if what is known of it says no.
    fn has_room(&self, values: usize) -> bool {
        let free = self.ring.capacity() - (self.ring.tail.load(Relaxed) - self.known.get());
        free >= values || self.slots() >= values
    }

    pub fn is_full(&self) -> bool {
        !self.has_room(1)
    }

    pub fn is_abandoned(&self) -> bool {
        self.ring.abandoned.load(Acquire)
    }

    pub fn push(&mut self, value: T) -> Result<(), T> {
        if self.is_full() {
            return Err(value);
        }
        let tail = self.ring.tail.load(Relaxed);
        drop(self.ring.exchange(tail, Some(value)));
        self.ring.tail.store(tail + 1, Release);
        Ok(())
    }

    /// Pushes all, and shows them at once.
    pub fn write_chunk_uninit(&mut self, values: usize) -> Result<WriteChunk<'_, T>, usize> {
        if self.has_room(values) { Ok(WriteChunk(self, values)) } else { Err(self.slots()) }
    }
}

impl<T: Copy> Producer<T> {
    pub fn push_entire_slice(&mut self, values: &[T]) -> Result<(), usize> {
        self.write_chunk_uninit(values.len())?.fill_from_iter(values.iter().copied());
        Ok(())
    }
}

pub(crate) struct WriteChunk<'a, T>(&'a mut Producer<T>, usize);

impl<T> WriteChunk<'_, T> {
    pub fn fill_from_iter(self, values: impl IntoIterator<Item = T>) {
        let Self(Producer { ring, .. }, most) = self;
        let mut tail = ring.tail.load(Relaxed);
        for value in values.into_iter().take(most) {
            drop(ring.exchange(tail, Some(value)));
            tail += 1;
        }
        ring.tail.store(tail, Release);
    }
}

pub(crate) struct Consumer<T> {
    ring: Arc<RingBuffer<T>>,
    /// The tail, as far as it is known here.
    known: Cell<usize>,
}

// SAFETY: as of the other end.
#[allow(unsafe_code)]
unsafe impl<T: Send> Send for Consumer<T> {}

impl<T> Consumer<T> {
    fn head(&self) -> usize {
        self.ring.head.load(Relaxed)
    }

    /// The head, if anything is there.
    fn next(&self) -> Option<usize> {
        let head = self.head();
        if head == self.known.get() {
            self.known.set(self.ring.tail.load(Acquire));
        }
        (head != self.known.get()).then_some(head)
    }

    pub fn slots(&self) -> usize {
        self.known.set(self.ring.tail.load(Acquire));
        self.known.get() - self.head()
    }

    pub fn is_empty(&self) -> bool {
        self.next().is_none()
    }

    pub fn peek(&self) -> Result<&T, ()> {
        self.next().map(|head| self.ring.peek(head)).ok_or(())
    }

    pub fn pop(&mut self) -> Result<T, ()> {
        let head = self.next().ok_or(())?;
        let value = self.ring.exchange(head, None).expect("it was pushed");
        self.ring.head.store(head + 1, Release);
        Ok(value)
    }

    pub fn read_chunk(&mut self, values: usize) -> Result<ReadChunk<'_, T>, usize> {
        let is_there = self.known.get() - self.head() >= values || self.slots() >= values;
        if is_there { Ok(ReadChunk(self, values)) } else { Err(self.slots()) }
    }
}

impl<T: Copy> Consumer<T> {
    pub fn pop_entire_slice(&mut self, out: &mut [T]) -> Result<(), usize> {
        let chunk = self.read_chunk(out.len())?;
        let head = chunk.0.head();
        out.iter_mut().enumerate().for_each(|(n, out)| *out = *chunk.0.ring.peek(head + n));
        chunk.commit_all();
        Ok(())
    }
}

pub(crate) struct ReadChunk<'a, T>(&'a mut Consumer<T>, usize);

impl<T> ReadChunk<'_, T> {
    pub fn commit_all(self) {
        let head = self.0.head();
        (head..head + self.1).for_each(|number| drop(self.0.ring.exchange(number, None)));
        self.0.ring.head.store(head + self.1, Release);
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        self.ring.abandoned.store(true, Release);
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.ring.abandoned.store(true, Release);
    }
}

impl<T> fmt::Debug for Producer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Producer")
    }
}

impl<T> fmt::Debug for Consumer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Consumer")
    }
}
