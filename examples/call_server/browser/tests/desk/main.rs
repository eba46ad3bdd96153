//! The mixing desk of `call_server` in a real browser, one behaviour a file.

mod ducking;
mod faders;
mod holding;
mod hostile;
mod joining;
mod listening;
mod names;
mod opening;
mod pictures;
mod prompts;
mod removing;
mod returning;
mod roles;
mod routes;
mod state;
mod whispers;
