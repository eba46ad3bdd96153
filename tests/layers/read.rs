//! Reads one file: the modules that it declares, the names that it defines and imports, and the paths that it names.
//! Tests (`#[cfg(test)]`) are left out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that a file names, in a `use` or elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// As written: `crate`, `data`, `fade`, `Fade`.
    pub path: Vec<String>,
    /// The modules inside of the file around it, outermost first.
    pub within: Vec<String>,
    pub line: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// In an expression or a type.
    Inline,
    /// A `use`. It binds this name, or all names if there is none, and passes them on if it is `pub`.
    Use { name: Option<String>, public: bool },
}

#[derive(Debug, Default)]
pub struct Source {
    /// Modules in files of their own.
    pub children: Vec<String>,
    /// Items that the file defines.
    pub defined: Vec<String>,
    pub named: Vec<Named>,
}

impl Source {
    pub fn read(text: &str) -> Self {
        let tokens: TokenStream = text.parse().expect("the file compiles, so it has tokens");
        let mut source = Self::default();
        source.scan(&trees(tokens), &[]);
        source
    }

    fn scan(&mut self, tokens: &[TokenTree], within: &[String]) {
        let mut public = false;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at..];
            let (next, text) = (rest.get(1), word(token));
            at +=
                match (text.as_deref(), next) {
                    (None, Some(TokenTree::Group(attribute))) if is_punct(token, '#') => {
                        if is_test(&attribute.stream()) { 2 + item_length(&rest[2..]) } else { 2 }
                    }
                    (Some("pub"), next) => {
                        public = true;
                        let scope = |next: &TokenTree| group(next, Delimiter::Parenthesis).is_some();
                        at += if next.is_some_and(scope) { 2 } else { 1 };
                        continue;
                    }
                    (Some("mod"), Some(name)) => self.module(name, rest.get(2), within),
                    (Some("use"), Some(next)) if !is_punct(next, '<') => self.import(rest, within, public),
                    (Some("struct" | "enum" | "union" | "trait" | "type" | "fn" | "const" | "static"), Some(name)) => {
                        self.defined.extend(word(name));
                        2
                    }
                    (Some(_), _) => self.inline(rest, within),
                    (None, _) => {
                        if let TokenTree::Group(group) = token {
                            self.scan(&trees(group.stream()), within);
                        }
                        1
                    }
                };
            public = false;
        }
    }

    /// A module: in a file of its own, or here.
    fn module(&mut self, name: &TokenTree, body: Option<&TokenTree>, within: &[String]) -> usize {
        let Some(name) = word(name) else { return 1 };
        match body {
            Some(TokenTree::Group(body)) => {
                let within = [within, std::slice::from_ref(&name)].concat();
                self.defined.push(name);
                self.scan(&trees(body.stream()), &within);
            }
            _ => self.children.push(name),
        }
        3
    }

    /// A `use`, up to its semicolon.
    fn import(&mut self, tokens: &[TokenTree], within: &[String], public: bool) -> usize {
        let end = tokens.iter().position(|token| is_punct(token, ';')).unwrap_or(tokens.len());
        self.branch(&tokens[1..end], &[], within, public);
        end + 1
    }

    /// One branch of a `use`, after the path before it.
    fn branch(&mut self, tokens: &[TokenTree], before: &[String], within: &[String], public: bool) {
        let mut path = before.to_vec();
        let mut alias = None;
        for (n, token) in tokens.iter().enumerate() {
            match word(token).as_deref() {
                Some("as") => {
                    alias = tokens.get(n + 1).and_then(word);
                    break;
                }
                // `{self}` is the module itself.
                Some("self") if !before.is_empty() => (),
                Some(word) => path.push(word.to_owned()),
                None => {
                    if let Some(branches) = group(token, Delimiter::Brace) {
                        let branches = branches.split(|token| is_punct(token, ',')).filter(|branch| !branch.is_empty());
                        return branches.for_each(|branch| self.branch(branch, &path, within, public));
                    }
                }
            }
        }
        let glob = tokens.last().is_some_and(|token| is_punct(token, '*'));
        let name = alias.or_else(|| path.last().cloned()).filter(|_| !glob);
        let line = tokens.first().map_or(0, line);
        self.named.push(Named { path, within: within.to_vec(), line, kind: Kind::Use { name, public } });
    }

    /// A word, or a path of several.
    fn inline(&mut self, tokens: &[TokenTree], within: &[String]) -> usize {
        let mut path = vec![word(&tokens[0]).unwrap_or_default()];
        let mut length = 1;
        while let [colon, second, next, ..] = &tokens[length..]
            && is_punct(colon, ':')
            && is_punct(second, ':')
            && let Some(word) = word(next)
        {
            path.push(word);
            length += 3;
        }
        if path.len() > 1 {
            self.named.push(Named { path, within: within.to_vec(), line: line(&tokens[0]), kind: Kind::Inline });
        }
        length
    }
}

pub fn trees(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

pub fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

pub fn word(token: &TokenTree) -> Option<String> {
    if let TokenTree::Ident(ident) = token { Some(ident.to_string()) } else { None }
}

pub fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(is) if is.as_char() == punct)
}

fn group(token: &TokenTree, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => Some(trees(group.stream())),
        _ => None,
    }
}

/// Whether an attribute is `cfg(test)`, or `cfg(all(test, ...))`.
pub fn is_test(attribute: &TokenStream) -> bool {
    let [name, condition] = &trees(attribute.clone())[..] else { return false };
    let Some(condition) = group(condition, Delimiter::Parenthesis) else { return false };
    let is_word = |token: Option<&TokenTree>, is: &str| token.and_then(word).as_deref() == Some(is);
    let all = condition.get(1).filter(|_| is_word(condition.first(), "all"));
    let parts = all.and_then(|all| group(all, Delimiter::Parenthesis)).unwrap_or_default();
    let is_alone = condition.len() == 1 && is_word(condition.first(), "test");
    is_word(Some(name), "cfg") && (is_alone || parts.iter().any(|part| is_word(Some(part), "test")))
}

/// The length of an item, or of a field or an arm, after its first attribute.
pub fn item_length(tokens: &[TokenTree]) -> usize {
    let attributes = 2 * tokens.chunks(2).take_while(|pair| is_punct(&pair[0], '#')).count();
    let items = ["mod", "use", "fn", "struct", "enum", "trait", "type", "impl", "const", "static", "unsafe", "pub"];
    let first = tokens.get(attributes).and_then(word);
    let is_item = first.is_some_and(|first| items.contains(&first.as_str()));
    let is_end = |token: &TokenTree| {
        let ends_field = !is_item && is_punct(token, ',');
        is_punct(token, ';') || ends_field || group(token, Delimiter::Brace).is_some()
    };
    tokens.iter().skip(attributes).position(is_end).map_or(tokens.len(), |end| attributes + end + 1)
}
