//! Which file of a crate knows which: a path in an import or in code leads to the file that defines what it
//! names, and to each file whose re-export it takes on the way. Tests do not count.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};

use crate::source::{Found, What, module_of, read};

/// At most so many re-exports stand between a path and the file that defines what it names.
const REEXPORTS: usize = 8;

/// The files of a crate, and who knows whom.
pub(crate) struct Graph {
    files: Vec<File>,
    of_module: HashMap<Vec<String>, usize>,
}

struct File {
    path: PathBuf,
    module: Vec<String>,
    /// The path that each imported name stands for.
    imports: HashMap<String, Vec<String>>,
    /// The files that this one knows, and the line that says so.
    knows: BTreeMap<usize, usize>,
}

impl Graph {
    /// Of these files, paths from the root of the repository and code.
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Self {
        let (files, found): (Vec<File>, Vec<_>) =
            files.into_iter().map(|(path, code)| File::read(path, code)).unzip();
        let numbered = files.iter().enumerate();
        let of_module = numbered.map(|(number, file)| (file.module.clone(), number)).collect();
        let mut graph = Self { files, of_module };
        for (number, found) in found.iter().enumerate() {
            graph.files[number].knows = graph.known_to(number, found);
        }
        graph
    }

    fn known_to(&self, number: usize, found: &[Found]) -> BTreeMap<usize, usize> {
        let mut knows = BTreeMap::new();
        for found in found {
            let (path, is_import) = match &found.what {
                What::Path(path) => (path, false),
                What::Import { path, .. } => (path, true),
                _ => continue,
            };
            // A word by itself is a variable as well as anything.
            if path.len() < 2 && !is_import {
                continue;
            }
            for known in self.files_behind(number, path, REEXPORTS) {
                knows.entry(known).or_insert(found.line);
            }
        }
        knows.remove(&number);
        knows
    }

    /// The files that stand behind a path in a file: whose re-exports it takes, and who defines what it names.
    fn files_behind(&self, number: usize, path: &[String], reexports: usize) -> Vec<usize> {
        let file = &self.files[number];
        let child = [&file.module[..], &path[..1]].concat();
        if path[0] == "crate" {
            self.files_from_root(path, reexports)
        } else if self.of_module.contains_key(&child) {
            self.files_from_root(&[&child[..], &path[1..]].concat(), reexports)
        } else if let Some(import) = file.imports.get(&path[0])
            && reexports > 0
            && *import != path
        {
            self.files_behind(number, &[import, &path[1..]].concat(), reexports - 1)
        } else {
            Vec::new()
        }
    }

    fn files_from_root(&self, path: &[String], reexports: usize) -> Vec<usize> {
        let is_module = |length: &usize| self.of_module.contains_key(&path[..*length]);
        let Some(module) = (1..=path.len()).rev().find(is_module) else { return Vec::new() };
        let number = self.of_module[&path[..module]];
        let mut files = vec![number];
        if let Some(name) = path.get(module)
            && let Some(import) = self.files[number].imports.get(name)
            && reexports > 0
        {
            let path = [import, &path[module + 1..]].concat();
            files.extend(self.files_behind(number, &path, reexports - 1));
        }
        files
    }

    /// Files that know one another in a circle, file by file: for each file that is in one the shortest, but for
    /// those that were named already.
    pub(crate) fn circles(&self) -> Vec<String> {
        let mut named = BTreeSet::new();
        let mut circles = Vec::new();
        for start in 0..self.files.len() {
            if !named.contains(&start)
                && let Some(circle) = self.way_back_to(start)
            {
                named.extend(circle.iter().copied());
                circles.push(self.describe(&circle));
            }
        }
        circles
    }

    /// The shortest way from a file back to itself, which is its first and its last.
    fn way_back_to(&self, start: usize) -> Option<Vec<usize>> {
        let mut comes_from = HashMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(file) = next.pop_front() {
            for &known in self.files[file].knows.keys() {
                if comes_from.contains_key(&known) {
                    continue;
                }
                comes_from.insert(known, file);
                next.push_back(known);
            }
        }
        let mut way = vec![start, *comes_from.get(&start)?];
        while way[way.len() - 1] != start {
            way.push(comes_from[&way[way.len() - 1]]);
        }
        way.reverse();
        Some(way)
    }

    fn describe(&self, circle: &[usize]) -> String {
        let mut files: Vec<String> = circle
            .windows(2)
            .map(|pair| {
                let file = &self.files[pair[0]];
                format!("{}:{}", file.path.display(), file.knows[&pair[1]])
            })
            .collect();
        files.push(self.files[circle[0]].path.display().to_string());
        files.join(" -> ")
    }

    /// Every file in one of these folders that knows a file of a later one.
    pub(crate) fn uphill(&self, folders: &[&str]) -> Vec<String> {
        let rank = |file: &File| folders.iter().position(|folder| file.path.starts_with(folder));
        let mut found = Vec::new();
        for file in &self.files {
            for (&known, line) in &file.knows {
                let known = &self.files[known];
                if let (Some(own), Some(other)) = (rank(file), rank(known))
                    && own < other
                {
                    let (path, known) = (file.path.display(), known.path.display());
                    found.push(format!("{path}:{line}: {} may not know {known}", folders[own]));
                }
            }
        }
        found
    }
}

impl File {
    /// The file, and all that stands in it outside of tests.
    fn read(path: &Path, code: &str) -> (Self, Vec<Found>) {
        let mut found = read(path, code);
        found.retain(|found| !found.in_test);
        let imports = found.iter().filter_map(|found| match &found.what {
            What::Import { path, name } => Some((name.clone(), path.clone())),
            _ => None,
        });
        let imports = imports.collect();
        let file = Self {
            path: path.to_owned(),
            module: module_of(path),
            imports,
            knows: BTreeMap::new(),
        };
        (file, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        Graph::of(files.iter().map(|(path, code)| (Path::new(*path), *code)))
    }

    #[track_caller]
    fn no_circle(files: &[(&str, &str)]) {
        assert_eq!(graph(files).circles(), [""; 0]);
    }

    #[track_caller]
    fn one_circle(files: &[(&str, &str)], circle: &str) {
        assert_eq!(graph(files).circles(), [circle]);
    }

    #[test]
    fn files_that_know_one_another_are_found() {
        let circle = "src/a.rs:1 -> src/b.rs:1 -> src/a.rs";
        for code in [
            "use crate::a::A;",
            "use super::a::A;",
            "use super::a;",
            "use super::{c::C, a::{self, A}};",
            "pub(crate) use super::a::*;",
            "fn f() -> super::a::A { g() }",
            "struct B(Vec<crate::a::A>);",
            "a_macro!(super::a::f());",
            "mod inner { use super::super::a::A; }",
            "fn f() { g(B { x: 1, ..crate::a::b() }) }",
            "fn f() { g(1 as super::a::A) }",
            "fn f() { <super::a::A as Into<u8>>::into(g()) }",
        ] {
            one_circle(&[("src/a.rs", "use crate::b::B;"), ("src/b.rs", code)], circle);
        }
    }

    #[test]
    fn a_long_circle_is_found_and_told_file_by_file() {
        let files = [
            ("src/a.rs", "\nuse super::b::B;"),
            ("src/b.rs", "use super::{c::C, d::D};"),
            ("src/c.rs", "use super::d;\nuse super::a::A;"),
            ("src/d.rs", ""),
        ];
        one_circle(&files, "src/a.rs:2 -> src/b.rs:1 -> src/c.rs:2 -> src/a.rs");
    }

    #[test]
    fn two_circles_are_told_apart() {
        let files = [
            ("src/a.rs", "use super::b;"),
            ("src/b.rs", "use super::a;"),
            ("src/c.rs", "use super::d;"),
            ("src/d.rs", "use super::c;"),
        ];
        assert_eq!(graph(&files).circles().len(), 2);
    }

    #[test]
    fn files_that_know_one_another_one_way_are_no_circle() {
        no_circle(&[
            ("src/a.rs", "use crate::{b::B, c::C};"),
            ("src/b.rs", "use crate::c::C;"),
            ("src/c.rs", ""),
        ]);
        no_circle(&[
            ("src/a.rs", "use std::b; fn f(b: u8) { b.a; }"),
            ("src/b.rs", "use crate::a; // b"),
        ]);
        no_circle(&[("src/a.rs", "pub(in crate::b) fn f() {}"), ("src/b.rs", "use crate::a;")]);
    }

    #[test]
    fn what_tests_know_is_no_circle() {
        for code in [
            "#[cfg(test)] use super::a::A;",
            "#[cfg(test)]\nmod tests { use super::super::a::A; }",
            "#[cfg(test)] fn f(_: super::a::A) {}",
        ] {
            no_circle(&[("src/a.rs", "use crate::b::B;"), ("src/b.rs", code)]);
        }
        let code = "#[cfg(test)] use super::c::C;\nuse super::a::A;";
        let files = [("src/a.rs", "use crate::b::B;"), ("src/b.rs", code), ("src/c.rs", "")];
        one_circle(&files, "src/a.rs:1 -> src/b.rs:2 -> src/a.rs");
        no_circle(&[("src/x/mod.rs", "mod tests;"), ("src/x/tests.rs", "use super::*;")]);
    }

    #[test]
    fn a_folder_whose_file_takes_from_its_mod_rs_is_found() {
        let circle = "src/x/mod.rs:1 -> src/x/a.rs:1 -> src/x/mod.rs";
        for code in ["use super::X;", "use crate::x::X;", "use super::{X as Y};"] {
            for folder in ["pub(crate) use a::A; struct X;", "mod a; struct X(a::A);"] {
                one_circle(&[("src/x/mod.rs", folder), ("src/x/a.rs", code)], circle);
            }
        }
        no_circle(&[
            ("src/x/mod.rs", "mod a; mod b; use a::A;"),
            ("src/x/a.rs", "use super::b::B;"),
            ("src/x/b.rs", ""),
        ]);
        one_circle(
            &[
                ("src/lib.rs", "pub use a::A; pub use b::B;"),
                ("src/a.rs", ""),
                ("src/b.rs", "use crate::A;"),
            ],
            "src/lib.rs:1 -> src/b.rs:1 -> src/lib.rs",
        );
    }

    /// A file that names an item at its folder knows the folder and the file that defines it.
    #[test]
    fn a_re_export_leads_to_the_file_that_defines() {
        let folder = ("src/x/mod.rs", "mod inner; pub(crate) use inner::{A, f as g};");
        for code in ["use crate::x::A;", "use super::x::g;", "use super::x; fn f() { x::g() }"] {
            let graph =
                graph(&[("src/b.rs", code), folder, ("src/x/inner.rs", "use crate::b::B;")]);
            let direct = "src/b.rs:1 -> src/x/inner.rs:1 -> src/b.rs";
            assert!(graph.circles().contains(&direct.to_owned()), "{:?}", graph.circles());
            no_circle(&[("src/b.rs", code), folder, ("src/x/inner.rs", "")]);
        }
    }

    #[test]
    fn a_folder_that_knows_a_later_one_is_found() {
        let files = [
            ("src/sys/a.rs", "\nuse crate::wire::W;"),
            ("src/wire/mod.rs", "use crate::{sys::a::A, loose::L};"),
            ("src/loose.rs", "use crate::{sys::a::A, wire::W};"),
        ];
        let graph = graph(&files);
        let wrong = "src/sys/a.rs:2: src/sys may not know src/wire/mod.rs";
        assert_eq!(graph.uphill(&["src/sys", "src/wire"]), [wrong]);
        assert_eq!(graph.uphill(&["src/sys", "src/other"]), [""; 0]);
    }
}
