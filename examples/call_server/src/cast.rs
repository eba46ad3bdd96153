//! The participants of the call: those who send and those who only hear, each with an id of its own.

use std::collections::HashSet;

use mixminus::cluster::NodeName;

use crate::{
    bundled,
    cli::Options,
    error::Error,
    wav::{self, Recording},
};

/// One participant. All participants hear.
#[derive(Debug)]
pub struct Member {
    pub id: String,
    /// The recording that it sends; `None` if it only hears.
    pub recording: Option<Recording>,
}

/// The id of the participant who only hears, if the options name none. One among other servers has its name behind it.
const GUEST: &str = "guest";

/// The participants that the options name, first those who send. Reads the recordings. At a node of a cluster there are no bundled
/// ones: they would be there once for each server.
pub fn of(options: &Options, node: Option<&NodeName>) -> Result<Vec<Member>, Error> {
    let is_alone = node.is_none();
    let mut members = if options.sources.is_empty() && is_alone { bundled::members() } else { sources(options)? };
    let guest = || node.map_or_else(|| GUEST.to_owned(), |node| format!("{GUEST}.{node}"));
    let listeners = if options.listeners.is_empty() { vec![guest()] } else { options.listeners.clone() };
    members.extend(listeners.into_iter().map(|id| Member { id, recording: None }));
    let mut ids = HashSet::new();
    match members.iter().find(|member| !ids.insert(member.id.as_str())) {
        Some(second) => Err(Error::SameId(second.id.clone())),
        None => Ok(members),
    }
}

fn sources(options: &Options) -> Result<Vec<Member>, Error> {
    let read = |source: &crate::arguments::SourceArgument| {
        Ok(Member { id: source.id.clone(), recording: Some(wav::read(&source.file)?) })
    };
    options.sources.iter().map(read).collect()
}
