//! Reads a Rust file, as far as the rules ask for it, from its tokens, so that comments and
//! strings do not count, and what stands in macros does.

use std::iter;
use std::path::Path;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// Something that stands in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) line: usize,
    /// True if it is compiled for tests only.
    pub(crate) in_test: bool,
    pub(crate) what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A name or a path, in an import or anywhere else; `self` and `super` are resolved.
    Path(Vec<String>),
    /// A path that is imported, once more, and the name that it has from there on.
    Import { path: Vec<String>, name: String },
    /// A field or a method that something is asked for.
    Member(String),
    /// A macro that is called, by its last name.
    Macro(String),
    /// The names in an attribute.
    Attribute(Vec<String>),
    /// A block of declarations that a foreign library defines.
    ForeignBlock,
    /// A function that has a body, and how many lines it takes from `fn` to the closing brace.
    Function { name: String, lines: usize },
    /// A module that is another file.
    ModuleFile(String),
}

/// All that stands in the file at `path`, relative to the root of the repository.
pub(crate) fn read(path: &Path, code: &str) -> Vec<Found> {
    let tokens: TokenStream = code.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let in_test = path.components().any(|c| c.as_os_str() == "tests") || path.ends_with("tests.rs");
    let module = module_of(path);
    let mut reader = Reader { found: Vec::new(), module, in_test, in_import: false };
    reader.read(tokens, &[]);
    reader.found
}

/// The module that a file is, `crate` first.
pub(crate) fn module_of(path: &Path) -> Vec<String> {
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
    in_import: bool,
}

impl Reader {
    /// Reads tokens; inside the braces of an import, `prefix` is the path before them.
    fn read(&mut self, tokens: TokenStream, prefix: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let outer = self.in_test;
        let mut rest = &tokens[..];
        while !rest.is_empty() {
            let after = self.attribute(rest).unwrap_or_else(|| self.item(rest, prefix));
            let last = &rest[rest.len() - after.len() - 1];
            self.in_import &= !is(last, ';');
            if is(last, ';') || group(last, Delimiter::Brace).is_some() {
                self.in_test = outer;
            }
            rest = after;
        }
        self.in_test = outer;
    }

    /// Reads the attribute at the start of `tokens`, if there is one; what follows it is given back.
    fn attribute<'a>(&mut self, tokens: &'a [TokenTree]) -> Option<&'a [TokenTree]> {
        let (bracket, after) = match tokens {
            [hash, bang, bracket, after @ ..] if is(hash, '#') && is(bang, '!') => (bracket, after),
            [hash, bracket, after @ ..] if is(hash, '#') => (bracket, after),
            _ => return None,
        };
        let tokens = group(bracket, Delimiter::Bracket)?;
        let names = words(tokens.clone());
        self.in_test |= names == ["cfg", "test"];
        self.add(bracket, What::Attribute(names));
        self.read(tokens, &[]);
        Some(after)
    }

    /// Reads whatever else is at the start of `tokens`; what follows it is given back.
    fn item<'a>(&mut self, tokens: &'a [TokenTree], prefix: &[String]) -> &'a [TokenTree] {
        match tokens {
            [mod_, TokenTree::Ident(name), body, after @ ..] if word(mod_, "mod") => {
                self.module(name, body);
                after
            }
            [extern_, after @ ..] if word(extern_, "extern") && opens_block(after) => {
                self.add(extern_, What::ForeignBlock);
                after
            }
            [fn_, TokenTree::Ident(name), after @ ..] if word(fn_, "fn") => {
                self.function(fn_, name, after);
                after
            }
            [pub_, scope, after @ ..] if word(pub_, "pub") && is_scope(scope) => after,
            [use_, after @ ..]
                if word(use_, "use") && !after.first().is_some_and(|t| is(t, '<')) =>
            {
                self.in_import = true;
                after
            }
            [as_, _, after @ ..] if self.in_import && word(as_, "as") => after,
            [dot, second, after @ ..] if is(dot, '.') && is(second, '.') => after,
            [dot, TokenTree::Ident(name), after @ ..] if is(dot, '.') => {
                self.add(dot, What::Member(name.to_string()));
                after
            }
            [TokenTree::Ident(_), ..] => self.path(tokens, prefix),
            [TokenTree::Group(inner), after @ ..] => {
                self.read(inner.stream(), prefix);
                after
            }
            [_, after @ ..] => after,
            [] => tokens,
        }
    }

    fn module(&mut self, name: &Ident, body: &TokenTree) {
        if let Some(body) = group(body, Delimiter::Brace) {
            self.module.push(name.to_string());
            self.read(body, &[]);
            self.module.pop();
        } else {
            self.add(body, What::ModuleFile(name.to_string()));
        }
    }

    /// A declaration without a body is none.
    fn function(&mut self, fn_: &TokenTree, name: &Ident, after: &[TokenTree]) {
        let mut signature = after.iter().take_while(|token| !is(token, ';'));
        let body = signature.find(|token| group(token, Delimiter::Brace).is_some());
        if let Some(body) = body {
            let lines = body.span().end().line - fn_.span().start().line + 1;
            self.add(fn_, What::Function { name: name.to_string(), lines });
        }
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
        if self.in_import {
            let name = match rest {
                [as_, TokenTree::Ident(name), ..] if word(as_, "as") => name.to_string(),
                _ => path[path.len() - 1].clone(),
            };
            self.add(&tokens[0], What::Import { path: path.clone(), name });
        }
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

/// True if it says how far something is public, as in `pub(crate)`.
fn is_scope(token: &TokenTree) -> bool {
    let scope = group(token, Delimiter::Parenthesis).map(words).unwrap_or_default();
    scope.first().is_some_and(|word| ["crate", "super", "self", "in"].contains(&word.as_str()))
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

/// True if these tokens, which follow `extern`, are an optional ABI and a block.
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
