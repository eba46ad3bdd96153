//! What a host does when a client removes a participant: [`Removal`].

use std::fmt;

/// Ends the connection of a participant whom a client removes from the call. A host implements it whose participants have
/// connections: the mixer knows of none.
///
/// ```
/// use mixminus::{Controller, http::Removal};
///
/// /// The host's own connections.
/// #[derive(Debug)]
/// struct Connections {
///     controller: Controller,
/// }
///
/// impl Removal for Connections {
///     fn remove(&self, participant: &str) {
///         // Hang up what connects it; then it leaves the mixer, or has left it with its connection.
///         let _gone_already = self.controller.leave(participant);
///     }
/// }
/// ```
pub trait Removal: fmt::Debug + Send + Sync + 'static {
    /// Ends the connection of a participant, and makes it leave the call. Called on a thread that may block. The service
    /// makes the participant leave if it is still in the call afterwards.
    fn remove(&self, participant: &str);
}
