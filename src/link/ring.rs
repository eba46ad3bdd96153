//! Rings whose memory is made on the control side: [`ring`].

use crate::data::sync::{Consumer, Producer, RingBuffer};

/// A ring with room for `capacity` values. It is filled and emptied once, so that its first use on
/// the audio thread enters no kernel. With a capacity that is a multiple of the channels, its end
/// splits no frame.
pub(crate) fn ring<T: Default>(capacity: usize) -> (Producer<T>, Consumer<T>) {
    let (mut producer, mut consumer) = RingBuffer::new(capacity);
    if let Ok(chunk) = producer.write_chunk_uninit(capacity) {
        chunk.fill_from_iter(std::iter::repeat_with(T::default));
    }
    if let Ok(chunk) = consumer.read_chunk(capacity) {
        chunk.commit_all();
    }
    (producer, consumer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_empty_and_splits_no_frame() {
        let (mut producer, mut consumer) = ring(6);
        assert_eq!((producer.slots(), consumer.slots()), (6, 0));
        for frame in 0..20 {
            producer.push_entire_slice(&[frame, -frame]).unwrap();
            let chunk = consumer.read_chunk(2).unwrap();
            assert_eq!(chunk.as_slices(), (&[frame, -frame][..], &[][..]));
            chunk.commit_all();
        }
    }
}
