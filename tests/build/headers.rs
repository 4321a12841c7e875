//! The declarations in `ffi.rs`, by hand, are those of the headers of the PHP at hand. Where they are not, a flag is
//! read from bytes that nobody has set, or a field from beside it, and no compiler notices.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use server_tests::binary;
use server_tests::site::Site;

use crate::root;

const HEADERS: &str = "\
#include \"php.h\"
#include \"SAPI.h\"
#include \"php_main.h\"
#include \"php_output.h\"
#include \"php_ini.h\"
#include \"zend_exceptions.h\"
";

/// The fields of `OutputHandler`, and what PHP calls them.
const OUTPUT_HANDLER: [(&str, &str); 7] = [
    ("name", "name"),
    ("flags", "flags"),
    ("level", "level"),
    ("chunk_size", "size"),
    ("data", "buffer.data"),
    ("data_size", "buffer.size"),
    ("data_used", "buffer.used"),
];

/// Functions by name, as `(types of the arguments) -> type`.
type Functions = BTreeMap<String, String>;

#[test]
fn every_function_is_declared_as_in_the_headers() {
    let mut declared = functions_of(&ffi(), "pub(crate) fn ", kind_in_rust);
    assert!(declared.len() > 20, "where are the others? {declared:?}");
    if binary::php_is_before(8, 4) {
        // An `int` that is 0 or 1 then: its low byte is the `bool`.
        let started = declared.get_mut("php_output_handler_started").unwrap();
        *started = started.replace("bool", "i32");
    }
    let mut headers = functions_of(&functions_in_the_headers(), "extern ", kind_in_c);
    headers.retain(|name, _| declared.contains_key(name));
    assert_eq!(declared, headers);
}

#[test]
fn every_constant_and_field_is_that_of_the_headers() {
    let constants = constants(&ffi());
    assert!(constants.len() > 5, "where are the others? {constants:?}");
    compile(&[], &format!("{HEADERS}{}{}", constants.join(""), output_handler(&ffi())));
}

/// The declarations that are compiled for this PHP.
fn ffi() -> String {
    let read = |file| fs::read_to_string(root().join(file)).unwrap();
    let source = ["src/zend/ffi.rs", "src/sapi/ffi.rs"].map(read).concat();
    let holds = |condition: &str| match condition {
        "php86" => !binary::php_is_before(8, 6),
        "not(php86)" => binary::php_is_before(8, 6),
        other => panic!("what is {other}?"),
    };
    let mut items = Vec::new();
    for item in source.split_inclusive(";\n") {
        let (before, after) = item.split_once("#[cfg(").unwrap_or((item, ""));
        match after.split_once(")]\n") {
            Some((condition, _)) if !holds(condition) => {}
            Some((_, conditional)) => items.push(format!("{before}{conditional}")),
            None => items.push(renamed(item, holds)),
        }
    }
    items.concat()
}

/// A declaration under the name that is looked for when it is linked.
fn renamed(item: &str, holds: impl Fn(&str) -> bool) -> String {
    let Some((_, after)) = item.split_once("#[cfg_attr(") else { return item.to_owned() };
    let (condition, after) = after.split_once(", link_name = \"").unwrap();
    let (name, declaration) = after.split_once("\")]").unwrap();
    let (start, arguments) = declaration.split_once('(').unwrap();
    let (visibility, arguments) = arguments.split_once('(').unwrap();
    assert_eq!((start.trim(), visibility.split(')').next()), ("pub", Some("crate")));
    let ours = visibility.rsplit(' ').next().unwrap();
    format!("pub(crate) fn {}({arguments}", if holds(condition) { name } else { ours })
}

fn functions_in_the_headers() -> String {
    let site = Site::new();
    let listed = site.path("functions");
    compile(&["-aux-info", &listed.display().to_string()], HEADERS);
    fs::read_to_string(listed).unwrap()
}

/// Has C compiled, which makes nothing.
fn compile(options: &[&str], source: &str) {
    let config = Command::new(binary::php_config()).arg("--includes").output().unwrap();
    let includes = String::from_utf8(config.stdout).unwrap();
    let site = Site::new().file("headers.c", source);
    let output = Command::new("gcc")
        .args(["-fsyntax-only"])
        .args(options)
        .args(includes.split_whitespace())
        .arg(site.path("headers.c"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The functions that are declared behind `keyword`, with the kinds of their types.
fn functions_of(source: &str, keyword: &str, kind: impl Fn(&str, &str) -> String) -> Functions {
    let declarations = source.split(keyword).skip(1).filter_map(|rest| rest.split_once(';'));
    let functions = declarations.filter_map(|(declaration, _)| {
        let (start, rest) = declaration.split_once('(')?;
        let (arguments, end) = rest.rsplit_once(')')?;
        // Rust has the answer at the end, C at the start, with the pointer's star at the name.
        let name = start.trim().rsplit([' ', '*']).next()?;
        let answer = end.trim().strip_prefix("->").unwrap_or(start.trim().strip_suffix(name)?);
        let arguments = arguments.split(',').map(str::trim);
        let arguments = arguments.filter(|argument| !["", "void"].contains(argument));
        let arguments: Vec<String> = arguments.map(|argument| kind(source, argument)).collect();
        let signature = format!("({}) -> {}", arguments.join(", "), kind(source, answer));
        Some((name.to_owned(), signature))
    });
    functions.collect()
}

fn kind_in_rust(source: &str, type_: &str) -> String {
    let type_ = type_.rsplit(": ").next().unwrap_or(type_).trim();
    let alias = format!("type {type_} = ");
    if let Some((_, aliased)) = source.split_once(&alias) {
        return kind_in_rust(source, aliased.split(';').next().unwrap());
    }
    match type_ {
        pointer if pointer.starts_with('*') => "pointer",
        "" | "!" => "nothing",
        "c_int" => "i32",
        "c_uint" => "u32",
        "usize" => "u64",
        "c_double" => "f64",
        other => other,
    }
    .to_owned()
}

fn kind_in_c(_: &str, type_: &str) -> String {
    match type_.trim() {
        pointer if pointer.contains('*') => "pointer",
        "void" => "nothing",
        "int" | "zend_result" => "i32",
        "uint32_t" => "u32",
        "size_t" => "u64",
        "zend_long" => "i64",
        "double" => "f64",
        "_Bool" => "bool",
        other => other,
    }
    .to_owned()
}

/// These assertions must hold in C: a constant's comment begins with its name there.
fn constants(source: &str) -> Vec<String> {
    let commented = source.split("/// `").skip(1).filter_map(|rest| {
        let (theirs, rest) = rest.split_once('`')?;
        let (_, item) = rest.split_once('\n')?;
        let (name, value) = item.strip_prefix("pub(crate) const ")?.split_once(" = ")?;
        let ours = value.split(';').next()?.replace('_', "");
        Some(format!("_Static_assert(({theirs}) == ({ours}), \"{name}\");\n"))
    });
    commented.collect()
}

/// The structure as Rust has it, in C, and what must hold of it.
fn output_handler(source: &str) -> String {
    let (_, fields) = source.split_once("struct OutputHandler {").unwrap();
    let fields = fields.split('}').next().unwrap().split(',').map(str::trim);
    let fields = fields.filter_map(|field| field.strip_prefix("pub(crate) ")?.split_once(": "));
    let fields = fields.map(|(name, type_)| match kind_in_rust(source, type_).as_str() {
        "pointer" => format!("void *{name};"),
        "i32" => format!("int {name};"),
        "u64" => format!("size_t {name};"),
        other => panic!("what is {other} in C?"),
    });
    let mut lines = vec![format!("struct ours {{ {} }};", fields.collect::<String>())];
    lines.extend(OUTPUT_HANDLER.map(|(ours, theirs)| {
        let same = |what: &str| {
            format!("{what}(struct ours, {ours}) == {what}(php_output_handler, {theirs})")
        };
        format!("_Static_assert({}, \"{ours}\");", same("offsetof"))
    }));
    lines.join("\n")
}
