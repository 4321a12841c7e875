// An event stream with the interface of EventSource, and what that lacks.

import { backoff, receive } from './connection.js';
import { StreamError } from './error.js';
import { Parser } from './parser.js';
import { Tabs } from './tabs.js';

export { StreamError };

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;
const PATIENCE = 1000; // with a first id, before topics change
const WAITING = 10_000; // events that an iterator holds for its reader

export class EventStream extends EventTarget {
    #options;
    #topics;
    #init;
    #link; // what tabs tell each other of the connection
    #settle;
    #frozen; // true while it is
    #change; // a timer: topics have changed, and no id is known
    #asked = false;
    #over = new AbortController();
    #stay = new AbortController(); // ends when topics change, and when the page is left or hidden
    #iterators = new Set();
    #wake = () => {};

    constructor(url, options = {}) {
        super();
        this.url = new Request(url).url;
        this.#options = { parameter: 'topic[]', retry: 1000, silence: 60_000, ...options };
        const { topics, lastEventId, keep, share, retry, headers, body, credentials } = this.#options;
        // Others must be told apart.
        if (share && (typeof (body ?? '') !== 'string' || (share === true && typeof headers === 'function'))) {
            throw new TypeError('share: body is no string, or headers have no name');
        }
        this.#topics = topics && new Set([topics].flat());
        this.#init = { method: body ? 'POST' : 'GET', body, credentials };
        this.lastEventId = lastEventId ?? ((keep && stored(this.url)) || '');
        this.#link = { state: CONNECTING, retry, failures: 0, due: 0 };
        this.done = new Promise((...settle) => { this.#settle = settle; });
        this.done.catch(() => {}); // whoever does not wait for it is told by an event
        for (const type of ['open', 'message', 'error']) {
            this.addEventListener(type, (event) => this[`on${type}`]?.(event));
        }
        if (options.reset) this.addEventListener('reset', options.reset);
        this.#watchPage();
        this.#restart();
    }

    get readyState() {
        return this.#over.signal.aborted ? CLOSED : this.#link.state;
    }

    get topics() {
        return [...this.#topics ?? []];
    }

    subscribe(...topics) {
        this.#setTopics([...this.topics, ...topics]);
    }

    unsubscribe(...topics) {
        this.#setTopics(this.topics.filter((topic) => !topics.includes(topic)));
    }

    close() {
        this.#end();
    }

    /** All events but those of the server's own; a loop that is left closes the stream. */
    async *[Symbol.asyncIterator]() {
        const events = [];
        let wake;
        const take = (event) => {
            if (event && events.length <= WAITING) events.push(event);
            wake?.();
        };
        this.#iterators.add(take);
        try {
            for (;;) {
                if (events.length > WAITING) throw new RangeError('the reader is too slow');
                if (events[0]) yield events.shift();
                else if (this.readyState === CLOSED) return await this.done;
                else await new Promise((resolve) => { wake = resolve; });
            }
        } finally {
            this.#iterators.delete(take);
            this.close();
        }
    }

    /** A page that is left or frozen takes no part, so that another tab goes on at once. */
    #watchPage() {
        const on = (type, listener) =>
            globalThis.addEventListener?.(type, listener, { capture: true, signal: this.#over.signal });
        for (const [type, frozen] of [['freeze', true], ['resume'], ['pagehide', true], ['pageshow']]) {
            on(type, () => {
                if (this.#frozen !== frozen) {
                    this.#frozen = frozen;
                    this.#restart();
                }
            });
        }
        on('online', () => this.#wake(true));
        if (this.#options.pauseHidden) on('visibilitychange', () => this.#restart());
    }

    /** Without an id, what comes between two connections would be lost: the first one has a moment to give it. */
    #setTopics(topics) {
        const before = this.#address;
        this.#topics = new Set(topics);
        if (this.#address === before) return;
        if (this.lastEventId || !this.#asked) this.#restart();
        else this.#change ??= setTimeout(() => this.#restart(), PATIENCE);
    }

    #restart() {
        clearTimeout(this.#change);
        this.#change = undefined;
        this.#asked = false;
        this.#stay.abort();
        this.#wake(true);
        if (this.readyState === CLOSED) return;
        this.#link.state = CONNECTING;
        const hidden = this.#options.pauseHidden && document.hidden;
        if (this.#frozen || hidden || this.#topics?.size === 0) return;
        const { signal } = this.#stay = new AbortController();
        queueMicrotask(() => { if (!signal.aborted) this.#join(signal); });
    }

    async #join(signal) {
        this.#asked = true;
        const { share, headers } = this.#options;
        const run = (until, publish) => this.#run(until, publish);
        if (!share) return run(signal);
        // Streams are the same where this is.
        const fixed = typeof headers === 'function' || [...new Headers(headers)];
        const name = `sse ${JSON.stringify([this.#address, this.#init, fixed, share])}`;
        try {
            await new Tabs(name, {
                id: this.lastEventId,
                link: () => this.#link,
                take: (events, id) => this.#take(events, id),
                show: (link) => this.#show(link),
                end: (error) => this.#end(error),
                wake: () => this.#wake(),
                run,
            }, signal).over;
        } catch (error) {
            console.warn('Not shared:', error);
            run(signal);
        }
    }

    get #address() {
        const url = new URL(this.url);
        for (const topic of this.topics.sort()) url.searchParams.append(this.#options.parameter, topic);
        return url.href;
    }

    /** Connects, and comes back, until the signal aborts. `publish` tells other tabs. */
    async #run(signal, publish) {
        this.#show({ state: CONNECTING }, publish);
        for (;;) {
            await this.#rest();
            if (signal.aborted) return;
            const error = await this.#receive(signal, publish)
                .catch((reason) => this.#authorize(reason, signal, publish))
                .catch((reason) => reason);
            if (!signal.aborted) this.#fail(error ?? new Error(`${this.url} has ended`), publish);
        }
    }

    async #rest() {
        const { due } = this.#link;
        if (due <= Date.now()) return; // timers are slow on a hidden page
        await new Promise((resolve) => {
            setTimeout(resolve, due - Date.now());
            this.#wake = (now) => (now || due <= Date.now()) && resolve();
        });
    }

    async #receive(signal, publish) {
        const { headers: given, silence } = this.#options;
        const headers = new Headers(typeof given === 'function' ? await given() : given);
        headers.set('Accept', 'text/event-stream');
        if (this.lastEventId) headers.set('Last-Event-ID', inBytes(this.lastEventId));
        const open = () => this.#show({ state: OPEN, failures: 0, error: undefined }, publish);
        const take = (events, { lastEventId: id, retry = this.#link.retry }) => {
            if (retry !== this.#link.retry) this.#show({ retry }, publish);
            if (!events.length && id === this.lastEventId) return;
            publish?.({ events, id });
            this.#take(events, id, publish);
        };
        const parser = new Parser(this.lastEventId);
        await receive(this.#address, { ...this.#init, headers }, parser, signal, silence, open, take);
    }

    /** Tries once more where the application has renewed what the server did not accept. */
    async #authorize(error, signal, publish) {
        const { authorize } = this.#options;
        const refused = authorize && /401|403|419/.test(error.status);
        if (refused && await authorize(error)) return this.#receive(signal, publish);
        throw error;
    }

    #fail({ status, fatal, retryAfter, message }, publish) {
        const { state, retry, failures: before } = this.#link;
        const error = { message, status };
        if (fatal) return this.#finish(publish, status !== 204 && error);
        const failures = state ? 0 : before + 1;
        const due = Date.now() + backoff(retry, failures, retryAfter);
        this.#show({ state: CONNECTING, failures, due, error }, publish);
    }

    #show(changes, publish) {
        const before = this.#link;
        this.#link = { ...before, ...changes };
        publish?.({ link: this.#link });
        const { state, error, due } = this.#link;
        if (error && due !== before.due) this.#report(error, due - Date.now());
        if (state > before.state) this.dispatchEvent(new Event('open'));
    }

    #report({ message, status }, retryIn) {
        const error = new StreamError(message, { status });
        this.dispatchEvent(Object.assign(new Event('error'), { error, retryIn }));
        return error;
    }

    #take(events, id, publish) {
        const { done, keep } = this.#options;
        for (const { type, data, lastEventId } of events) {
            if (this.readyState === CLOSED) return;
            this.lastEventId = lastEventId;
            const event = new MessageEvent(type, { data, lastEventId });
            this.dispatchEvent(event);
            if (!type.startsWith('sse:')) this.#iterators.forEach((take) => take(event));
            if (typeof done === 'function' ? done(event) : type === done) return this.#finish(publish);
        }
        this.lastEventId = id;
        if (keep && !id.startsWith('sse:')) stored(this.url, id);
        if (this.#change && id) this.#restart();
    }

    /** Is over for all tabs. */
    #finish(publish, error) {
        publish?.({ over: true, error });
        this.#end(error);
    }

    #end(error) {
        if (this.readyState === CLOSED) return;
        this.#over.abort();
        this.#restart();
        const [resolve, reject] = this.#settle;
        error ? reject(this.#report(error)) : resolve();
        this.#iterators.forEach((take) => take());
    }
}

/** A header has bytes, and an id may have any character. */
function inBytes(text) {
    return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Keeps an id for this tab, or returns the one that is kept. */
function stored(url, id) {
    const key = `sse ${url}`;
    try {
        if (id !== undefined) sessionStorage[key] = id;
        return sessionStorage[key];
    } catch (error) {
        console.warn(error);
    }
}
