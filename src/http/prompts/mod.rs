//! Prompts that clients name by a URI of any host: [`HttpsPrompts`] fetches them, and trusts neither those who name a URI
//! nor those who answer for it. Built on the feature `http-prompts`; who plays them is in `media`.

mod address;
mod answer;
mod https;
mod names;
mod options;

pub use address::{IpRange, IpRangeError};
pub use https::{HttpsPrompts, PromptClientError};
pub use options::PromptOptions;
