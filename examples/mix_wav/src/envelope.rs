//! The outline of a long signal, small enough to draw: the lowest and highest sample of each column
//! of the picture.

/// The most columns of one signal, about one per pixel, and of all signals of a picture together,
/// so that a picture of many signals stays a small file.
const MOST_COLUMNS: usize = 1_000;
const ALL_COLUMNS: usize = 4_000;

/// The extremes of a signal over equal stretches of time.
#[derive(Debug, Clone)]
pub struct Envelope {
    columns: Vec<Option<(f32, f32)>>,
    /// The number of samples of the whole signal, and of those that were pushed.
    total: usize,
    seen: usize,
}

impl Envelope {
    /// For a signal of `total` samples in a picture of `signals` signals.
    pub fn new(total: usize, signals: usize) -> Self {
        let columns = (ALL_COLUMNS / signals.max(1)).clamp(1, MOST_COLUMNS).min(total);
        Self { columns: vec![None; columns], total, seen: 0 }
    }

    /// Adds the next samples of both channels to the columns. Samples beyond `total` are ignored.
    pub fn push(&mut self, left: &[f32], right: &[f32]) {
        let columns = self.columns.len();
        for (left, right) in left.iter().zip(right).take(self.total - self.seen) {
            let column = &mut self.columns[self.seen * columns / self.total];
            let (lower, upper) = (left.min(*right), left.max(*right));
            *column = Some(column.map_or((lower, upper), |(low, high)| (low.min(lower), high.max(upper))));
            self.seen += 1;
        }
    }

    /// Skips samples at which there is no signal.
    pub fn skip(&mut self, samples: usize) {
        self.seen = self.total.min(self.seen + samples);
    }

    /// The stretches with a signal: for each its first column, and the extremes of its columns.
    pub fn stretches(&self) -> Vec<(usize, Vec<(f32, f32)>)> {
        let mut stretches: Vec<(usize, Vec<(f32, f32)>)> = Vec::new();
        for (place, column) in self.columns.iter().enumerate() {
            let Some(extremes) = column else { continue };
            match stretches.last_mut() {
                Some((first, columns)) if *first + columns.len() == place => columns.push(*extremes),
                _ => stretches.push((place, vec![*extremes])),
            }
        }
        stretches
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }
}
