//! Looking up the hosts of callbacks and prompts: [`Names`], by hickory-resolver. It asks the name servers
//! itself and blocks no thread meanwhile, so that a name that is never answered holds up no other.
//!
//! It follows `/etc/resolv.conf` and `/etc/hosts` (on Windows, the registry), and nothing else that
//! the system's own resolver may be set up with: nsswitch.conf and its plug-ins (mDNS, LDAP) are
//! not asked.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use hickory_resolver::{
    TokioResolver,
    config::{NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How long the system's files are taken to stay the same: they change when a machine moves to
/// another network. Answers are kept no longer.
const READ_EVERY: Duration = Duration::from_secs(60);

/// The resolver of all calls, made anew when the system's files may have changed. Clones are the
/// same.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct Names {
    read: Arc<Mutex<Option<(Instant, TokioResolver)>>>,
}

impl Names {
    /// The resolver that is in force. On a thread of tokio's: every [`READ_EVERY`] it reads two
    /// small files.
    fn resolver(&self) -> Result<TokioResolver, NetError> {
        // A panic under the lock leaves no resolver half made.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match &*read {
            Some((at, resolver)) if at.elapsed() < READ_EVERY => Ok(resolver.clone()),
            before => {
                let before = before.as_ref().map(|(_, resolver)| resolver.clone());
                let resolver = of_the_system(before)?;
                *read = Some((Instant::now(), resolver.clone()));
                Ok(resolver)
            }
        }
    }
}

/// A resolver by the system's files; where they cannot be read, the one of before.
fn of_the_system(before: Option<TokioResolver>) -> Result<TokioResolver, NetError> {
    match (TokioResolver::builder_tokio(), before) {
        (Ok(builder), _) => builder.build(),
        (Err(_), Some(before)) => Ok(before),
        (Err(_), None) => {
            // As resolv.conf(5) has it: without the file only the name server on this machine is
            // asked.
            let local = NameServerConfig::udp_and_tcp(IpAddr::V4(Ipv4Addr::LOCALHOST));
            let config = ResolverConfig::from_name_servers(vec![local]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build()
        }
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let found = names.resolver()?.lookup_ip(name.as_str()).await?;
            // The port is put in by who asks.
            let addresses: Vec<_> = found.iter().map(|ip| SocketAddr::new(ip, 0)).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use hickory_resolver::{
        config::ConnectionConfig,
        proto::{
            op::Message,
            rr::{RData, Record, RecordType, rdata::A},
        },
    };
    use tokio::{net::UdpSocket, task::JoinSet, time::timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The answer to a query: this machine's address, or that there is none of that kind; `None`
    /// for names that are dead.
    fn answer(query: &[u8]) -> Option<Vec<u8>> {
        let mut message = Message::from_vec(query).unwrap().into_response();
        let question = message.queries[0].clone();
        if question.name().to_string().contains("dead") {
            return None;
        }
        if question.query_type() == RecordType::A {
            message.add_answer(Record::from_rdata(question.name().clone(), 60, RData::A(A(Ipv4Addr::LOCALHOST))));
        }
        Some(message.to_vec().unwrap())
    }

    /// Lookups at a name server on this machine, which never answers for dead names.
    async fn names() -> Names {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut connection = ConnectionConfig::udp();
        connection.port = server.local_addr().unwrap().port();
        let local = NameServerConfig::new(IpAddr::V4(Ipv4Addr::LOCALHOST), true, vec![connection]);
        tokio::spawn(async move {
            let mut query = [0; 4096];
            while let Ok((length, from)) = server.recv_from(&mut query).await {
                if let Some(answer) = answer(&query[..length]) {
                    server.send_to(&answer, from).await.unwrap();
                }
            }
        });
        let config = ResolverConfig::from_name_servers(vec![local]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().timeout = SECOND;
        let resolver = builder.build().unwrap();
        Names { read: Arc::new(Mutex::new(Some((Instant::now(), resolver)))) }
    }

    async fn find(names: &Names, name: &str) -> Vec<IpAddr> {
        let found = names.resolve(name.parse().unwrap()).await;
        found.map_or_else(|_| Vec::new(), |found| found.map(|address| address.ip()).collect())
    }

    #[tokio::test]
    async fn this_machine_is_known_by_its_files() {
        let found = find(&Names::default(), "localhost").await;
        assert!(!found.is_empty() && found.iter().all(IpAddr::is_loopback), "{found:?}");
    }

    #[tokio::test]
    async fn names_that_are_never_answered_hold_up_no_other_and_come_to_an_end() {
        let names = names().await;
        let mut dead = JoinSet::new();
        for number in 0..200 {
            let names = names.clone();
            dead.spawn(async move { find(&names, &format!("dead{number}.example.")).await });
        }
        tokio::task::yield_now().await;
        for name in ["alive.example.", "another.example.", "alive.example."] {
            let found = timeout(20 * SECOND, find(&names, name)).await;
            assert_eq!(found, Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]), "{name}");
        }
        assert!(dead.try_join_next().is_none(), "they are still asked for");
        let ended = timeout(60 * SECOND, dead.join_all()).await.unwrap();
        assert!(ended.iter().all(Vec::is_empty));
    }

    #[tokio::test]
    async fn the_files_are_read_again_after_a_while() {
        let names = names().await;
        let before = names.read.lock().unwrap().as_ref().unwrap().0;
        let _ = names.resolver().unwrap();
        assert_eq!(names.read.lock().unwrap().as_ref().unwrap().0, before, "it is new enough");
        let old = before.checked_sub(2 * READ_EVERY).unwrap();
        names.read.lock().unwrap().as_mut().unwrap().0 = old;
        let _ = names.resolver().unwrap();
        assert!(names.read.lock().unwrap().as_ref().unwrap().0 >= before);
    }
}
