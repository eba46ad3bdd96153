//! Looking up the hosts of prompts: only addresses that may be asked come out, and the client connects to these, and to
//! no others. [`PublicNames`].

use std::{net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::Addresses;

/// A look-up whose answers are checked.
#[derive(Debug, Clone)]
pub(super) struct PublicNames<N> {
    pub names: N,
    pub addresses: Arc<Addresses>,
}

impl<N: Resolve> Resolve for PublicNames<N> {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, addresses) = (self.names.resolve(name), Arc::clone(&self.addresses));
        Box::pin(async move {
            let (mut may, mut refused) = (Vec::<SocketAddr>::new(), None);
            for address in found.await? {
                match addresses.check(address.ip()) {
                    Ok(()) => may.push(address),
                    Err(not_public) => refused = Some(not_public),
                }
            }
            match refused {
                Some(not_public) if may.is_empty() => Err(not_public.into()),
                _ => Ok(Box::new(may.into_iter()) as Addrs),
            }
        })
    }
}
