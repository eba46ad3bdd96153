//! The options by which the call is on several servers.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use mixminus::cluster::{NodeName, NodeOptions};

/// How this server is one of several. Without `--cluster` it is alone.
#[derive(Debug, Args)]
pub struct ClusterArguments {
    /// Makes the call one conference on all servers of this cluster: one mixer each, for those who are connected there
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub cluster: Option<NodeName>,

    /// The name of this server in the cluster, which no other has [default: a random one]
    #[arg(long, value_name = "NAME", value_parser = name, requires = "cluster")]
    pub node: Option<NodeName>,

    /// An endpoint of another server, as zenoh writes it: udp/10.0.0.2:7447?rel=1;mixed_rel=1. One is enough, as the others
    /// are found through it; repeatable
    #[arg(long, value_name = "ENDPOINT", requires = "cluster")]
    pub connect: Vec<String>,

    /// An endpoint where other servers reach this one, as zenoh writes it; repeatable [default: any UDP port that is free, on
    /// the address of --listen]
    #[arg(long, value_name = "ENDPOINT", requires = "cluster")]
    pub cluster_listen: Vec<String>,

    /// Zenoh's configuration, JSON5, for TLS, access control and routers: it stands for all that this program sets, but for the
    /// endpoints that are given
    #[arg(long, value_name = "FILE", requires = "cluster")]
    pub cluster_config: Option<PathBuf>,

    /// After how long the participants of a server that is lost leave the call
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "cluster")]
    pub leave_after_s: u32,
}

impl ClusterArguments {
    /// How this server is a node; `None` if it is alone.
    pub fn node_options(&self) -> Option<NodeOptions> {
        self.cluster.as_ref()?;
        let node = self.node.clone().unwrap_or_else(random_name);
        Some(NodeOptions { leave_after: Duration::from_secs(self.leave_after_s.into()), ..NodeOptions::new(node) })
    }
}

fn name(text: &str) -> Result<NodeName, String> {
    NodeName::new(text).map_err(|error| error.to_string())
}

fn random_name() -> NodeName {
    let digits = uuid::Uuid::new_v4().simple().to_string();
    NodeName::new(&format!("node-{}", &digits[..8])).expect("letters and digits")
}
