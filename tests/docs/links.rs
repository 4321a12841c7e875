//! Links, anchors and the index of the documentation.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use server_tests::markdown::{anchors, links};

use crate::pages::{Page, everywhere, root};

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// What is wrong with the links of a page.
fn broken(page: &Page, anchors: &HashMap<String, Vec<String>>) -> Vec<String> {
    let folder = Path::new(&page.name).parent().unwrap();
    let is_elsewhere = |target: &str| target.contains("://") || target.starts_with("mailto:");
    let own = links(&page.text).into_iter().filter(|link| !is_elsewhere(&link.target));
    let wrong = own.filter_map(|link| {
        let (path, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
        let file =
            if path.is_empty() { page.name.clone().into() } else { normal(&folder.join(path)) };
        let known = anchors.get(file.to_str().unwrap());
        let why = if !root().join(&file).exists() {
            "there is no such file"
        } else if !anchor.is_empty()
            && known.is_some_and(|known| !known.iter().any(|a| a == anchor))
        {
            "that page has no such heading"
        } else {
            return None;
        };
        Some(format!("{}:{}: {}: {why}", page.name, link.line, link.target))
    });
    wrong.collect()
}

#[test]
fn every_link_leads_somewhere() {
    let pages = everywhere();
    let anchors: HashMap<_, _> =
        pages.iter().map(|page| (page.name.clone(), anchors(&page.text))).collect();
    let broken: Vec<String> = pages.iter().flat_map(|page| broken(page, &anchors)).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn the_index_names_every_page() {
    let pages = everywhere();
    let index = pages.iter().find(|page| page.name == "docs/README.md").unwrap();
    let linked: Vec<String> = links(&index.text)
        .into_iter()
        .map(|link| normal(&Path::new("docs").join(link.target)).display().to_string())
        .collect();
    let is_doc = |page: &&Page| page.name.starts_with("docs/") && page.name != "docs/README.md";
    let missing: Vec<&str> = pages
        .iter()
        .filter(is_doc)
        .map(|page| page.name.as_str())
        .filter(|name| !linked.iter().any(|linked| linked == name))
        .collect();
    assert!(missing.is_empty(), "docs/README.md names none of {missing:?}");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let text = "[a](hub.md) [b](gone.md) [c](#there) [d](#gone) [e](hub.md#gone) [f](https://x.org/gone)\n\n## There\n";
    let page = Page { name: "docs/README.md".to_owned(), text: text.to_owned() };
    let anchors =
        HashMap::from([(page.name.clone(), anchors(text)), ("docs/hub.md".to_owned(), vec![])]);
    let found: Vec<_> = broken(&page, &anchors);
    assert_eq!(
        found,
        [
            "docs/README.md:1: gone.md: there is no such file",
            "docs/README.md:1: #gone: that page has no such heading",
            "docs/README.md:1: hub.md#gone: that page has no such heading",
        ]
    );
}
