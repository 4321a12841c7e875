// One connection: a request, and what its response means.

import { StreamError } from './error.js';

const DAY = 864e5; // no wait is longer, whatever a server says: a timer cannot hold much more

/** Reads a stream to its end, or until it has been silent for too long. */
export async function receive(url, init, parser, until, silence, open, take) {
    const attempt = new AbortController();
    const { signal } = attempt;
    let reader, timer;
    const end = (reason) => {
        reader?.cancel(); // Node.js may have forgotten the signal
        attempt.abort(reason);
    };
    const wait = () => {
        clearTimeout(timer);
        timer = silence && setTimeout(() => end(new Error(`${url} is silent`)), silence);
    };
    until.addEventListener('abort', () => end(), { signal });
    if (until.aborted) return;
    try {
        wait();
        const response = await fetch(url, { cache: 'no-store', ...init, signal });
        check(url, response);
        open();
        reader = response.body.getReader();
        for (;;) {
            wait();
            const { done, value } = await reader.read();
            signal.throwIfAborted();
            if (done) return;
            take(parser.feed(value), parser);
        }
    } catch (error) {
        throw signal.reason ?? error; // not every browser gives the reason
    } finally {
        clearTimeout(timer);
        attempt.abort();
    }
}

/** Throws if the response is no stream. */
function check(url, { status, headers }) {
    const type = headers.get('Content-Type');
    if (status === 200 && /^text\/event-stream\s*(;|$)/i.test(type)) return;
    const after = headers.get('Retry-After');
    throw new StreamError(`${url} answered ${status} ${type}, no event stream`, {
        status,
        fatal: !/408|425|429|5../.test(status),
        retryAfter: (/^\d+$/.test(after) ? after * 1000 : Date.parse(after) - Date.now()) || 0,
    });
}

/** The time to the next attempt: longer after each that has failed, and not the same for all clients. */
export function backoff(retry, failures, retryAfter = 0) {
    const time = Math.min(Math.max(retry, failures) * 2 ** failures, Math.max(retry, 30_000));
    return Math.min(Math.max(time, retryAfter) * (1 + Math.random() / 2), DAY);
}
