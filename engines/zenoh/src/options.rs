//! What an engine is opened with: [`ZenohOptions`].

use std::time::Duration;

use mixminus::cluster::NodeName;
use zenoh::Config;

use crate::ZenohError;

/// What a [`ZenohEngine`](crate::ZenohEngine) is opened with.
///
/// ```
/// use mixminus::cluster::NodeName;
/// use mixminus_zenoh::ZenohOptions;
///
/// let mut options = ZenohOptions::new("studio", NodeName::new("fra-1")?);
/// options.listen = vec!["udp/0.0.0.0:7447?rel=1;mixed_rel=1".to_owned()];
/// options.connect = vec!["udp/10.0.0.2:7447?rel=1;mixed_rel=1".to_owned()];
/// // Whatever else zenoh can be told.
/// options.config.insert_json5("scouting/multicast/enabled", "true").expect("a setting of zenoh's");
/// # Ok::<(), mixminus::cluster::NodeNameError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ZenohOptions {
    /// The cluster: nodes of others are not seen. Of the same characters as a name of a node.
    pub cluster: String,
    /// The name of this node, which no other node of the cluster has.
    pub node: NodeName,
    /// Endpoints to listen on, like `udp/0.0.0.0:7447?rel=1;mixed_rel=1`. With none, those of [`config`](Self::config).
    pub listen: Vec<String>,
    /// Endpoints of other nodes or of routers, to connect to and to stay connected to: one is enough, as the others are found
    /// through it. With none, those of [`config`](Self::config).
    pub connect: Vec<String>,
    /// Zenoh's configuration: TLS, access control, routers, and all else. At first zenoh's defaults with what suits a cluster
    /// (`src/defaults.json5`): no multicast, no endpoint, a link that is lost after two seconds of silence.
    /// A file is read with [`Config::from_file`], and stands for all of it.
    pub config: Config,
    /// How long nothing may come from a member before it counts as lost: 2 s at first. Nodes send each other a few bytes
    /// four times in this time.
    pub lease: Duration,
}

impl ZenohOptions {
    /// Options with which a node neither listens nor connects.
    pub fn new(cluster: &str, node: NodeName) -> Self {
        let config = Config::from_json5(include_str!("defaults.json5")).expect("defaults that a test has read");
        let (listen, connect, lease) = (Vec::new(), Vec::new(), Duration::from_secs(2));
        Self { cluster: cluster.to_owned(), node, listen, connect, config, lease }
    }

    /// Zenoh's configuration, with the endpoints.
    pub(crate) fn zenoh(&self) -> Result<Config, ZenohError> {
        let mut config = self.config.clone();
        for (setting, endpoints) in [("listen/endpoints", &self.listen), ("connect/endpoints", &self.connect)] {
            if !endpoints.is_empty() {
                let list = serde_json::Value::from(endpoints.as_slice()).to_string();
                config.insert_json5(setting, &list).map_err(|reason| ZenohError::Endpoints {
                    setting,
                    endpoints: endpoints.clone(),
                    reason,
                })?;
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> ZenohOptions {
        ZenohOptions::new("studio", NodeName::new("a").unwrap())
    }

    #[test]
    fn the_defaults_are_taken() {
        let config = options().zenoh().unwrap();
        assert_eq!(config.get_json("scouting/multicast/enabled").unwrap(), "false");
        assert_eq!(config.get_json("transport/link/tx/lease").unwrap(), "2000");
        assert_eq!(config.get_json("transport/link/tx/queue/size/real_time").unwrap(), "16");
    }

    #[test]
    fn endpoints_stand_for_those_of_the_configuration() {
        let mut options = options();
        options.config.insert_json5("listen/endpoints", "['tcp/[::]:1']").unwrap();
        options.config.insert_json5("connect/endpoints", "['tcp/[::1]:2']").unwrap();
        options.connect = vec!["udp/127.0.0.1:3?rel=1;mixed_rel=1".to_owned()];
        let config = options.zenoh().unwrap();
        assert!(config.get_json("listen/endpoints").unwrap().contains("tcp/[::]:1"));
        let connect = config.get_json("connect/endpoints").unwrap();
        assert!(connect.contains("udp/127.0.0.1:3") && !connect.contains("tcp/[::1]:2"), "{connect}");
    }

    #[test]
    fn what_is_no_endpoint_is_told() {
        let options = ZenohOptions { listen: vec!["127.0.0.1:7447".to_owned()], ..options() };
        let error = options.zenoh().unwrap_err().to_string();
        assert!(error.contains("zenoh does not take [\"127.0.0.1:7447\"] as listen/endpoints"), "{error}");
    }
}
