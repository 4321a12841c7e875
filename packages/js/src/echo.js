// A connector for laravel-echo 2: `new Echo({ broadcaster: SseConnector })`. It speaks to php-sse/laravel.
//
// One stream follows all channels. A channel that is joined later is one more topic of it: it comes back with the
// last event id, so that the others miss nothing.

import { PrivateChannel, PublicChannel } from './echo-channels.js';
import { EventStream } from './index.js';

const DEFAULTS = { host: '', path: '/broadcasting', namespace: 'App.Events' };
const REFUSED = /401|403|419|422/;
const WHISPERS = 100; // that wait for those before them
const PAUSE = 1000; // after a refusal that nobody could explain

export class SseConnector {
    channels = {};
    #stream;
    #joined = new Map(); // channel: the id from which on events are for it; null: any
    #watchers = new Set();
    #status = 'disconnected';
    #socketId = randomId();
    #mark; // what stands in events that leave this connection out
    #isFirst = true;
    #whispering = Promise.resolve();
    #waiting = 0;

    constructor(options) {
        this.options = { ...DEFAULTS, ...options };
        this.connect();
    }

    /** Opens the stream as soon as there is a channel. */
    connect() {
        this.#open(this.#stream?.lastEventId ?? this.options.lastEventId);
    }

    disconnect() {
        this.#stream.close();
        this.#show('disconnected');
    }

    listen(name, event, callback) {
        return this.channel(name).listen(event, callback);
    }

    channel(name) {
        return this.#channel(name, PublicChannel);
    }

    privateChannel(name) {
        return this.#channel(`private-${name}`, PrivateChannel);
    }

    presenceChannel(name) {
        throw new Error(`Echo.join('${name}'): php-sse has no presence channels yet. Use Echo.private().`);
    }

    encryptedPrivateChannel(name) {
        throw new Error(`Echo.encryptedPrivate('${name}'): php-sse has no encrypted channels, as no third party`
            + ' carries events. Use Echo.private().');
    }

    /** Leaves a channel, whichever kind it is of. */
    leave(name) {
        this.leaveChannel(name);
        this.leaveChannel(`private-${name}`);
    }

    /** Leaves a channel by its whole name. */
    leaveChannel(name) {
        delete this.channels[name];
        // One that is joined again at once was not left.
        queueMicrotask(() => { if (!this.channels[name]) this.#forget(name); });
    }

    /** What requests have as `X-Socket-ID`, so that `toOthers()` leaves this page out. */
    socketId() {
        return this.#socketId;
    }

    connectionStatus() {
        return this.#status;
    }

    /** Calls back with each new status, until the function that it returns is called. */
    onConnectionChange(callback) {
        this.#watchers.add(callback);
        return () => this.#watchers.delete(callback);
    }

    /** Says something to the others in a channel, after what was said before. */
    whisper(channel, event, data) {
        if (this.#waiting >= WHISPERS) {
            channel.fail({ type: 'WhisperError', error: `More than ${WHISPERS} whispers wait for the server`, status: 0 });
            return;
        }
        this.#waiting++;
        this.#whispering = this.#whispering
            .then(() => this.#post('whisper', { channel: channel.name, event, data }))
            .catch(({ message, status = 0 }) => channel.fail({ type: 'WhisperError', error: message, status }))
            .finally(() => { this.#waiting--; });
    }

    #channel(name, Kind) {
        if (!this.channels[name]) {
            this.channels[name] = new Kind(this, name);
            if (this.#joined.has(name)) this.channels[name].succeed();
            else this.#stream.subscribe(name);
            if (this.#status === 'disconnected') this.#show('connecting');
        }
        return this.channels[name];
    }

    #forget(name) {
        this.#joined.delete(name);
        this.#stream.unsubscribe(name);
        if (!Object.keys(this.channels).length) this.#show('disconnected');
    }

    #open(lastEventId) {
        this.#stream?.close();
        const { host, path, withCredentials, retry, silence, pauseHidden } = this.options;
        const topics = Object.keys(this.channels);
        const stream = new EventStream(`${host}${path}/stream?socket=${this.#socketId}`, {
            topics, parameter: 'channels[]', lastEventId, headers: () => this.#headers(),
            credentials: withCredentials ? 'include' : 'same-origin',
            ...defined({ retry, silence, pauseHidden }),
        });
        this.#stream = stream;
        const on = (type, listener) => stream.addEventListener(type, (event) => {
            if (stream === this.#stream) listener(event);
        });
        on('open', () => this.#show('connected'));
        on('error', (event) => this.#failed(event));
        on('connected', ({ data }) => this.#connected(JSON.parse(data)));
        on('message', ({ data, lastEventId: id }) => this.#dispatch(JSON.parse(data), id));
        on('reset', (event) => this.#reset(event));
        stream.done.then(() => { if (stream === this.#stream) this.#show('disconnected'); }, () => {});
        if (topics.length) this.#show('connecting');
    }

    /** The server says which channels these are, and where it is: what came before is not for a new one. */
    #connected({ channels, position, mark }) {
        this.#mark = mark;
        const from = this.#isFirst && this.options.lastEventId ? null : position;
        this.#isFirst = false;
        for (const name of channels) {
            if (this.#joined.has(name) || !this.channels[name]) continue;
            this.#joined.set(name, from);
            this.channels[name].succeed();
        }
    }

    #dispatch({ channel, event, data, except }, id) {
        const from = this.#joined.get(channel);
        if (from === undefined || (from && !isAfter(id, from)) || (except && except === this.#mark)) return;
        this.channels[channel]?.dispatch(event, data);
    }

    #reset(event) {
        if (this.options.onReset) this.options.onReset(event);
        else console.warn('Events have been missed for good. Say in `new Echo({ onReset })` how the page loads anew.');
    }

    #failed({ error, retryIn }) {
        if (retryIn !== undefined) {
            this.#show(this.#isFirst ? 'connecting' : 'reconnecting');
        } else if (REFUSED.test(error.status)) {
            this.#show('connecting');
            this.#explain(this.#stream, error);
        } else {
            this.#refuse(Object.keys(this.channels), error.message, error.status);
            this.#show('failed');
        }
    }

    /** Asks which channels are not to be followed, and goes on with the others. */
    async #explain(stream, { status, message }) {
        let refused = [];
        let words = message;
        try {
            const url = new URL(stream.url);
            stream.topics.forEach((name) => url.searchParams.append('channels[]', name));
            const response = await this.#fetch(url);
            const answer = await response.json();
            // A login that is gone (401, 419) is nothing that the server says more about.
            if (!response.ok) refused = answer.refused ?? stream.topics.filter((name) => response.status === 422 || isPrivate(name));
            words = answer.message ?? message;
        } catch {
            await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
        }
        if (stream !== this.#stream || this.#status === 'disconnected') return;
        this.#refuse(refused, words, status);
        if (Object.keys(this.channels).length) this.#open(stream.lastEventId);
        else this.#show('failed');
    }

    #refuse(names, error, status) {
        for (const name of names) {
            const channel = this.channels[name];
            delete this.channels[name];
            this.#joined.delete(name);
            channel?.fail({ type: 'AuthError', error, status });
        }
    }

    async #post(name, body) {
        const { host, path } = this.options;
        const response = await this.#fetch(`${host}${path}/${name}`, {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { 'Content-Type': 'application/json', 'X-Socket-ID': this.#socketId },
        });
        if (response.ok) return;
        const { message = response.statusText } = await response.json().catch(() => ({}));
        throw Object.assign(new Error(message), { status: response.status });
    }

    #fetch(url, init = {}) {
        const headers = { Accept: 'application/json', ...this.#headers(), ...init.headers };
        const credentials = this.options.withCredentials ? 'include' : 'same-origin';
        return fetch(url, { credentials, ...init, headers });
    }

    /** Who the user is, as Echo's own connectors say it. */
    #headers() {
        const { auth, bearerToken } = this.options;
        return {
            ...csrf(this.options.csrfToken),
            ...(bearerToken && { Authorization: `Bearer ${bearerToken}` }),
            ...auth?.headers,
        };
    }

    #show(status) {
        if (status === this.#status) return;
        this.#status = status;
        for (const watch of this.#watchers) watch(status);
    }
}

function isPrivate(name) {
    return name.startsWith('private-');
}

/** Event ids are two numbers, `milliseconds-sequence`. */
function isAfter(id, other) {
    const [[milliseconds, sequence], [otherMilliseconds, otherSequence]] = [id, other].map((text) => text.split('-').map(Number));
    return milliseconds > otherMilliseconds || (milliseconds === otherMilliseconds && sequence > otherSequence);
}

/** Laravel's token against forgery: what is given, the page's, or the cookie's. */
function csrf(given) {
    const { Laravel, document } = globalThis;
    const token = given ?? Laravel?.csrfToken ?? document?.querySelector('meta[name="csrf-token"]')?.content;
    if (token) return { 'X-CSRF-TOKEN': token };
    const [, cookie] = /(?:^|; )XSRF-TOKEN=([^;]*)/.exec(document?.cookie ?? '') ?? [];
    return cookie && { 'X-XSRF-TOKEN': decodeURIComponent(cookie) };
}

/** 128 bits that nobody can guess. */
function randomId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function defined(options) {
    return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
