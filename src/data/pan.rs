//! The position of a source between left and right: [`Pan`]. Pure data.

use super::channels::Channel;

/// A position between left and right: -1 is left, 0 the centre, 1 right.
///
/// The pan law is that of a balance control. In the centre both sides are as sent. Away from the centre the
/// nearer side stays as it is, and the farther side is turned down to 0 at the end by a quarter of a cosine,
/// cos(π/2 · |pan|). So a panned source never becomes louder, a source in the centre is not changed, and a
/// stereo source keeps its channels. (With the equal-power law a mono source would lose 3 dB in the centre,
/// which is where every source is that is not panned.)
///
/// ```
/// use mixminus::Pan;
/// assert_eq!(Pan::new(1.0)?.factors(), (0.0, 1.0));
/// assert_eq!(Pan::CENTRE.factors(), (1.0, 1.0));
/// assert!(Pan::new(1.5).is_err());
/// # Ok::<(), mixminus::PanError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Pan(f32);

impl Pan {
    /// In the centre: both sides as sent.
    pub const CENTRE: Self = Self(0.0);
    /// On the left only.
    pub const LEFT: Self = Self(-1.0);
    /// On the right only.
    pub const RIGHT: Self = Self(1.0);

    /// A position from -1 (left) to 1 (right).
    pub fn new(position: f32) -> Result<Self, PanError> {
        if (-1.0..=1.0).contains(&position) { Ok(Self(position)) } else { Err(PanError { position }) }
    }

    /// The position: -1 to 1.
    pub fn position(self) -> f32 {
        self.0
    }

    /// The factors of the left and of the right side.
    pub fn factors(self) -> (f64, f64) {
        (turned_down(self.0), turned_down(-self.0))
    }

    pub(crate) fn factor(self, channel: Channel) -> f64 {
        match channel {
            Channel::Left => turned_down(self.0),
            Channel::Right => turned_down(-self.0),
            Channel::Mono => 1.0,
        }
    }
}

/// The factor of a side for a source that is `away` from it: 0 in the centre, 1 at the other end.
fn turned_down(away: f32) -> f64 {
    // The factor at the end is exactly 0; the cosine is not.
    if away >= 1.0 { 0.0 } else { (f64::from(away.max(0.0)) * std::f64::consts::FRAC_PI_2).cos() }
}

/// A position that was refused as a [`Pan`].
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a pan of {position} is not a place from -1 (left) to 1 (right)")]
pub struct PanError {
    /// The position that was asked for.
    pub position: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_farther_side_is_turned_down() {
        assert_eq!(Pan::LEFT.factors(), (1.0, 0.0));
        let (left, right) = Pan::new(0.5).unwrap().factors();
        assert!((left - 0.5f64.sqrt()).abs() < 1e-15 && right == 1.0);
        assert_eq!(Pan::new(0.5).unwrap().factor(Channel::Mono), 1.0);
        assert!(Pan::new(f32::NAN).is_err());
    }
}
