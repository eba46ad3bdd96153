//! What the mixer is compared with: other mixers, products of matrices, plain loops, and the peak
//! of the core.

mod gemm;
mod loops;
mod peak;
mod products;
#[cfg(feature = "servers")]
mod rsiprtp;
#[cfg(feature = "servers")]
mod rustpbx;

#[cfg(feature = "servers")]
pub use self::{
    rsiprtp::{RSIPRTP, Rsiprtp},
    rustpbx::{RUSTPBX, Rustpbx},
};
pub use loops::{SumMinusOwn, Writes};
pub use peak::{PEAK, seconds_at_peak, wake};
pub use products::Products;
