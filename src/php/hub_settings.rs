//! Reads the hub's settings, topics and limits from INI and arguments.

use crate::hub::{InvalidTopic, Limit, Topic, Topics};
use ext_php_rs::types::Zval;

use super::arguments::{Argument, bytes, type_name};
use super::fault::Fault;
use crate::hub::{HubError, Settings};
use crate::sapi::{Server, settings};

/// Reads the hub's settings.
pub(super) fn settings() -> Settings {
    Settings {
        socket: settings::hub_socket(),
        serves: Server::current() != Server::CommandLine,
        program: settings::hub_path(),
        spawns: settings::hub_spawn(),
        group: settings::hub_group(),
        redis: settings::hub_redis(),
        compression_memory: settings::hub_compression_memory(),
    }
}

/// Parses an argument that names topics: one, or an array of them.
pub(super) fn topics(value: &Zval, at: Argument) -> Result<Topics, Fault> {
    let error = |error: InvalidTopic| at.value_error(error);
    let topic = |value: &Zval, expected| Topic::new(&bytes(value, at, expected)?).map_err(error);
    let topics: Vec<Topic> = match value.array() {
        None => vec![topic(value, "of type array|string")?],
        Some(list) => {
            let each = list.iter().map(|(_, value)| {
                let value = value.dereference();
                if !value.is_string() {
                    let given = type_name(value);
                    let message = format!("{at} must be an array of strings, {given} given");
                    return Err(Fault::type_error(message));
                }
                topic(value, "of type string")
            });
            each.collect::<Result<_, _>>()?
        }
    };
    Topics::try_from(topics).map_err(error)
}

/// Returns the limits for a new stream: the pool's, and that of its own key.
pub(super) fn limits(own: Option<Limit>) -> Vec<Limit> {
    let all = settings::max_streams();
    let all = (all > 0).then(|| Limit { key: Vec::new(), max: all, drops_oldest: false });
    all.into_iter().chain(own).collect()
}

/// Makes the exception for a failure of the hub.
pub(super) fn failed(method: &str, error: &HubError) -> Fault {
    Fault::wrong_moment(format!("{method}(): {error}"))
}
