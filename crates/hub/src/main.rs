//! The command line of `sse-hub`.
//!
//! # Layout
//!
//! * `command_error`: the error type of the commands

mod command_error;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub::{Config, USAGE, launch, serve};
use hub_protocol::location::{REDIS_VARIABLE, default_socket, others, own_sockets};
use hub_protocol::{Client, Reply, Request, redis_name};
use lexopt::{Arg, Parser, ValueExt};
use redis_log::Settings;

use crate::command_error::CommandError;

/// The text of `sse-hub --version`.
const VERSION: &str = concat!("sse-hub ", env!("CARGO_PKG_VERSION"), "\n");

/// The time that a hub has to reply.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(io::stderr(), "sse-hub: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The parsed command line.
enum CommandLine {
    /// It asks for a text.
    Text(&'static str),
    Command(Box<Asked>),
}

/// A command, and its options.
struct Asked {
    command: String,
    config: Config,
    /// True if `--socket` names the hub.
    named: bool,
    /// True if every hub is meant.
    all: bool,
    json: bool,
}

fn run() -> Result<(), CommandError> {
    let asked = match parse(Parser::from_env()).map_err(CommandError::Usage)? {
        CommandLine::Text(text) => return print(text),
        CommandLine::Command(asked) => asked,
    };
    if asked.all {
        return tell_all(if asked.command == "stop" { stop } else { upgrade });
    }
    let socket = find_hub(&asked)?;
    let socket = socket.as_path();
    match asked.command.as_str() {
        "serve" => {
            let url = redis_url();
            let redis = url.as_deref().map(|url| redis(url, &asked.config)).transpose()?;
            let redis_name = url.as_deref().map(redis_name);
            serve(Config { redis, redis_name, ..asked.config }).map_err(CommandError::Start)
        }
        "launch" => {
            redis_url().as_deref().map(|url| redis(url, &asked.config)).transpose()?;
            let arguments: Vec<OsString> = env::args_os().skip(2).collect();
            launch(socket, &arguments).map_err(CommandError::Start)
        }
        "status" => print(&status(socket, asked.json)?),
        "metrics" => print(&metrics(socket)?),
        "top" => top(socket),
        "upgrade" => upgrade(socket),
        "stop" => stop(socket),
        other => Err(CommandError::Unknown(other.to_owned())),
    }
}

/// Finds the hub: the one that is named, or else this user's that listens, or else the only one of other users that
/// does, which root may use.
fn find_hub(asked: &Asked) -> Result<PathBuf, CommandError> {
    let is_there = !matches!(asked.command.as_str(), "serve" | "launch");
    let listens = |socket: &PathBuf| UnixStream::connect(socket).is_ok();
    if asked.named || !is_there {
        return Ok(asked.config.socket.clone());
    }
    if let Some(own) = own_sockets().into_iter().find(listens) {
        return Ok(own);
    }
    let theirs: Vec<PathBuf> =
        others().into_iter().map(|location| location.socket).filter(listens).collect();
    match theirs.as_slice() {
        [] => Ok(asked.config.socket.clone()),
        [only] => Ok(only.clone()),
        _ => Err(CommandError::SeveralHubs(theirs)),
    }
}

/// Does it to every hub that this user may open, also when one of them fails.
fn tell_all(command: fn(&Path) -> Result<(), CommandError>) -> Result<(), CommandError> {
    let theirs = others().into_iter().map(|location| location.socket);
    let sockets = own_sockets().into_iter().chain(theirs);
    let failures: Vec<(PathBuf, CommandError)> = sockets
        .filter(|socket| UnixStream::connect(socket).is_ok())
        .filter_map(|socket| command(&socket).err().map(|error| (socket, error)))
        .collect();
    if failures.is_empty() { Ok(()) } else { Err(CommandError::OfAll(failures)) }
}

/// Reads the URL from the environment: everybody can read a command line.
fn redis_url() -> Option<String> {
    let url = env::var_os(REDIS_VARIABLE).filter(|url| !url.is_empty())?;
    Some(url.to_string_lossy().into_owned())
}

fn redis(url: &str, config: &Config) -> Result<Arc<Settings>, CommandError> {
    let settings = Settings::from_url(url).map_err(CommandError::Redis)?;
    Ok(Arc::new(settings.with_max_event(config.max_event)))
}

// Long: one option after the other.
fn parse(mut parser: Parser) -> Result<CommandLine, lexopt::Error> {
    let config = Config::new(default_socket());
    let mut asked = Asked { command: String::new(), config, named: false, all: false, json: false };
    let config = &mut asked.config;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(command) if asked.command.is_empty() => asked.command = command.string()?,
            Arg::Long("help") | Arg::Short('h') => return Ok(CommandLine::Text(USAGE)),
            Arg::Long("version") | Arg::Short('V') => return Ok(CommandLine::Text(VERSION)),
            Arg::Long("all") => asked.all = true,
            Arg::Long("json") => asked.json = true,
            Arg::Long("metrics") => config.metrics = Some(loopback(&mut parser)?),
            Arg::Long("take-over") => config.takes_over = true,
            Arg::Long("carry") => config.carries = true,
            Arg::Long("spawned") => config.spawned = true,
            Arg::Long("serves") => config.serves = true,
            Arg::Long("socket") => {
                asked.named = true;
                config.socket = parser.value()?.into();
            }
            Arg::Long("group") => config.group = Some(parser.value()?.string()?),
            Arg::Long("shards") => config.shards = parser.value()?.parse()?,
            Arg::Long("idle-exit") => config.idle_exit = seconds(&mut parser)?,
            Arg::Long("backlog-events") => config.backlog.events = parser.value()?.parse()?,
            Arg::Long("backlog-bytes") => config.backlog.bytes = parser.value()?.parse()?,
            Arg::Long("backlog-age") => {
                config.backlog.age = seconds(&mut parser)?.unwrap_or(Duration::MAX);
            }
            Arg::Long("replay-events") => config.replay.events = parser.value()?.parse()?,
            Arg::Long("replay-bytes") => config.replay.bytes = parser.value()?.parse()?,
            Arg::Long("queue") => config.queue = parser.value()?.parse()?,
            Arg::Long("compression-memory") => {
                config.compression_memory = parser.value()?.parse()?;
            }
            Arg::Long("redis-wait") => {
                config.redis_wait = Duration::from_millis(parser.value()?.parse()?);
            }
            Arg::Long("max-event") => config.max_event = parser.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    checked(asked)
}

/// Refuses options that do not go together.
fn checked(asked: Asked) -> Result<CommandLine, lexopt::Error> {
    match asked.command.as_str() {
        "" => Ok(CommandLine::Text(USAGE)),
        "upgrade" | "stop" if asked.named && asked.all => {
            Err("--all and --socket: which of them?".into())
        }
        command if asked.all && !["upgrade", "stop"].contains(&command) => {
            Err(format!("{command} --all: only upgrade and stop go to all hubs").into())
        }
        _ => Ok(CommandLine::Command(Box::new(asked))),
    }
}

/// Parses an address that only this machine can reach.
fn loopback(parser: &mut Parser) -> Result<SocketAddr, lexopt::Error> {
    let address: SocketAddr = parser.value()?.parse()?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(format!("--metrics: {address} is not a loopback address; put a proxy in front of it")
        .into())
}

fn seconds(parser: &mut Parser) -> Result<Option<Duration>, lexopt::Error> {
    let seconds: u64 = parser.value()?.parse()?;
    Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
}

fn ask(socket: &Path, request: &Request) -> Result<Reply, CommandError> {
    let deadline = Instant::now() + PATIENCE;
    let fail = |error| CommandError::Hub { socket: socket.to_owned(), error };
    let mut client = Client::connect(socket, deadline).map_err(fail)?;
    client.call(request, None, deadline).map_err(fail)
}

fn status(socket: &Path, as_json: bool) -> Result<String, CommandError> {
    let report = match ask(socket, &Request::Status)? {
        Reply::Status(report) => report,
        other => return Err(unexpected(other)),
    };
    if as_json {
        return Ok(report + "\n");
    }
    let report: serde_json::Value = serde_json::from_str(&report).map_err(CommandError::Report)?;
    let mut lines = Vec::new();
    flatten("", &report, &mut lines);
    Ok(lines.concat())
}

/// Adds one line for each number.
fn flatten(name: &str, value: &serde_json::Value, lines: &mut Vec<String>) {
    if let serde_json::Value::Object(fields) = value {
        for (field, value) in fields {
            let dot = if name.is_empty() { "" } else { "." };
            flatten(&format!("{name}{dot}{field}"), value, lines);
        }
    } else {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        lines.push(format!("{name:<16} {text}\n"));
    }
}

fn metrics(socket: &Path) -> Result<String, CommandError> {
    match ask(socket, &Request::Metrics)? {
        Reply::Metrics(text) => Ok(text),
        other => Err(unexpected(other)),
    }
}

/// Replaces the running program by the installed one.
fn upgrade(socket: &Path) -> Result<(), CommandError> {
    match ask(socket, &Request::Upgrade)? {
        Reply::Upgraded => Ok(()),
        other => Err(unexpected(other)),
    }
}

/// Stops the hub, and waits until it has exited.
fn stop(socket: &Path) -> Result<(), CommandError> {
    let deadline = Instant::now() + PATIENCE;
    let fail = |error| CommandError::Hub { socket: socket.to_owned(), error };
    let mut client = Client::connect(socket, deadline).map_err(fail)?;
    match client.call(&Request::Stop, None, deadline).map_err(fail)? {
        Reply::Stopping => client.wait_for_end(deadline).map_err(fail),
        other => Err(unexpected(other)),
    }
}

fn unexpected(reply: Reply) -> CommandError {
    match reply {
        Reply::Refused { message, .. } => CommandError::Refused(message),
        _ => CommandError::UnexpectedReply,
    }
}

/// Prints the report every second, until the hub ends or stdout is closed.
fn top(socket: &Path) -> Result<(), CommandError> {
    const CLEAR: &str = "\x1b[H\x1b[J";
    loop {
        print(&format!("{CLEAR}{}", status(socket, false)?))?;
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn print(text: &str) -> Result<(), CommandError> {
    io::stdout().write_all(text.as_bytes()).map_err(CommandError::Output)
}
