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
