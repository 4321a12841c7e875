// A server for event streams, a browser's locks, and waiting for conditions.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Waits until the condition gives something that is true, and returns that. */
export async function until(what, condition) {
    const deadline = Date.now() + 10_000;
    for (;;) {
        const found = await condition();
        if (found) return found;
        assert.ok(Date.now() < deadline, `gave up waiting for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
}

/** Answers each request by the next of these functions, the last one again and again; keeps what was asked for. */
export async function serve(t, ...answers) {
    const requests = [];
    const server = createServer(async (request, response) => {
        const answer = answers[Math.min(requests.length, answers.length - 1)];
        const { method, url, headers } = request;
        const asked = { method, url, headers, id: headers['last-event-id'], at: Date.now(), body: '', open: true };
        requests.push(asked);
        response.on('close', () => { asked.open = false; });
        for await (const piece of request) asked.body += piece;
        await answer(response, asked);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => { server.closeAllConnections(); server.close(); });
    return { url: `http://127.0.0.1:${server.address().port}/stream`, requests };
}

/** Sends these bytes as an event stream, and leaves it open. */
export const stream = (text) => (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(text);
    response.flushHeaders();
};

/** Sends them, and ends. */
export const ends = (text) => (response) => {
    stream(text)(response);
    response.end();
};

/** Answers with a status and nothing else. */
export const status = (code, headers = {}) => (response) => {
    response.writeHead(code, headers);
    response.end();
};

/** Notes all that happens to a stream: `open` and `error` by name, events as type, data and id. */
export function watch(t, source, ...types) {
    const seen = [];
    t.after(() => source.close());
    source.addEventListener('open', () => seen.push('open'));
    source.addEventListener('error', ({ error }) => seen.push(`error: ${error.status ?? error.message}`));
    for (const type of ['message', 'reset', ...types]) {
        source.addEventListener(type, ({ data, lastEventId }) => seen.push([type, data, lastEventId]));
    }
    return seen;
}

/** Web Locks, as far as the module needs them: exclusive ones in their order, to be stolen and given up. */
export function fakeLocks() {
    const held = new Map();
    const queues = new Map();
    const aborted = () => new DOMException('aborted', 'AbortError');
    const next = (name) => {
        const entry = !held.has(name) && queues.get(name)?.shift();
        if (entry) hold(name, entry);
    };
    const hold = (name, entry) => {
        held.set(name, entry);
        const end = () => {
            if (held.get(name) !== entry) return;
            held.delete(name);
            next(name);
        };
        queueMicrotask(async () => {
            try {
                entry.resolve(await entry.use());
            } finally {
                end();
            }
        });
    };
    const request = (name, { signal, steal }, use) => new Promise((resolve, reject) => {
        const entry = { use, resolve, reject };
        if (signal?.aborted) return reject(aborted());
        if (steal) {
            const robbed = held.get(name);
            setTimeout(() => robbed?.reject(aborted()), 20); // it may hear of it later than others
            return hold(name, entry);
        }
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        queue.push(entry);
        signal?.addEventListener('abort', () => {
            const index = queue.indexOf(entry);
            if (index >= 0) queue.splice(index, 1), reject(aborted());
        });
        next(name);
    });
    return { request };
}
