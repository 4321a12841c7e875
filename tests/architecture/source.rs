//! What a Rust file says, as far as the rules ask for it: read from its tokens, so that comments and
//! strings do not count, and what stands in macros does.

use std::{iter, path::Path};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// Something that stands in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) line: usize,
    /// Whether it is compiled for tests only.
    pub(crate) in_test: bool,
    pub(crate) what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A name or a path, in an import or anywhere else; `self` and `super` are resolved.
    Path(Vec<String>),
    /// A field or a method that something is asked for.
    Member(String),
    /// A macro that is called, by its last name.
    Macro(String),
    /// The names in an attribute.
    Attribute(Vec<String>),
    /// A block of declarations that a foreign library defines.
    ForeignBlock,
}

/// All that stands in the file at `path`, relative to the root of the repository.
pub(crate) fn read(path: &Path, code: &str) -> Vec<Found> {
    let tokens: TokenStream = code.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let in_test = path.components().any(|c| c.as_os_str() == "tests") || path.ends_with("tests.rs");
    let mut reader = Reader { found: Vec::new(), module: module_of(path), in_test };
    reader.read(tokens, &[]);
    reader.found
}

/// The module that a file is, `crate` first.
fn module_of(path: &Path) -> Vec<String> {
    let path = path.with_extension("");
    let names = path.iter().map(|name| name.to_string_lossy().into_owned());
    let inside = names.skip_while(|name| name != "src").skip(1);
    let inside = inside.filter(|name| name != "mod" && name != "lib");
    iter::once("crate".to_owned()).chain(inside).collect()
}

struct Reader {
    found: Vec<Found>,
    module: Vec<String>,
    in_test: bool,
}

impl Reader {
    /// Reads tokens; inside the braces of an import, `prefix` is the path before them.
    fn read(&mut self, tokens: TokenStream, prefix: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = &tokens[..];
        let mut for_tests = false;
        loop {
            rest = match rest {
                [] => return,
                [hash, bracket, ..]
                    if is(hash, '#') && group(bracket, Delimiter::Bracket).is_some() =>
                {
                    for_tests |= self.attribute(bracket);
                    &rest[2..]
                }
                [hash, bang, ..] if is(hash, '#') && is(bang, '!') => {
                    self.attribute(&rest[2]);
                    &rest[3..]
                }
                [mod_, TokenTree::Ident(name), body, ..] if word(mod_, "mod") => {
                    self.module(name, body, for_tests);
                    for_tests = false;
                    &rest[3..]
                }
                [extern_, after @ ..] if word(extern_, "extern") && opens_block(after) => {
                    self.add(extern_, What::ForeignBlock);
                    after
                }
                [as_, _, after @ ..] if word(as_, "as") => after,
                [dot, TokenTree::Ident(name), after @ ..] if is(dot, '.') => {
                    self.add(dot, What::Member(name.to_string()));
                    after
                }
                [TokenTree::Ident(_), ..] => self.path(rest, prefix),
                [TokenTree::Group(inner), after @ ..] => {
                    self.nested(inner.stream(), for_tests, prefix);
                    for_tests &= inner.delimiter() != Delimiter::Brace;
                    after
                }
                [semicolon, after @ ..] => {
                    for_tests &= !is(semicolon, ';');
                    after
                }
            };
        }
    }

    fn nested(&mut self, tokens: TokenStream, for_tests: bool, prefix: &[String]) {
        let outer = self.in_test;
        self.in_test |= for_tests;
        self.read(tokens, prefix);
        self.in_test = outer;
    }

    fn module(&mut self, name: &Ident, body: &TokenTree, for_tests: bool) {
        if let Some(body) = group(body, Delimiter::Brace) {
            self.module.push(name.to_string());
            self.nested(body, for_tests, &[]);
            self.module.pop();
        }
    }

    /// Whether the attribute is `cfg(test)`.
    fn attribute(&mut self, bracket: &TokenTree) -> bool {
        let Some(tokens) = group(bracket, Delimiter::Bracket) else { return false };
        let names = words(tokens.clone());
        let is_cfg_test = names == ["cfg", "test"];
        self.add(bracket, What::Attribute(names));
        self.read(tokens, &[]);
        is_cfg_test
    }

    /// Reads the path at the start of `tokens`, with all branches if it is an import; what follows it
    /// is given back.
    fn path<'a>(&mut self, tokens: &'a [TokenTree], prefix: &[String]) -> &'a [TokenTree] {
        let mut path = prefix.to_vec();
        path.push(tokens[0].to_string());
        let mut rest = &tokens[1..];
        while let [colon, second, next, after @ ..] = rest
            && is(colon, ':')
            && is(second, ':')
        {
            match next {
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Punct(star) if star.as_char() == '*' => path.push("*".to_owned()),
                TokenTree::Group(branches) if branches.delimiter() == Delimiter::Brace => {
                    self.read(branches.stream(), &path);
                    return after;
                }
                _ => break,
            }
            rest = after;
        }
        if let [bang, TokenTree::Group(_), ..] = rest
            && is(bang, '!')
        {
            self.add(&tokens[0], What::Macro(path[path.len() - 1].clone()));
        }
        let path = self.resolve(path);
        self.add(&tokens[0], What::Path(path));
        rest
    }

    fn resolve(&self, path: Vec<String>) -> Vec<String> {
        let mut base = match path[0].as_str() {
            "self" | "super" => self.module.clone(),
            _ => Vec::new(),
        };
        for name in path {
            match name.as_str() {
                "self" if !base.is_empty() => {}
                "super" if base.len() > 1 => drop(base.pop()),
                _ => base.push(name),
            }
        }
        base
    }

    fn add(&mut self, at: &TokenTree, what: What) {
        let line = at.span().start().line;
        self.found.push(Found { line, in_test: self.in_test, what });
    }
}

fn is(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn group(token: &TokenTree, delimiter: Delimiter) -> Option<TokenStream> {
    match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => Some(group.stream()),
        _ => None,
    }
}

/// Whether these tokens, which follow `extern`, are an optional ABI and a block.
fn opens_block(tokens: &[TokenTree]) -> bool {
    let after_abi = match tokens {
        [TokenTree::Literal(_), after @ ..] => after,
        all => all,
    };
    after_abi.first().is_some_and(|token| group(token, Delimiter::Brace).is_some())
}

/// All names in the tokens, at any depth.
fn words(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(name) => vec![name.to_string()],
            TokenTree::Group(group) => words(group.stream()),
            _ => Vec::new(),
        })
        .collect()
}
