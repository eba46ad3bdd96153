//! [`Steps`]: an input as a script of steps, one letter each, and their operands, one character each.
//!
//! It can be written and read by hand: `J0 C120 ....` is as good a seed as any. Spaces and ends of lines between two steps
//! mean nothing. Every text of bytes is a script, and a byte more, less or changed changes one step or a few: what a
//! fuzzer does to an input stays near it.

/// An input that is read step by step. When it is over, every operand is 0.
#[derive(Debug)]
pub(crate) struct Steps<'a>(&'a [u8]);

impl<'a> Steps<'a> {
    pub fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    /// The letter of the next step, `a` to `z`, whatever its case. Every other byte stands for one of them, or for `.`.
    pub fn next(&mut self) -> Option<u8> {
        while let Some((first, rest)) = self.0.split_first() {
            self.0 = rest;
            match first {
                b' ' | b'\n' => {}
                b'.' => return Some(b'.'),
                _ => return Some(if (1..=26).contains(&(first & 31)) { b'`' + (first & 31) } else { b'.' }),
            }
        }
        None
    }

    /// One byte; 0 at the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number under `below`: `0` is 0, `9` is 9, and the characters after it go on.
    pub fn number(&mut self, below: usize) -> usize {
        usize::from(self.byte().wrapping_sub(b'0')) % below
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.number(all.len())]
    }

    /// `1` is yes, `0` is no.
    pub fn flag(&mut self) -> bool {
        self.number(2) == 1
    }

    /// A number of items under `below`, and the items.
    pub fn list<T>(&mut self, below: usize, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.number(below)).map(|_| item(self)).collect()
    }

    /// The next bytes, as many as there are.
    pub fn bytes(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Two bytes, the lower one first.
    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// Four bytes, the lowest first.
    pub fn u32(&mut self) -> u32 {
        u32::from(self.u16()) | u32::from(self.u16()) << 16
    }
}
