//! One conference on many machines. Each node mixes for the participants that are at it, with a mixer of its own; what anybody hears
//! is what one machine with all of them would have given, one hop later for those who are elsewhere.
//!
//! ```text
//!  audio thread of a node            network thread of a node                 other nodes
//!
//!  NodeAudio::before <-- lanes, one steering a node <---- NodeDriver::step <---- Engine::receive
//!        |                                                   |     ^
//!      mix                                                 State   |  ticks: one message a node and tick, published
//!        |                                                   |     |  letters: who is where, changes; sent, in order
//!  NodeAudio::after ---> what the others need -----------> NodeDriver::step ---> Engine::publish, Engine::send
//!                                                            |
//!  any other thread: Conference ---------------------------- +
//! ```
//!
//! - **Links carry sources, not mixes.** A node publishes the samples of those of its sources that matter: with
//!   [`loudest`](crate::MixerConfig::loudest) the loudest of the conference, and those that are listed by anybody anywhere at a level over 0 or as a
//!   ducker. At the other nodes each is a source as any other. So every level, every ducking and every exclusive mode works for every
//!   pair, nobody hears themselves, and the delay is one hop however many nodes there are.
//! - **What decides travels with the samples**: whether a source is active or muted, and how loud it is. So it fades, ducks and counts as
//!   quiet elsewhere as it does at its own node, on the same samples.
//! - **Each participant belongs to the node that it is at.** Its node alone tells of it, and changes it. The others know all of it, so
//!   that a request is checked as a whole at any node, and so that one whose node is lost can go on at another.
//! - **A change has two rounds**: all nodes that have a part check it, then all do it: see [`Conference`].
//! - **A node that is lost** takes nobody with it: its participants are missing, as a source is whose packets do not come, and leave after
//!   [`leave_after`](NodeOptions::leave_after). What comes back is taken up again.
//!
//! There is no thread, clock or socket here. What carries the messages is an [`Engine`], in a crate of its own: `mixminus-zenoh`.
//! Tests run any number of nodes in simulated time over a simulated network.
//!
//! # Trust
//! The members of a cluster trust each other as the parts of one server do: each may change anybody. Who may be a member is the
//! engine's to say. Whatever a member sends is checked all the same, in every length, id and figure: what cannot be read, or is out of
//! its bounds, is dropped and counted ([`LinkReadings::malformed`]).
//!
//! # Words
//! - **node**: a mixer that is one of several of a conference; **cluster**: all of them; **member**: a node that the engine can reach.
//! - **link**: the way from one node to another. **Tick**: also the message with the samples of a tick. **Letter**: any other message.
//! - **here**: at this node; **elsewhere**: at another one; **nowhere**: on its way from one to another, or its node was started anew.
//! - **roster**: the list of those who are at a node; its **revision** counts its changes. **Entry**: all that is told of a participant.
//! - **incarnation**: a number that a node has from its start to its end. **Term**: how often an id has gone over to another node.
//! - **act**: one thing that a change does; **part**: the acts of a change that one node does.

mod audio;
mod change;
mod codec;
mod conference;
mod driver;
mod engine;
mod entry;
mod link;
mod member;
mod message;
mod meters;
mod node;
mod options;
mod readings;
mod settings;
mod state;
mod tick;

pub use audio::NodeAudio;
pub use change::{ChangeNumber, ChangeState};
pub use conference::{Conference, ConferenceError};
pub use driver::NodeDriver;
pub use engine::{Delivery, Engine, NodeName, NodeNameError};
pub use member::ClusterParticipant;
pub use node::node;
pub use options::{LinkFormat, NodeError, NodeOptions};
pub use readings::{LinkHealth, LinkReadings, NodeReadings};
pub use state::ClusterEvent;
