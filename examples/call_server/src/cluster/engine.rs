//! What carries the messages to the other servers: zenoh, with the feature `cluster`. Without it no server has others.

#[cfg(feature = "cluster")]
pub use with_zenoh::{Link, open};
#[cfg(not(feature = "cluster"))]
pub use without::{Link, open};

#[cfg(feature = "cluster")]
mod with_zenoh {
    use mixminus::cluster::{Conference, NodeDriver};
    use mixminus_zenoh::{Drive, ZenohEngine, ZenohOptions, zenoh::Config};

    use crate::{cli::Options, error::Error};

    /// The thread that talks to the other servers.
    pub type Link = Drive;

    /// Opens the endpoints, and drives the node from then on.
    pub fn open(options: &Options, conference: &Conference, driver: NodeDriver) -> Result<Link, Error> {
        let arguments = &options.cluster;
        let cluster = arguments.cluster.as_ref().expect("a server without a cluster has no driver");
        let mut zenoh = ZenohOptions::new(cluster.as_str(), conference.node());
        if let Some(file) = &arguments.cluster_config {
            let refused = |error| Error::Cluster(format!("zenoh does not take {}: {error}", file.display()));
            zenoh.config = Config::from_file(file).map_err(refused)?;
        } else if arguments.cluster_listen.is_empty() {
            zenoh.listen = vec![format!("udp/{}?rel=1;mixed_rel=1", std::net::SocketAddr::new(options.listen.ip(), 0))];
        }
        if !arguments.cluster_listen.is_empty() {
            zenoh.listen.clone_from(&arguments.cluster_listen);
        }
        zenoh.connect.clone_from(&arguments.connect);
        let engine = ZenohEngine::open(zenoh).map_err(|error| Error::Cluster(error.to_string()))?;
        Drive::start(driver, engine).map_err(Error::Thread)
    }
}

#[cfg(not(feature = "cluster"))]
mod without {
    use mixminus::cluster::{Conference, NodeDriver};

    use crate::{cli::Options, error::Error};

    /// There is none.
    #[derive(Debug)]
    pub enum Link {}

    /// Refuses: nothing carries messages.
    pub fn open(_options: &Options, _conference: &Conference, _driver: NodeDriver) -> Result<Link, Error> {
        let message = "this program was built without zenoh; build it with --features cluster";
        Err(Error::Cluster(message.to_owned()))
    }
}
