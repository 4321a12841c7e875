//! The tests that hold on every server: each case is a function of the kind of server it runs on.
//!
//! # Layout
//! - [`head`], [`delivery`]: the first line on; every event
//! - [`lifetime`], [`ending`], [`client_gone`]: how streams end
//! - [`session`], [`doctor`], [`tutorials`]: sessions; `doctor()`; streams of others

pub(crate) mod client_gone;
pub(crate) mod delivery;
pub(crate) mod doctor;
pub(crate) mod ending;
pub(crate) mod head;
pub(crate) mod lifetime;
pub(crate) mod session;
pub(crate) mod tutorials;

use std::ops::Deref;
use std::path::Path;

use server_tests::http::{Request, Response};
use server_tests::patience::soon;
use server_tests::server::{Php, Server};
use server_tests::site::{Gate, Site};

pub(crate) use self::head::Head;

/// Makes tests of all cases, on this kind of server.
macro_rules! on {
    ($kind:expr $(,)?) => {
        $crate::cases::within_one_script! { $kind }
        $crate::cases::on! { @
            client_gone {
                a_script_whose_client_leaves_cleans_up_and_goes_on,
                an_echo_to_a_client_that_has_left_ends_the_script,
                a_script_that_ignores_every_answer_is_ended_after_ten_seconds,
            }
            tutorials {
                a_loop_written_by_hand_ends_when_its_client_leaves,
            }
            ending {
                a_source_may_end_the_script_in_any_way,
                a_generator_may_end_the_script_in_any_way,
                a_script_may_end_in_any_way,
                a_callback_may_end_the_script_in_any_way,
                an_object_that_a_callback_held_may_end_in_any_way,
                a_generator_that_a_callback_held_may_end_in_any_way,
                a_fiber_that_a_callback_held_may_end_in_any_way,
                a_value_of_a_source_may_end_in_any_way,
            }
        }
    };
    (@ $($group:ident { $($case:ident,)* })*) => {
        $($(
            #[test]
            fn $case() {
                $crate::cases::$group::$case(&KIND);
            }
        )*)*
    };
}
pub(crate) use on;

/// Those that hold where one script answers many requests, too: its functions are declared once, what it has
/// registered for its shutdown runs at its own end, and it goes on when a client has left.
macro_rules! within_one_script {
    ($kind:expr $(,)?) => {
        const KIND: $crate::cases::Kind = $kind;
        $crate::cases::on! { @
            delivery {
                events_arrive_while_the_script_still_runs,
                events_pass_the_output_buffer_of_php_ini,
                events_pass_buffers_of_the_script,
                events_pass_a_buffer_that_cannot_be_removed,
                events_pass_buffers_that_are_opened_later,
                events_pass_compression_by_php_ini,
                events_pass_compression_by_the_script,
                a_whole_stream_is_right_to_the_byte,
                events_of_64_kilobytes_and_of_5_megabytes_arrive_whole,
                what_a_script_echoes_keeps_its_place_among_the_events,
                what_a_script_echoes_is_flushed_when_it_waits,
            }
            head {
                a_stream_has_its_own_headers_and_no_others,
                headers_of_the_script_win,
                no_transform_is_there_whoever_sets_cache_control,
                a_stream_is_a_200_whatever_was_set_before,
                a_head_request_gets_the_head_and_a_closed_stream,
                a_listed_origin_may_read_the_stream_and_no_other,
                a_preflight_is_answered_and_the_script_ends,
                stop_answers_204,
                a_stream_after_html_is_refused_with_file_and_line,
                what_is_done_to_the_head_of_a_stream_is_no_error,
                the_last_event_id_comes_from_the_header_or_the_query,
            }
            doctor {
                what_is_expected_of_a_stream_is_so_within_it,
            }
            session {
                an_open_stream_does_not_hold_up_its_visitor,
            }
            lifetime {
                heartbeats_come_while_the_script_waits,
                a_stream_that_has_lived_long_enough_ends_cleanly,
                a_closed_stream_ends_after_its_last_event,
            }
            client_gone {
                a_source_whose_client_leaves_is_stopped,
                a_heartbeat_finds_out_that_the_client_has_left,
            }
            tutorials {
                a_page_written_by_hand_runs_as_it_does_without_the_extension,
            }
        }
    };
}
pub(crate) use within_one_script;

/// A kind of server.
pub(crate) struct Kind {
    /// Starts it on a document root, with so many workers.
    pub(crate) start: fn(root: &Path, php: Php, workers: usize) -> Server,
    /// The changes that it makes to the head of a response.
    pub(crate) head: Head,
}

/// The extension, and PHP as in production.
fn php() -> Php {
    Php::with_sse().like_in_production()
}

impl Kind {
    /// Serves this script with one worker.
    fn serve(&self, script: &str) -> Served {
        self.serve_with(php(), 1, script)
    }

    /// Serves this script with another configuration or more workers.
    fn serve_with(&self, php: Php, workers: usize, script: &str) -> Served {
        let site = Site::new()
            .with_prelude()
            .file("stream.php", script)
            .file("pid.php", "<?php echo getmypid();");
        let gate = site.gate("gate");
        let prelude = site.path("prelude.php").display().to_string();
        let server = (self.start)(site.as_ref(), php.ini("auto_prepend_file", &prelude), workers);
        Served { server, site, gate }
    }
}

/// A script that a server serves.
struct Served {
    server: Server,
    site: Site,
    /// The script's `gate()` waits here.
    gate: Gate,
}

impl Served {
    /// Requests the script, as a browser does.
    fn open(&self) -> Response {
        self.send(&request("/stream.php"))
    }

    /// Requests the script, and reads the whole body of the response.
    fn body(&self) -> String {
        self.open().into_text()
    }

    /// Waits until the script has noted these lines and no others.
    #[track_caller]
    fn wait_for_notes(&self, lines: &[&str]) {
        self.site.wait_for_notes(lines);
    }

    /// The process that serves a request now; where there is one worker, it is free again.
    fn free_worker(&self) -> String {
        self.get("/pid.php").into_text()
    }
}

impl Deref for Served {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// A GET as a browser sends it: with an offer to decompress, which no stream must take.
fn request(target: &str) -> Request {
    Request::get(target).header("Accept-Encoding", "gzip, deflate, br")
}

/// The first line of a stream.
#[track_caller]
fn first(stream: &mut Response) -> String {
    text(stream.body.read_until(b"\n", soon()).unwrap())
}

/// The next bytes of a stream, up to an empty line.
#[track_caller]
fn next(stream: &mut Response) -> String {
    text(stream.body.read_until(b"\n\n", soon()).unwrap())
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}
