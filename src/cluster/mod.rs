//! One conference on many machines.

mod audio;
mod change;
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
