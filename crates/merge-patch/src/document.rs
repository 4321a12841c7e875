//! A document, taken apart: what has members is looked into, everything else stays text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use super::string::unescaped;

/// How deep arrays and objects may be nested: as PHP's `json_encode()` has it.
pub const MAX_DEPTH: usize = 512;

/// Why a text is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotADocument {
    /// It is no JSON (RFC 8259).
    NotJson,
    /// It is nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl fmt::Display for NotADocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("must be JSON"),
            Self::TooDeep => write!(f, "must be nested at most {MAX_DEPTH} levels deep"),
        }
    }
}

impl std::error::Error for NotADocument {}

/// A value, with the text that it was.
#[derive(Debug)]
pub(crate) struct Value<'a> {
    pub(crate) text: &'a str,
    pub(crate) kind: Kind<'a>,
}

/// The kinds of values that are compared in a way of their own.
#[derive(Debug)]
pub(crate) enum Kind<'a> {
    Null,
    /// A number, true or false.
    Atom,
    String,
    Array(Vec<Value<'a>>),
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    pub(crate) fn object(&self) -> Option<&Object<'a>> {
        match &self.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// True if both mean the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        if self.text == other.text {
            return true;
        }
        match (&self.kind, &other.kind) {
            (Kind::String, Kind::String) => unescaped(self.text) == unescaped(other.text),
            (Kind::Array(own), Kind::Array(others)) => {
                own.len() == others.len() && own.iter().zip(others).all(|(a, b)| a.is_same(b))
            }
            (Kind::Object(own), Kind::Object(others)) => own.is_same(others),
            _ => false,
        }
    }
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    /// Its name as it is written, in quotes.
    pub(crate) key: &'a str,
    /// Its name.
    pub(crate) name: Cow<'a, [u8]>,
    pub(crate) value: Value<'a>,
}

/// The members of an object, one of each name.
#[derive(Debug, Default)]
pub(crate) struct Object<'a> {
    members: Vec<Member<'a>>,
    /// Where each name is, once there are so many that a search takes longer. Most objects have few, and no map.
    #[expect(
        clippy::box_collection,
        reason = "a document has many objects, each as large as this"
    )]
    places: Option<Box<HashMap<Cow<'a, [u8]>, usize>>>,
}

impl<'a> Object<'a> {
    /// The number of members that are searched one by one.
    const FEW: usize = 16;

    pub(crate) fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    pub(crate) fn add(&mut self, key: &'a str, value: Value<'a>) {
        let name = unescaped(key);
        if let Some(place) = self.place(&name) {
            self.members[place].value = value;
            return;
        }
        self.members.push(Member { key, name, value });
        if self.members.len() > Self::FEW {
            let places = self.places.get_or_insert_default();
            let new = self.members.iter().enumerate().skip(places.len());
            places.extend(new.map(|(place, member)| (member.name.clone(), place)));
        }
    }

    /// Returns the member of that name. `likely` is where it is looked for first.
    pub(crate) fn get(&self, name: &[u8], likely: usize) -> Option<&Member<'a>> {
        let first = self.members.get(likely).filter(|member| *member.name == *name);
        first.or_else(|| self.members.get(self.place(name)?))
    }

    fn place(&self, name: &[u8]) -> Option<usize> {
        if let Some(places) = &self.places {
            return places.get(name).copied();
        }
        self.members.iter().position(|member| *member.name == *name)
    }

    fn is_same(&self, other: &Self) -> bool {
        let has = |(place, member): (usize, &Member)| {
            other.get(&member.name, place).is_some_and(|others| member.value.is_same(&others.value))
        };
        self.members.len() == other.members.len() && self.members.iter().enumerate().all(has)
    }
}
