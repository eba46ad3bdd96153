//! Tests of the program as its users run it: as a process, over the network, stopped by signals.
#![cfg(unix)]

mod caller;
#[cfg(feature = "cluster")]
mod cluster;
mod control;
mod door;
mod flood;
mod half_closed;
mod heads;
mod health;
#[path = "../../../../src/http/auth/jwt/issuer.rs"]
mod issuer;
mod listening;
mod load;
mod offers;
mod page;
mod people;
mod places;
mod recordings;
mod rig;
mod roles;
mod signed;
mod starting;
mod state;
mod stopping;
mod telephone;
mod telephones;
mod tls;
mod tones;
