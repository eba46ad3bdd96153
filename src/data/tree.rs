//! A persistent array whose items carry stamps. A copy shares all items that did not change. A reader finds
//! the items that changed since a stamp without a walk over the others. Pure data.
//!
//! The array is a tree of nodes with 16 children. A write copies the nodes above the item, unless only this
//! tree has them.

use std::sync::Arc;

const WIDTH: usize = 16;
const BITS: u32 = WIDTH.trailing_zeros();

/// An array of `Option<Arc<T>>`, indexed by `u32`. A clone copies one pointer.
#[derive(Debug)]
pub(crate) struct Tree<T> {
    root: Arc<Node<T>>,
    /// The number of levels of branches above the leaves.
    depth: u32,
}

#[derive(Debug)]
enum Node<T> {
    Branch([Child<Arc<Node<T>>>; WIDTH]),
    Leaf([Child<Arc<T>>; WIDTH]),
}

/// A child of a node, with the stamp of the last change in it or below it.
#[derive(Debug)]
struct Child<P> {
    stamp: u64,
    item: Option<P>,
}

impl<P> Default for Child<P> {
    fn default() -> Self {
        Self { stamp: 0, item: None }
    }
}

impl<P: Clone> Clone for Child<P> {
    fn clone(&self) -> Self {
        Self { stamp: self.stamp, item: self.item.clone() }
    }
}

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Branch(children) => Self::Branch(children.clone()),
            Self::Leaf(items) => Self::Leaf(items.clone()),
        }
    }
}

impl<T> Clone for Tree<T> {
    fn clone(&self) -> Self {
        Self { root: Arc::clone(&self.root), depth: self.depth }
    }
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self { root: Arc::new(Node::leaf()), depth: 0 }
    }
}

impl<T> Node<T> {
    fn leaf() -> Self {
        Self::Leaf(Default::default())
    }

    fn branch() -> Self {
        Self::Branch(Default::default())
    }

    fn newest(&self) -> u64 {
        match self {
            Self::Branch(children) => children.iter().map(|child| child.stamp).max().unwrap_or_default(),
            Self::Leaf(items) => items.iter().map(|item| item.stamp).max().unwrap_or_default(),
        }
    }
}

/// The position of the child for `index` in a node that is `level` levels above the leaves.
fn position(index: u32, level: u32) -> usize {
    (index >> (level * BITS)) as usize % WIDTH
}

impl<T> Tree<T> {
    /// Sets the item at `index`, or removes it with `None`, and stamps it. Allocates.
    pub fn set(&mut self, index: u32, item: Option<Arc<T>>, stamp: u64) {
        while u64::from(index) >> ((self.depth + 1) * BITS) > 0 {
            self.grow();
        }
        let (mut node, mut level) = (Arc::make_mut(&mut self.root), self.depth);
        loop {
            match node {
                Node::Leaf(items) => {
                    items[position(index, 0)] = Child { stamp, item };
                    return;
                }
                Node::Branch(children) => {
                    let child = &mut children[position(index, level)];
                    level -= 1;
                    child.stamp = stamp;
                    let below = || Arc::new(if level > 0 { Node::branch() } else { Node::leaf() });
                    node = Arc::make_mut(child.item.get_or_insert_with(below));
                }
            }
        }
    }

    fn grow(&mut self) {
        let mut children: [Child<Arc<Node<T>>>; WIDTH] = Default::default();
        children[0] = Child { stamp: self.root.newest(), item: Some(Arc::clone(&self.root)) };
        self.root = Arc::new(Node::Branch(children));
        self.depth += 1;
    }

    /// Calls `see` with the items whose stamps are greater than `since`, those of a leaf at a time, in order.
    /// Allocates nothing.
    pub fn each_leaf_since(&self, since: u64, mut see: impl FnMut(&Changed<'_, T>)) {
        Self::visit(&self.root, self.depth, 0, since, &mut see);
    }

    fn visit(node: &Node<T>, level: u32, first: u32, since: u64, see: &mut impl FnMut(&Changed<'_, T>)) {
        match node {
            Node::Leaf(items) => {
                let mut changed = Changed { items: [(0, None); WIDTH], count: 0 };
                for (index, child) in items.iter().enumerate().filter(|(_, child)| child.stamp > since) {
                    changed.items[changed.count] = (first + index as u32, child.item.as_deref());
                    changed.count += 1;
                }
                see(&changed);
            }
            Node::Branch(children) => {
                for (index, child) in children.iter().enumerate().filter(|(_, child)| child.stamp > since) {
                    if let Some(below) = &child.item {
                        Self::visit(below, level - 1, first + ((index as u32) << (level * BITS)), since, see);
                    }
                }
            }
        }
    }
}

/// The items of a leaf that have changed, each with its index.
#[derive(Debug)]
pub(crate) struct Changed<'a, T> {
    items: [(u32, Option<&'a T>); WIDTH],
    count: usize,
}

impl<'a, T> Changed<'a, T> {
    /// How many there are at most.
    pub const MOST: usize = WIDTH;

    pub fn items(&self) -> &[(u32, Option<&'a T>)] {
        &self.items[..self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(tree: &Tree<u32>, stamp: u64) -> Vec<(u32, Option<u32>)> {
        let mut seen = Vec::new();
        tree.each_leaf_since(stamp, |changed| {
            seen.extend(changed.items().iter().map(|(index, item)| (*index, item.copied())));
        });
        seen
    }

    #[test]
    fn only_items_that_changed_since_a_stamp_are_found() {
        let mut tree = Tree::default();
        for index in 0..5000 {
            tree.set(index, Some(Arc::new(index)), 1);
        }
        assert_eq!(since(&tree, 0).len(), 5000);
        tree.set(4711, Some(Arc::new(0)), 2);
        tree.set(17, None, 3);
        assert_eq!(since(&tree, 1), [(17, None), (4711, Some(0))]);
        assert_eq!(since(&tree, 2), [(17, None)]);
    }

    #[test]
    fn a_copy_keeps_its_items_and_shares_those_that_do_not_change() {
        let mut tree = Tree::default();
        let item = Arc::new(7);
        tree.set(0, Some(Arc::clone(&item)), 1);
        tree.set(300, Some(Arc::new(1)), 1);
        let copy = tree.clone();
        tree.set(300, Some(Arc::new(2)), 2);
        assert_eq!(since(&copy, 0), [(0, Some(7)), (300, Some(1))]);
        assert_eq!(since(&tree, 0), [(0, Some(7)), (300, Some(2))]);
        assert_eq!(Arc::strong_count(&item), 2, "both trees share the leaf that did not change");
    }

    #[test]
    fn the_greatest_index_works() {
        let mut tree = Tree::default();
        tree.set(0, Some(Arc::new(1)), 1);
        tree.set(u32::MAX, Some(Arc::new(2)), 2);
        assert_eq!(since(&tree, 0), [(0, Some(1)), (u32::MAX, Some(2))]);
    }
}
