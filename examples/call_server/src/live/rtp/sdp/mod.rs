//! The offers of telephones and the answers to them (RFC 3264): what is read of an offer ([`Offer`]), what both sides
//! then agree on ([`Agreement`]), and how it is told.

mod agreement;
mod answer;
mod formats;
mod offer;

pub use self::{
    agreement::Agreement,
    answer::{Local, answer},
    offer::{Offer, OfferError},
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 4000 RTP/AVP 96 0 8 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n\
        a=fmtp:101 0-15\r\na=ptime:20\r\na=rtcp:4001\r\na=sendrecv\r\nm=video 0 RTP/AVP 97\r\n";

    /// Reads an offer; what can be answered has to make an answer that can be read.
    fn answered(offer: &[u8]) {
        let Ok(offer) = Offer::read(offer) else { return };
        let Ok(agreed) = Agreement::of(&offer) else { return };
        let local = Local { rtp: "192.0.2.9:40000".parse().unwrap(), session_id: 7, version: 1 };
        let answer = answer(&offer, &agreed, &local);
        let back = Offer::read(answer.as_bytes()).unwrap_or_else(|error| panic!("{error}: {answer}"));
        assert_eq!(back.session.medias.len(), offer.session.medias.len());
        assert_eq!(
            Agreement::of(&back).map(|back| (back.codec, back.payload_type)),
            Ok((agreed.codec, agreed.payload_type))
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..400)) {
            answered(&bytes);
        }

        #[test]
        fn a_changed_offer_is_refused_or_answered(
            changes in vec((0..OFFER.len(), any::<u8>()), 0..6),
            cut in 0..OFFER.len(),
            twice in 0..OFFER.len(),
        ) {
            let mut offer = OFFER.as_bytes().to_vec();
            changes.into_iter().for_each(|(at, byte)| offer[at] = byte);
            answered(&offer);
            answered(&offer[..cut]);
            answered(&[&offer[..twice], &offer[cut.min(twice)..]].concat());
        }
    }
}
