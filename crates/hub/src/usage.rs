//! What `sse-hub --help` prints.

/// How `sse-hub` is used.
pub const USAGE: &str = "\
sse-hub: holds event streams, so that PHP's workers need not

  sse-hub serve    run a hub in the foreground (systemd, a container, supervisor)
  sse-hub launch   start one in the background unless one is there; the extension does this by itself
  sse-hub status   how it is; --json for programs
  sse-hub top      the same, every second
  sse-hub metrics  the same, for Prometheus
  sse-hub upgrade  have the program that is installed now go on with everything, in the same process: no stream
                   is dropped
  sse-hub stop     tell its streams when to come back, end it, and wait for that

  --socket PATH          where it listens (sse-<uid>/hub.sock in /run/php, or else in /tmp); without it, who asks
                         finds this user's hub, or else the only one that this user may open
  --group GROUP          members of this group may speak to it, too
  --shards N             how many threads hold connections (one for four processors)
  --idle-exit SECONDS    end after so long without a stream or a request (0, for never; PHP has it 600)
  --backlog-events N     how many events of a topic are kept (1000)
  --backlog-bytes N      how many bytes of memory events take in all (67108864)
  --backlog-age SECONDS  for how long an event is kept (3600; 0: for ever)
  --replay-events N      how many events a stream is given of what only Redis has; more is a reset (10000)
  --replay-bytes N       how large these may be in all, in memory (33554432)
  --queue BYTES          how much is kept for slow clients alone, in all; those furthest behind are dropped then
                         (67108864)
  --metrics ADDR:PORT    answer Prometheus by HTTP at /metrics there; loopback only (off)
  --max-event BYTES      the largest event it takes (8388608)
  --redis-wait MS        how long a publisher waits for Redis before it is told that nobody knows (200)

  SSE_HUB_REDIS=URL      in the environment: hubs of several machines share their events through this Redis,
                         redis://[user:password@]host[:port][/database], rediss:// with TLS, unix:///path,
                         redis+sentinel://[user:password@]host[:port],host[:port]/master[/database];
                         ?stream=sse&maxlen=100000&ca=/path/to/ca.pem&cert=...&key=...

A command that has not done what it was asked for says why on stderr, and exits with 1.
";
