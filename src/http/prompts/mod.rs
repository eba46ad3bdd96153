//! The default that fetches prompts, [`HttpsPrompts`]: it trusts neither those who name a URI nor those who answer for it.

mod address;
mod https;
mod names;
mod options;

pub use address::{IpRange, IpRangeError};
pub use https::{HttpsPrompts, PromptClientError};
pub use options::PromptOptions;
