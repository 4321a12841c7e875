<?php

/**
 * Signatures of record of the `sse` extension, for readers, editors and static analysers.
 * Never load this file: the classes come from the extension. `make stubs-check` holds every
 * signature here against reflection.
 */

/**
 * The event stream of a request: Server-Sent Events that simply work.
 *
 *     $sse = Sse::start();
 *     while ($sse->wait(1)) {
 *         $sse->send(prices());
 *     }
 *
 * A `bool` answer always means "the stream is still open", so the loop above is complete: it ends
 * when the client leaves, when the stream has lived long enough, or when the server is asked to stop.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
final class Sse
{
    /**
     * The id of the last event this client has seen: what start() was told, else the `Last-Event-ID`
     * header, else the query parameter `lastEventId`, in any case, with hyphens or underscores or
     * without (`last_event_id`, Mercure's `Last-Event-ID`); null on a first visit. What is empty is none.
     *
     * It is the client's word: anything that is not UTF-8, has a control character, or is longer
     * than 4096 bytes reads as null, but a well-formed lie does not. Look it up, never trust it.
     */
    public readonly ?string $lastEventId;

    private function __construct() {}

    /**
     * Opens the event stream of this request, sends its headers and first bytes, and never blocks.
     *
     * The response is a 200, whatever status was set before, and has no headers that a stream cannot
     * have (Location, ETag, Content-Length, ...). Cache-Control gets a `no-transform`, whoever sets it:
     * proxies that compress hold a stream back.
     *
     * It takes over headers, output buffers, PHP's own compression, the session lock and the time limit. On
     * the command line it changes none of these and writes through PHP's output layer, so that
     * ob_start() can capture a stream. A HEAD request gets its headers and a stream that is already
     * closed; an OPTIONS request is answered with 204, and the script ends.
     *
     * A client that comes back is told the last event ID that it came with, in a first event of type
     * `sse:position`, which nobody needs to listen for: WebKit puts half an event of a connection that
     * was cut in front of whatever comes first.
     *
     * What is echoed beside the API stands in the stream as it is, if it comes from the code that opened
     * it: the function that called start(), what that calls, and whoever holds the object that it
     * returned. Other output is no part of it, and goes nowhere: a framework's page behind the response,
     * or about an exception that has left that code. What PHP would display of errors is logged instead.
     * On the command line the output is not ours, and all of it is seen.
     *
     * Once the head is out, header(), setcookie(), session_start() and their kin are no error, and do
     * nothing to the response; headers_sent() names the place of start().
     *
     * A script that goes on calling send() or wait() ten seconds after its client has left is ended
     * as exit() would, unless ignore_user_abort is on; one that goes on with echo, as PHP ends it then.
     * In a callback of native code, which may take no notice of an exit (curl's WRITEFUNCTION, phpredis'
     * subscribe()), it is ended as by an echo, too.
     *
     * @param float|null $heartbeat seconds without a byte after which a comment keeps the connection
     *        alive; 0 turns it off; null: `sse.heartbeat` (15), off on the command line
     * @param int|null $retry reconnection time to tell the client, in milliseconds; null: `sse.retry`;
     *        0 or unset leaves it to the client
     * @param float|null $maxLifetime seconds after which the stream stops, plus or minus 10 %; 0 is
     *        for ever; null: `sse.max_lifetime` (0)
     * @param string|list<string>|null $allowOrigin origins of other sites that may read the stream
     *        ("https://example.org"), with credentials; "*" lets everybody read it, without them;
     *        null: `sse.allow_origin`
     * @param array<string, string> $headers further response headers; they win over the extension's own.
     *        A stream cannot have the ones that start() removes
     * @param string|null $limitKey whose streams are counted: a user, an address ("user:42", or what
     *        inet_pton() gives), 1 to 256 bytes of any kind; with it, `$limit` must be given
     * @param int|null $limit how many streams there may be at once under that key; what becomes of one
     *        more, `$onLimit` says, also when `sse.max_streams` is reached. The hub counts, wherever the
     *        streams are; where it cannot be asked, nobody is refused
     * @param string|null $lastEventId the last event ID as the script knows it (from a PSR-7 request, a
     *        test client); "": none, whatever the request says; null: what the request says
     * @param string $onLimit what becomes of a stream that is one too many; in all cases but the last its
     *        script ends. "refuse": it is answered 503 with Retry-After, after which an EventSource never
     *        comes back. "retry": it says a `retry:` of 5 to 10 s and ends, and an EventSource comes back
     *        (a client that does not accept text/event-stream: as "refuse"). "drop-oldest", with `$limitKey`: the
     *        oldest stream under the key ends instead, with a last event of type `sse:dropped` whose data is
     *        `{"lastEventId": ...}`; its EventSource is answered 204 when it comes back, and gives up. Where
     *        only `sse.max_streams` is reached: as "retry"
     * @param bool|string|list<string>|null $compress the content codings that the stream may have: true or "on":
     *        "zstd", "gzip", "br" and "deflate", of which it gets the first that the client takes; a list
     *        ("zstd, gzip"): these, in order of preference; false: none; null: what headers() was told, if its
     *        headers are in the head, else `sse.compression` (none). Off unless asked for: where a stream shows
     *        secrets beside what others can have it say, its length tells of the secrets (BREACH). Every write is
     *        compressed and sent at once. A client of HTTP/1.0, or one that takes no coding, gets plain bytes;
     *        doctor() says why. See docs/compression.md
     * @throws SseException when a stream is open already (on the command line: one that somebody holds;
     *         any other is closed), or output with another content type or status has begun; the message
     *         names file and line
     * @throws ValueError when an option is out of its range
     */
    public static function start(
        ?float $heartbeat = null,
        ?int $retry = null,
        ?float $maxLifetime = null,
        string|array|null $allowOrigin = null,
        array $headers = [],
        ?string $limitKey = null,
        ?int $limit = null,
        ?string $lastEventId = null,
        string $onLimit = 'refuse',
        bool|string|array|null $compress = null
    ): Sse {}

    /**
     * A whole stream in one call: opens it, sends what the source gives, closes it.
     *
     * A callable is called every `$interval` seconds with the `Sse` as its argument; what it returns
     * is sent. An iterable (array, generator, any Traversable), or a generator or other Traversable
     * that the callable returns, is walked to its end, every value an event. `null` and `false` send
     * nothing; "0", 0, "" and [] are data. A source ends the stream by calling close(). What a source
     * throws surfaces unchanged, after the stream was closed and the onClose() callbacks ran.
     *
     * @param callable|iterable $source
     * @param float $interval seconds between two calls of a callable
     * @param string|null $event event type of values that bring none of their own
     * @param bool $changes true: a value that makes the same event as the last one of the source that was sent
     *        (type, id and all) is not sent again; heartbeats go on. The last event is kept in memory for that
     * @return bool true: the source ended by itself; false: something else stopped the stream, see stopReason()
     * @throws SseException|ValueError as start() and send() do
     */
    public static function stream(
        callable|iterable $source,
        float $interval = 1.0,
        ?string $event = null,
        ?float $heartbeat = null,
        ?int $retry = null,
        ?float $maxLifetime = null,
        string|array|null $allowOrigin = null,
        array $headers = [],
        ?string $limitKey = null,
        ?int $limit = null,
        ?string $lastEventId = null,
        string $onLimit = 'refuse',
        bool|string|array|null $compress = null,
        bool $changes = false
    ): bool {}

    /** The stream of this request, open or closed; null before start(). */
    public static function current(): ?Sse {}

    /** What the request says is the last event ID, without opening a stream. */
    public static function lastEventId(): ?string {}

    /**
     * The response headers of an event stream by name, for a Laravel, Symfony or PSR-7 response. Where PHP
     * sends that response, `no-transform` stays in its Cache-Control, whatever is set there meanwhile.
     *
     * @param string|list<string>|null $allowOrigin as for start()
     * @param array<string, string> $headers further headers; they win
     * @param bool|string|list<string>|null $compress as for start(); null: `sse.compression`. If the response goes out
     *        with the `Content-Encoding` that this gave, as an event stream, its body is compressed, also without
     *        start(); without it, it is not
     * @return array<string, string>
     * @throws ValueError when an origin or a header is malformed
     */
    public static function headers(
        string|array|null $allowOrigin = null,
        array $headers = [],
        bool|string|array|null $compress = null
    ): array {}

    /**
     * One event as it stands in an event stream, for code that writes its own response.
     *
     * @param mixed $data as for send()
     * @param string|null $comment text that clients ignore
     * @throws ValueError|TypeError|JsonException as send() does
     */
    public static function encode(
        mixed $data,
        ?string $event = null,
        string|int|null $id = null,
        ?int $retry = null,
        ?string $comment = null
    ): string {}

    /**
     * Answers 204 No Content: the client's EventSource does not come back. Instead of start().
     *
     * @throws SseException when output has begun
     */
    public static function stop(): void {}

    /**
     * Sends one event.
     *
     * @param mixed $data a string as it is; an SseEvent, a Symfony ServerEvent or a Laravel
     *        StreamedEvent as the event it is (arguments that are given win over its own fields);
     *        an object with a __toString() that is not JsonSerializable as its text; everything else
     *        as JSON
     * @param string|null $event event type; null or "": the client's "message". Types that begin with
     *        "sse:" are reserved, everywhere
     * @param string|int|null $id id of the event, which the client brings back as Last-Event-ID. It needs data:
     *        of an event without (an SseEvent), Firefox and WebKit keep no id, and they bring back the one before.
     *        send(null, id: ...) has data: it is the JSON "null". Beside subscribe(), the hub's own ids are what
     *        a client can come back with
     * @param int|null $retry reconnection time in milliseconds
     * @return bool whether the stream is still open
     * @throws ValueError when event or id contains CR, LF or NUL, or is not UTF-8, or retry is negative
     * @throws TypeError when the data is a resource, a closure or a generator
     * @throws JsonException when the data has no JSON form; nothing was sent
     */
    public function send(mixed $data, ?string $event = null, string|int|null $id = null, ?int $retry = null): bool {}

    /**
     * Sends what has changed of a state since the last call: a JSON Merge Patch (RFC 7396). On each stream the
     * first call sends all of it, as an event of type `state`; so does a call whose change no patch can say: where
     * something has become null, as null in a patch removes a member. Where nothing has changed, nothing is sent.
     *
     *     while ($sse->wait(1)) {
     *         $sse->sendChanges(['users' => online(), 'load' => sys_getloadavg()]);
     *     }
     *
     * In the page: at `state` the data is the state; at `patch`, `state = applyPatch(state, JSON.parse(data))`, of
     * `php-sse-client/patch` or any implementation of the RFC. A client that comes back has a new stream, which
     * begins with all of it.
     *
     * To a patch a list is one value: what changes in there is sent with all of the list. Give entries that come,
     * go and change a name (`['orders' => [7 => ..., 8 => ...]]`). The order of names means nothing.
     *
     * One copy of the state's JSON is kept, outside of `memory_limit`, until the stream stops.
     *
     * @param mixed $state what json_encode() takes; a string is a JSON string, and not JSON: decode that. No event
     * @param string|null $event event type of patches; null or "": the client's "message". Not "state"
     * @param string|int|null $id as for send(); where nothing is sent, no id is
     * @return bool whether the stream is still open, also where nothing was sent
     * @throws ValueError|TypeError|JsonException as send() does; nothing was sent, and the next call compares with
     *         what was sent before. Other than there, a string that is not UTF-8 is a JsonException
     */
    public function sendChanges(mixed $state, ?string $event = 'patch', string|int|null $id = null): bool {}

    /**
     * Sends several events with one write. Either all of them go out, or, when one is invalid, none.
     *
     * @param iterable<mixed> $events each as the data of send()
     */
    public function sendMany(iterable $events): bool {}

    /**
     * Sends a comment, which clients ignore; every line of the text becomes a comment line. It ends no
     * event, so it may stand inside one that the script echoes in parts.
     */
    public function comment(string $text = ''): bool {}

    /**
     * Tells the client how long to wait before it reconnects. It is a line of its own and no event;
     * some clients take it only with the next event.
     */
    public function retry(int $milliseconds): bool {}

    /**
     * Waits instead of sleep(), sends the heartbeats that fall due, and returns early, with false, as
     * soon as the stream should stop.
     *
     * @param float $seconds 0 or more
     * @param list<resource>|null $read PHP streams (sockets, pipes, HTTP responses also in chunks): as
     *        soon as one of them is readable, true is returned early. Read one that has filters, as a
     *        response in chunks has, with stream_set_blocking($stream, false): otherwise PHP's fread()
     *        may block. Where a filter keeps what came, true may be early and nothing to be read
     * @throws ValueError when the seconds are negative, infinite or not a number, or a stream cannot be
     *         waited for
     */
    public function wait(float $seconds, ?array $read = null): bool {}

    /** Whether events can still be sent. */
    public function isOpen(): bool {}

    /** Why the stream has stopped; null while it is open. */
    public function stopReason(): ?SseStopReason {}

    /**
     * Runs a callback when the stream stops, whatever stops it: close(), a client that left, the end
     * of the script, exit() or a fatal error. Callbacks run once, in order, with the reason as their
     * argument; on a stream that has stopped, at once.
     *
     * @param callable(SseStopReason): mixed $callback
     */
    public function onClose(callable $callback): static {}

    /**
     * Ends the stream, after one last event if data or an event type is given. Closing twice is
     * no error.
     *
     * On PHP-FPM, php-cgi -b and php -S the response ends with it, and the script works on without its
     * client; so it does at the end of stream(). On other servers the client waits for the script's end.
     *
     * @param mixed $data as for send(); null with an event type is an empty string
     */
    public function close(mixed $data = null, ?string $event = null): void {}

    /**
     * What stands between the script and the browser, and what to change. `hub` says whether there is a
     * hub, and whether others look for it elsewhere (PrivateTmp), `handOff` whether subscribe() would free the
     * worker, and if not, why and what it does instead. It tries what cannot be asked: a hub is started if there
     * is none, and offered the connection of an open stream, which it leaves alone; a time limit begins anew.
     * `compression` is the content coding of the stream, or why it has none.
     *
     * `configuration` has the lines to set in web servers and proxies, by their names, those that the request came
     * through first. Whether events arrive in the browser as they are sent, examples/doctor.php measures.
     *
     * @return array{server: string, path: string, heartbeats: string, hub: string, handOff: string, compression: string, buffers: list<string>, advice: list<string>, configuration: array<string, string>}
     */
    public static function doctor(): array {}

    /**
     * Publishes an event: everyone who follows one of the topics gets it, once, whichever worker or
     * machine holds the stream. From a controller, a queue worker, a cron job: it needs no stream.
     *
     * The hub is a small daemon that is started when first needed; see docs/hub.md. A script on the command
     * line (cron, a deployment, root) speaks to the one that has the streams, also if that is another user's.
     *
     * @param string|list<string> $topics one topic, or up to 256: 1 to 256 bytes of UTF-8 each, without
     *        control characters. Each is a plain name: "news/*" is no pattern; publish under "news" as
     *        well. Who may open the hub's socket may publish under any
     * @param mixed $data as for send(); an SseEvent must have neither id, retry nor comment. At most
     *        `sse.max_event` bytes (1 MiB)
     * @param string|null $event event type, at most 256 bytes; "reset", and all that begin with "sse:", are
     *        the hub's own
     * @return string the event's id, "milliseconds-sequence", which clients bring back as Last-Event-ID;
     *         greater than that of every event before
     * @throws SseException when the hub cannot be reached and not be started, or refuses; when this user may
     *         not open the hub that there is, or there are several, or it has another Redis than
     *         `sse.hub_redis`: nobody who listens would hear; or when it does not answer: the message says that
     *         it is not known then whether it was published
     * @throws ValueError|TypeError|JsonException when an argument is wrong; nothing was published
     */
    public static function publish(string|array $topics, mixed $data, ?string $event = null): string {}

    /**
     * Goes on with what is published under the topics, and frees the worker: the connection moves to the
     * hub, and the script goes on without it (its output goes nowhere, stopReason() is HandedOff).
     *
     * The client gets what was published since its last event ID, else since this request began; if that
     * is not kept any more, an event of type `reset` first, whose data is `{"lastEventId": ...}`: its
     * state is to be loaded anew. Then it gets events as they are published, each with its id.
     *
     * Before anything else the client is told where it is, in an event of type `sse:position` with an id and
     * the data `{}`, unless start() has told it; and again before the hub ends the stream, or forgets what came
     * after that. Nobody needs to listen for it: browsers keep the id, and bring it back, also when there was no
     * event yet. So nothing is lost in silence from there on; between start() and subscribe() a client has no
     * position. While no hub can be reached the id is `0-1`, and who comes back with it is told `reset`.
     *
     * With a filter, without `$handOff`, or where a connection cannot be moved (TLS or compression in
     * Apache, the command line, a threaded PHP, no hub), the stream is served from here, with the same
     * ids and the same replay, until it stops. What is served so against the script's wish is logged, and
     * `sse.hand_off` and `sse.max_worker_streams` bound it: one more is told a `retry:` of some seconds,
     * and ends; stopReason() is Closed.
     *
     * A client never names a topic, unless the script lets it: look at what you pass.
     *
     * @param string|list<string> $topics as for publish(): plain names, no patterns
     * @param callable|null $filter `fn(SseEvent $event, string $topic): bool`; false keeps the event from
     *        this client. The topic is the first that the event was published under
     * @param bool $handOff false: serve it from here in any case
     * @param string|null $lastEventId where to begin, instead of at `$lastEventId`; "": with what is
     *        published since this request began
     * @return bool true: the hub has it now; false: it was served from here, or turned away, and has stopped
     * @throws SseException when the hub that there is has another Redis than `sse.hub_redis`, or cannot be used
     *         by this user for another reason that only a setting ends; or when the stream has sent an event of
     *         type "reset" itself: its client could not tell it from the hub's
     * @throws ValueError|TypeError when an argument is wrong
     */
    public function subscribe(string|array $topics, ?callable $filter = null, bool $handOff = true, ?string $lastEventId = null): bool {}

    /**
     * How the hub is: `running`, and if it is, its numbers: `streams`, `workers` (streams served by
     * workers), `topics`, `backlog` (`events`, `bytes`), `queues` (`bytes` that are kept for slow clients
     * alone), `compression` (`streams` by coding, `encoders` and their `memory`, `plainBytes` that became
     * `sentBytes`), `published`, `delivered`, `droppedSlow`, `memory` in bytes, `uptime` in seconds, ... No hub
     * is started for it. `version` is the hub's, `extension` that of this extension; where they differ,
     * `versions` says what to do.
     *
     * `lastEventId` is the position of now: a page that is rendered with it can connect with
     * `?lastEventId=...`, and misses nothing in between.
     *
     * @return array<string, mixed>
     * @throws SseException when there is a hub that does not answer
     */
    public static function status(): array {}
}

/** One event, to be sent, returned from a source, or as a parser found it. */
final class SseEvent implements Stringable
{
    /**
     * As for Sse::send(); null: an event without data. The standard has clients dispatch nothing then,
     * but many dispatch an empty message, and in Firefox and WebKit its id is lost: they bring back the one
     * before. An id is safe only with data, if only "" under a type of its own. For a comment or a reconnection
     * time alone there are comment() and retry().
     */
    public readonly mixed $data;

    /** Event type; null: "message". */
    public readonly ?string $event;

    public readonly ?string $id;

    /** Reconnection time in milliseconds. */
    public readonly ?int $retry;

    /** Text that clients ignore. */
    public readonly ?string $comment;

    /** @throws ValueError when event or id contains CR, LF or NUL, or is not UTF-8, or retry is negative */
    public function __construct(
        mixed $data = null,
        ?string $event = null,
        string|int|null $id = null,
        ?int $retry = null,
        ?string $comment = null
    ) {}

    /** The event as it stands in an event stream. */
    public function __toString(): string {}
}

/**
 * Reads an event stream, in chunks of any size, as a browser does.
 *
 *     $parser = new SseParser();
 *     while (($chunk = fread($upstream, 8192)) !== '') {
 *         foreach ($parser->feed($chunk) as $event) {
 *             $sse->send($event);
 *         }
 *     }
 */
final class SseParser
{
    /** @param int $maxEventSize bytes that one event may have before feed() gives it up */
    public function __construct(int $maxEventSize = 16777216) {}

    /**
     * Takes the next bytes, and returns the events they complete. An event's id is the one that
     * stands with it; lastEventId() is the one in force. Events whose type begins with "sse:" tell of the
     * stream itself (`sse:position` says where it is): their ids are taken, and they are not returned.
     *
     * @return list<SseEvent>
     * @throws SseException when an event grows over the limit; it is skipped, and feeding may go on
     */
    public function feed(string $chunk): array {}

    /** The last event ID in force; "" when the stream has given none. */
    public function lastEventId(): string {}

    /** The reconnection time the stream asked for, in milliseconds; null when it asked for none. */
    public function retry(): ?int {}

    /** Forgets an unfinished event, as at the end of a connection. Keeps lastEventId() and retry(). */
    public function reset(): void {}
}

/** Why a stream has stopped. */
enum SseStopReason: string
{
    /** The client closed the connection. */
    case ClientGone = 'client_gone';
    /** The stream has lived as long as it may. */
    case MaxLifetime = 'max_lifetime';
    /** The server is asked to stop or reload. */
    case Shutdown = 'shutdown';
    /** The client took no bytes for `sse.write_timeout` seconds. */
    case WriteTimeout = 'write_timeout';
    /** The script closed it, or ended. */
    case Closed = 'closed';
    /** The connection was handed to the hub. */
    case HandedOff = 'handed_off';
}

/**
 * The moment is wrong: a stream is open already, output has begun, or a parsed event is too large. Or the hub
 * cannot do what it is asked for.
 */
class SseException extends RuntimeException {}

/**
 * The client has left: with `sse.interrupt`, thrown once out of what the script is doing. It reaches PHP
 * code that runs, and wait(). A call that blocks elsewhere (a query, curl, sleep()) comes to its own end
 * first; examples/curl-relay.php shows how such a call is cut.
 */
class SseClientGone extends SseException {}
