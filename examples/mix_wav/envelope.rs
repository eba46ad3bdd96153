//! A long run of samples, made small enough to draw: the lowest and the highest of each column of the picture.

/// How many columns a signal has at most, about one a pixel, and how many all signals of a picture have together:
/// the picture of many signals stays a small file.
const MOST_COLUMNS: usize = 1_000;
const ALL_COLUMNS: usize = 4_000;

/// The extremes of a signal over equal stretches of time.
#[derive(Debug, Clone)]
pub struct Envelope {
    columns: Vec<Option<(f32, f32)>>,
    /// The samples of the whole signal, and how many of them have been seen.
    total: usize,
    seen: usize,
}

impl Envelope {
    /// For a signal of so many samples, drawn together with others: `signals` in all.
    pub fn new(total: usize, signals: usize) -> Self {
        let columns = (ALL_COLUMNS / signals.max(1)).clamp(1, MOST_COLUMNS).min(total);
        Self { columns: vec![None; columns], total, seen: 0 }
    }

    /// Takes in the next samples, the extremes of which are those of both channels; what goes past the announced total is left out.
    pub fn push(&mut self, left: &[f32], right: &[f32]) {
        let columns = self.columns.len();
        for (left, right) in left.iter().zip(right).take(self.total - self.seen) {
            let column = &mut self.columns[self.seen * columns / self.total];
            let (lower, upper) = (left.min(*right), left.max(*right));
            *column = Some(column.map_or((lower, upper), |(low, high)| (low.min(lower), high.max(upper))));
            self.seen += 1;
        }
    }

    /// Takes in so many samples at which there is no signal at all.
    pub fn skip(&mut self, samples: usize) {
        self.seen = self.total.min(self.seen + samples);
    }

    /// The stretches in which there is a signal: each with its first column, and the extremes of its columns.
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

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }
}
