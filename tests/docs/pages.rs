//! The pages of the documentation: README.md, those of `docs/`, and the packages' own.

use std::fs;
use std::path::{Path, PathBuf};

use server_tests::markdown::{Block, blocks};
use walkdir::WalkDir;

/// A page, by its path from the root of the repository.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn blocks(&self) -> Vec<Block> {
        blocks(&self.text)
    }

    /// Asserts that a test which is said to run a block knows this page.
    #[track_caller]
    pub(crate) fn is_run_by(&self, test: &str, line: usize) {
        let name = Path::new(&self.name).file_name().unwrap().to_str().unwrap();
        let code =
            files(&root().join(test)).map(|file| fs::read_to_string(file).unwrap_or_default());
        let knows = code.into_iter().any(|code| code.contains(name));
        assert!(knows, "{}:{line}: nothing in {test} names {name}", self.name);
    }
}

/// Where whoever uses the project reads.
pub(crate) fn all() -> Vec<Page> {
    let of_packages = |path: &Path| path.file_name().is_some_and(|name| name == "README.md");
    let packages = markdown("packages").into_iter().filter(|path| of_packages(path));
    let paths = [root().join("README.md")].into_iter().chain(markdown("docs")).chain(packages);
    paths.map(|path| page(&path)).collect()
}

/// Every page in the repository.
pub(crate) fn everywhere() -> Vec<Page> {
    markdown("").iter().map(|path| page(path)).collect()
}

fn page(path: &Path) -> Page {
    let text = fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    Page { name, text }
}

fn markdown(folder: &str) -> Vec<PathBuf> {
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let mut pages: Vec<PathBuf> = files(&root().join(folder)).filter(is_page).collect();
    pages.sort();
    pages
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let is_ours = |name: &str| {
        !name.starts_with('.') && !["target", "node_modules", "vendor"].contains(&name)
    };
    WalkDir::new(folder)
        .into_iter()
        .filter_entry(move |entry| {
            entry.depth() == 0 || entry.file_name().to_str().is_some_and(is_ours)
        })
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.is_file())
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
