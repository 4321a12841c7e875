//! The extension module: start-up, shutdown, begin and end of a request, `phpinfo()`.

use ext_php_rs::prelude::*;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};

use super::event;
use super::event_object::{self, SseEvent};
use super::parser::{self, SseParser};
use super::sse::{self, Sse};
use super::stop_reason::SseStopReason;
use super::{current, exception, hub_settings};
use crate::hub::location;
use crate::sapi::diagnosis::Expected;
use crate::sapi::head;
use crate::sapi::hooks::Callbacks;
use crate::sapi::response::{abort, finished, late_head, output, ownership};
use crate::sapi::server::{signals, stop_signals};
use crate::sapi::sys::process;
use crate::sapi::wire::keeper;
use crate::sapi::{Server, activation, adoption, hooks, overrides, pool, settings};
use crate::zend::{class, fast_method, ini, record};

/// The module.
#[php_module]
#[php(startup = "start_up")]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    module
        .name("sse")
        .request_startup_function(request_starts_up)
        .request_shutdown_function(request_shuts_down)
        .post_deactivate_function(request_is_deactivated)
        .shutdown_function(shut_down)
        .info_function(print_info)
}

extern "C" fn start_up(_type: i32, module_number: i32) -> i32 {
    settings::register(module_number);
    process::count_forks();
    pool::found();
    hooks::install(Callbacks { client_gone: sse::throw_client_gone, flushed: adoption::flushed });
    head::install();
    late_head::install();
    ownership::install();
    activation::install(activation::Callbacks {
        begin: begin_request,
        end: end_request,
        is_over: request_is_over,
    });
    let registered = exception::register()
        .and_then(|()| class::declare_enum::<SseStopReason>())
        .and_then(|()| class::declare::<SseEvent>(&event_object::PROPERTIES, &event::REFINEMENTS))
        .map(record::install::<SseEvent, 5>)
        .and_then(|()| class::declare::<SseParser>(&[], &parser::REFINEMENTS))
        .and_then(|_| class::declare::<Sse>(&sse::PROPERTIES, &sse::REFINEMENTS))
        .map(fast_method::install::<Sse>);
    if registered.is_ok() { 0 } else { -1 }
}

extern "C" fn shut_down(_type: i32, _module_number: i32) -> i32 {
    stop_signals::give_back();
    keeper::quit();
    activation::remove();
    ownership::remove();
    late_head::remove();
    head::remove();
    hooks::remove();
    pool::dissolve();
    0
}

extern "C" fn request_starts_up(_type: i32, _module_number: i32) -> i32 {
    activation::request_starts_up();
    0
}

extern "C" fn request_shuts_down(_type: i32, _module_number: i32) -> i32 {
    activation::request_shuts_down();
    0
}

extern "C" fn request_is_deactivated() -> i32 {
    activation::request_is_deactivated();
    0
}

fn begin_request() {
    overrides::install();
    adoption::abandon();
    current::begin_request();
    hooks::begin_request();
    output::begin_request();
    adoption::begin_request();
    head::begin_request();
    late_head::begin_request();
    ownership::forget();
    finished::begin_request();
}

fn end_request() {
    sse::end_request();
    hooks::end_encoding();
    adoption::end_request();
    abort::forget_told();
}

fn request_is_over() {
    adoption::abandon();
    signals::pass_on(Server::current());
}

extern "C" fn print_info(module: *mut ModuleEntry) {
    info_table_start!();
    info_table_row!("Server-Sent Events support", "enabled");
    info_table_row!("Version", env!("CARGO_PKG_VERSION"));
    let expected = Expected::of(Server::current());
    info_table_row!("Frames go", expected.path);
    info_table_row!("Heartbeats come", expected.heartbeats.as_str());
    let moves = expected.hand_off.map_or_else(|why| format!("no: {why}"), |()| "yes".to_owned());
    info_table_row!("Streams move to the hub", moves.as_str());
    info_table_row!("Streams are compressed", settings::compression().to_string().as_str());
    info_table_row!(
        "The hub's socket",
        location(&hub_settings::settings()).display().to_string().as_str()
    );
    info_table_end!();
    ini::print_table(module);
}
