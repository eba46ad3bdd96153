//! How many channels a mixer has: [`Channels`]; one of them: [`Channel`]; and what there is once for each: [`PerChannel`].

/// Mono or stereo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    /// One channel.
    #[default]
    Mono,
    /// Left and right.
    Stereo,
}

impl Channels {
    /// 1 or 2.
    pub fn count(self) -> usize {
        self.all().len()
    }

    /// Each of them, in the order in which everything that there is once a channel is kept.
    pub(crate) fn all(self) -> &'static [Channel] {
        match self {
            Self::Mono => &[Channel::Mono],
            Self::Stereo => &[Channel::Left, Channel::Right],
        }
    }
}

/// One channel of a mixer: what it takes of a frame, and how a pan changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Channel {
    /// The only one: the mean of a stereo frame.
    #[default]
    Mono,
    Left,
    Right,
}

/// The most channels that a mixer has.
pub(crate) const MAX_CHANNELS: usize = 2;

/// One thing for each channel of a mixer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PerChannel<T>([Option<T>; MAX_CHANNELS]);

impl<T> PerChannel<T> {
    pub fn new(channels: Channels, mut make: impl FnMut(Channel) -> T) -> Self {
        let mut all = channels.all().iter().copied();
        Self(std::array::from_fn(|_| all.next().map(&mut make)))
    }

    /// Of each channel, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    /// Of the n-th channel.
    pub fn get(&self, channel: usize) -> Option<&T> {
        self.0.get(channel)?.as_ref()
    }

    /// The same number of things made of these.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> PerChannel<U> {
        let mut make = make;
        PerChannel(self.0.map(|item| item.map(&mut make)))
    }
}

/// Samples, one slice a channel, both as long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planes<'a> {
    pub left: &'a [f32],
    /// `None` if there is one channel only.
    pub right: Option<&'a [f32]>,
}

/// Samples to be written, one slice a channel, both as long.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub(crate) struct PlanesMut<'a> {
    pub left: &'a mut [f32],
    /// `None` if there is one channel only.
    pub right: Option<&'a mut [f32]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_for_each_channel() {
        assert_eq!([Channels::Mono, Channels::Stereo].map(Channels::count), [1, 2]);
        let mono = PerChannel::new(Channels::Mono, |channel| channel);
        assert_eq!((mono.get(0), mono.get(1)), (Some(&Channel::Mono), None));
        let stereo = PerChannel::new(Channels::Stereo, |channel| channel).map(|channel| (channel, 1));
        assert!(stereo.iter().eq(&[(Channel::Left, 1), (Channel::Right, 1)]));
    }
}
