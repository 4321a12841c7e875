//! Pages in Markdown: their fenced blocks, with what the info strings say; headings and links.

/// A fenced block of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its fence, from 1.
    pub line: usize,
    /// The first word of its info string; empty where there is none.
    pub language: String,
    /// The other words: `run` is a name, `file=a.php` a name and a value.
    pub attributes: Vec<(String, String)>,
    /// Its lines, each with its end.
    pub text: String,
}

impl Block {
    /// The value of an attribute; empty if it is only a name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// All fenced blocks of a page, also those that an HTML comment hides from readers.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some((indent, fence, info)) = fence(line) else { continue };
        let mut text = String::new();
        for (_, line) in lines.by_ref() {
            if line.trim().starts_with(fence) && line.trim().trim_matches('`').is_empty() {
                break;
            }
            text += line.get(indent..).unwrap_or_else(|| line.trim_start());
            text.push('\n');
        }
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default().to_owned();
        let attribute = |word: &str| {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            (name.to_owned(), value.to_owned())
        };
        blocks.push(Block {
            line: number + 1,
            language,
            attributes: words.map(attribute).collect(),
            text,
        });
    }
    blocks
}

/// The indent of a fence, the fence, and its info string.
fn fence(line: &str) -> Option<(usize, &str, &str)> {
    let rest = line.trim_start();
    let length = rest.len() - rest.trim_start_matches('`').len();
    let (fence, info) = rest.split_at(length);
    (length >= 3 && !info.contains('`')).then_some((line.len() - rest.len(), fence, info))
}

/// The lines of a page that stand in no fenced block, each with its number.
fn unfenced(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = None;
    let mut is_outside = move |line: &str| {
        match (inside, fence(line)) {
            (None, Some((_, fence, _))) => inside = Some(fence.len()),
            (Some(length), Some((_, fence, ""))) if fence.len() >= length => inside = None,
            (None, None) => return true,
            (Some(_), _) => {}
        }
        false
    };
    let numbered = page.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(move |(_, line)| is_outside(line))
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("``")
}

/// A link to somewhere, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The line, from 1.
    pub line: usize,
    /// A URL, a path, an `#anchor`, or both of these.
    pub target: String,
}

/// The links of a page: `[text](target)`, `src="target"` and `href="target"`.
pub fn links(page: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (line, text) in unfenced(page) {
        let text = without_code(text);
        for (opening, closing) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
            for rest in text.split(opening).skip(1) {
                let target = rest.split([closing, ' ']).next().unwrap_or_default();
                links.push(Link { line, target: target.to_owned() });
            }
        }
    }
    links
}

/// The anchors of a page's headings, as GitHub makes them, and those that are written as `<a id="...">`.
pub fn anchors(page: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for (_, line) in unfenced(page) {
        anchors.extend(anchors_of(line, &anchors));
    }
    anchors
}

fn anchors_of(line: &str, before: &[String]) -> Vec<String> {
    let ids = line.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut found: Vec<String> = ids.map(str::to_owned).collect();
    let level = line.len() - line.trim_start_matches('#').len();
    if let Some(title) = line[level..].strip_prefix(' ').filter(|_| (1..=6).contains(&level)) {
        let slug = slug(title);
        let same = |anchor: &&String| {
            anchor.strip_prefix(&slug).is_some_and(|rest| {
                rest.is_empty() || rest.strip_prefix('-').is_some_and(|n| n.parse::<u32>().is_ok())
            })
        };
        found.push(match before.iter().filter(same).count() {
            0 => slug,
            count => format!("{slug}-{count}"),
        });
    }
    found
}

/// Lower case, spaces become hyphens, and what is no letter, digit, hyphen or underscore goes.
fn slug(title: &str) -> String {
    let text = without_links(title.trim());
    let kept = |char: &char| char.is_alphanumeric() || " -_".contains(*char);
    text.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// `[text](target)` becomes `text`.
fn without_links(title: &str) -> String {
    let mut parts = title.split("](");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += part.split_once(')').map_or(part, |(_, rest)| rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A page\n\nSee [it](other.md#there), `[not](this.md)`.\n\n\
        ```php file=a.php run\n<?php\n# [no](link)\n```\n\n<!--\n```sh\nls\n```\n-->\n\n\
        ## `send()`, and more\n\n## [Linked](x.md) twice\n\n- item\n\n  ````text\n  ```\n  ````\n\n## A page\n";

    #[test]
    fn blocks_are_read_with_their_attributes() {
        let found = blocks(PAGE);
        let shown: Vec<_> =
            found.iter().map(|b| (b.line, b.language.as_str(), b.text.as_str())).collect();
        assert_eq!(
            shown,
            [(5, "php", "<?php\n# [no](link)\n"), (11, "sh", "ls\n"), (22, "text", "```\n")]
        );
        assert_eq!(found[0].attribute("file"), Some("a.php"));
        assert_eq!(found[0].attribute("run"), Some(""));
        assert_eq!(found[0].attribute("skip"), None);
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let targets: Vec<_> =
            links(PAGE).into_iter().map(|link| (link.line, link.target)).collect();
        assert_eq!(targets, [(3, "other.md#there".to_owned()), (18, "x.md".to_owned())]);
    }

    #[test]
    fn anchors_are_those_of_github() {
        assert_eq!(anchors(PAGE), ["a-page", "send-and-more", "linked-twice", "a-page-1"]);
        assert_eq!(anchors("## Moving `a` to B: 2 × C\n"), ["moving-a-to-b-2--c"]);
    }
}
