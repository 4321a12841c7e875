//! The text that `sse-hub --help` prints.

/// The text of `sse-hub --help`.
pub const USAGE: &str = "\
sse-hub: holds event streams, so that PHP workers do not have to

  sse-hub serve    run a hub in the foreground (for systemd, supervisor or a container)
  sse-hub launch   start a hub in the background unless one is running; the extension does this by itself
  sse-hub status   show the state of the hub; --json for programs
  sse-hub top      show the state of the hub every second
  sse-hub metrics  show the state of the hub in the format of Prometheus
  sse-hub upgrade  replace the running program by the installed one, in the same process; no stream is dropped
  sse-hub stop     tell all clients when to reconnect, stop the hub, and wait until it has ended
  sse-hub --help, --version

  --socket PATH          socket of the hub (default: sse-<uid>/hub.sock in /run/php, or else in /tmp; commands
                         to a running hub find this user's, or else the only one that this user may open)
  --all                  upgrade, stop: every hub that this user may open (root: the hubs of all users)
  --group GROUP          let members of this group connect, too
  --shards N             threads that hold connections (default: one for every four processors)
  --idle-exit SECONDS    exit after this time without a stream or a request (default: 0, never; hubs that the
                         extension starts have 600)
  --backlog-events N     events to keep of each topic (default: 1000)
  --backlog-bytes N      bytes of memory for events of all topics (default: 67108864)
  --backlog-age SECONDS  time to keep an event (default: 3600; 0: for ever)
  --replay-events N      events to replay to a client from Redis; if it has missed more, it gets a reset
                         (default: 10000)
  --replay-bytes N       bytes of memory for these (default: 33554432)
  --queue BYTES          bytes to keep for slow clients alone, in all; beyond that, the slowest are dropped
                         (default: 67108864)
  --compression-memory BYTES
                         memory for the encoders of compressed streams, in all; a stream without one has each
                         event compressed by itself (default: 67108864; 0: all of them)
  --metrics ADDR:PORT    serve /metrics by HTTP to Prometheus, on a loopback address (default: off)
  --max-event BYTES      size limit of an event's data (default: 8388608)
  --redis-wait MS        time to wait for Redis before a publisher gets an error that its event may or may not
                         have been published (default: 200)

  SSE_HUB_REDIS=URL      environment variable: the Redis that hubs of several machines share events through,
                         redis://[user:password@]host[:port][/database], rediss:// with TLS, unix:///path,
                         redis+sentinel://[user:password@]host[:port],host[:port]/master[/database];
                         ?stream=sse&maxlen=100000&ca=/path/to/ca.pem&cert=...&key=...

A command that fails prints the reason to stderr and exits with status 1.
";
