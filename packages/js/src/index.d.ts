/** Why there is no stream. */
export class StreamError extends Error {
    /** Of the response; undefined where there was none. */
    readonly status?: number;
}

/** What is dispatched as `error`. */
export interface StreamErrorEvent extends Event {
    readonly error: StreamError;
    /** Milliseconds to the next attempt; undefined: there is none, the stream is over. */
    readonly retryIn?: number;
}

export interface EventStreamOptions {
    /** Added to the URL; `subscribe()` and `unsubscribe()` change them. Without any there is no connection. */
    topics?: string | string[];
    /** The name under which the URL has them: `topic[]`. */
    parameter?: string;
    /** Makes it a POST: what `fetch()` takes, but for streams; a string where the connection is shared. */
    body?: BodyInit;
    /** Further request headers, or a function that makes them for each attempt. */
    headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
    /** As of `fetch()`. */
    credentials?: RequestCredentials;
    /** Where to go on: what the page shows already. */
    lastEventId?: string | null;
    /** One connection for all tabs: the name of who is logged in, or `true` for what everybody may see. */
    share?: string | boolean;
    /** Keeps the last event ID over a reload of this tab. */
    keep?: boolean;
    /** No connection while the page is hidden. */
    pauseHidden?: boolean;
    /** Milliseconds to the next attempt, until the server says: 1000. */
    retry?: number;
    /** Milliseconds without a byte after which the connection counts as lost: 60000; 0: never. */
    silence?: number;
    /** The event that ends the stream: its type, or a function that knows it. */
    done?: string | ((event: MessageEvent<string>) => boolean);
    /** Called when events have been missed for good: the page has to load its state anew. */
    reset?: (event: MessageEvent<string>) => void;
    /** Called at 401, 403 and 419: true if it is worth another attempt now. */
    authorize?: (error: StreamError) => boolean | Promise<boolean>;
}

type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void };

/** An event stream with the interface of `EventSource`. */
export class EventStream extends EventTarget implements AsyncIterable<MessageEvent<string>> {
    constructor(url: string | URL, options?: EventStreamOptions);

    readonly url: string;
    /** 0: connecting, or waiting to; 1: open; 2: over. */
    readonly readyState: 0 | 1 | 2;
    /** `''`: none. */
    readonly lastEventId: string;
    readonly topics: string[];
    /** Settled when the stream is over: rejected with a `StreamError` if the server has refused it. */
    readonly done: Promise<void>;

    onopen?: (event: Event) => void;
    onmessage?: (event: MessageEvent<string>) => void;
    onerror?: (event: StreamErrorEvent) => void;

    /** Follows these topics, too: by a reconnect that misses nothing. */
    subscribe(...topics: string[]): void;
    unsubscribe(...topics: string[]): void;
    close(): void;

    addEventListener(type: 'open', listener: Listener<Event>, options?: boolean | AddEventListenerOptions): void;
    addEventListener(type: 'error', listener: Listener<StreamErrorEvent>, options?: boolean | AddEventListenerOptions): void;
    addEventListener(type: string, listener: Listener<MessageEvent<string>>, options?: boolean | AddEventListenerOptions): void;

    /** Every event but those of the type `sse:...`. Leaving the loop closes the stream. */
    [Symbol.asyncIterator](): AsyncIterator<MessageEvent<string>, void>;
}
