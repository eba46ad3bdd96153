//! No codec allocates or frees once it is made, whatever comes.
#![cfg(all(feature = "g711", feature = "g722", feature = "opus"))]

mod alloc;

use mixminus::stream::{Decoder, G711, G722, Opus};

/// Payloads of all modes and lengths of Opus, most of them with bytes that make no sense.
fn payloads() -> Vec<Vec<u8>> {
    let mut random = 1_u32;
    let mut byte = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 24) as u8
    };
    let payload = |n: usize| {
        let first = (n % 64) as u8;
        std::iter::once(first << 2).chain((0..[0, 1, 20, 60, 159, 160][n % 6]).map(|_| byte())).collect()
    };
    (0..600).map(payload).collect()
}

fn check(decoder: &mut dyn Decoder, payloads: &[Vec<u8>], out: &mut [f32]) {
    let gap = 960 * decoder.channels();
    for pair in payloads.windows(2) {
        let _malformed = decoder.decode(&pair[0], out);
        if !decoder.recover(&pair[1], &mut out[..gap]) {
            decoder.conceal(&mut out[..gap]);
        }
    }
}

#[test]
fn nothing_is_allocated_or_freed() {
    let _alone = alloc::alone();
    let payloads = payloads();
    let mut decoders: [Box<dyn Decoder>; 5] = [
        Box::new(G711::mu_law()),
        Box::new(G711::a_law()),
        Box::new(G722::new()),
        Box::new(Opus::mono().unwrap()),
        Box::new(Opus::stereo().unwrap()),
    ];
    for decoder in &mut decoders {
        let mut out = vec![0.0; decoder.most_samples().max(1920)];
        alloc::watched(|| check(&mut **decoder, &payloads, &mut out));
    }
}
