//! The ids of the services' own participants: [`Names`].

/// With what they begin.
pub(super) const OWN: char = '$';
/// The participant that plays prompts, and the group by which they reach those outside the default group.
pub(in crate::http) const PROMPTS: &str = "$prompts";
/// The participant that plays the call's hold music. Music of a client's own has a number behind it.
const MUSIC: &str = "$holdMusic";

/// The ids of the participants that play in a call. In a conference on several nodes, where ids are unique, they have the name
/// of the node behind them.
#[derive(Debug, Clone)]
pub(in crate::http) struct Names {
    pub prompts: String,
    pub music: String,
    is_on_nodes: bool,
}

impl Names {
    /// The names at a node; `None` if the call is on one machine.
    pub fn at(node: Option<&str>) -> Self {
        let own = |name: &str| node.map_or_else(|| name.to_owned(), |node| format!("{name}.{node}"));
        Self { prompts: own(PROMPTS), music: own(MUSIC), is_on_nodes: node.is_some() }
    }

    /// Whether a participant may be one that the service of another node plays with.
    pub fn may_be_of_another_node(&self, id: &str) -> bool {
        let has_node = |name| id.strip_prefix(name).is_some_and(|rest: &str| rest.starts_with('.'));
        self.is_on_nodes && (has_node(PROMPTS) || has_node(MUSIC))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_names_of_its_own() {
        let (alone, node) = (Names::at(None), Names::at(Some("fra-1")));
        assert_eq!((&*alone.prompts, &*alone.music), ("$prompts", "$holdMusic"));
        assert_eq!((&*node.prompts, &*node.music), ("$prompts.fra-1", "$holdMusic.fra-1"));
        let of_another = |id| [&alone, &node].map(|names| names.may_be_of_another_node(id));
        assert_eq!(of_another("$holdMusic.ber-1.7"), [false, true]);
        assert_eq!(of_another("$promptsOfTheHost"), [false, false]);
    }
}
