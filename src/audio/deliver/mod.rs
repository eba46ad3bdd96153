//! The last step of a tick: what listeners hear. Listeners of one group hear the same sum; those whose limiters are
//! in the same state hear the same samples, an [`Output`]. Every listener takes on its limiter's state to the next
//! tick, and the outputs their [`Identity`](identities::Identity).

mod claims;
mod identities;
mod limiter;
mod outputs;

pub(crate) use limiter::Limiter;
pub(crate) use outputs::{Output, Outputs};
