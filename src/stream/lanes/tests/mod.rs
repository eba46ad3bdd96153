//! Ticks of another node over networks of all kinds, in simulated time.
