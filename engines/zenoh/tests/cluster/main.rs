//! Engines in one process, over loopback. One binary, as each that has zenoh in it takes long to link.

mod support;

mod delivery;
mod driven;
mod leaving;
mod loss;
mod members;
mod names;
mod opening;
mod security;
mod sizes;
mod strangers;
