// The channels of a connector, with the methods that Echo's own have.

const NOTIFICATION = '.Illuminate\\Notifications\\Events\\BroadcastNotificationCreated';

export class PublicChannel {
    notificationCreatedEvent = NOTIFICATION;
    #listeners = new Map();
    #isSubscribed = false;
    #callbacks = { all: new Set(), subscribed: new Set(), error: new Set() };

    constructor(connector, name) {
        this.connector = connector;
        this.options = connector.options;
        this.name = name;
    }

    listen(event, callback) {
        return this.on(this.#whole(event), callback);
    }

    /** Without a callback: all of the event's. */
    stopListening(event, callback) {
        const name = this.#whole(event);
        if (callback) this.#listeners.get(name)?.delete(callback);
        else this.#listeners.delete(name);
        return this;
    }

    /** Calls back with the event as `listen()` has it, and the data. */
    listenToAll(callback) {
        this.#callbacks.all.add(callback);
        return this;
    }

    stopListeningToAll(callback) {
        if (callback) this.#callbacks.all.delete(callback);
        else this.#callbacks.all.clear();
        return this;
    }

    listenForWhisper(event, callback) {
        return this.listen(`.client-${event}`, callback);
    }

    stopListeningForWhisper(event, callback) {
        return this.stopListening(`.client-${event}`, callback);
    }

    notification(callback) {
        return this.listen(this.notificationCreatedEvent, callback);
    }

    stopListeningForNotification(callback) {
        return this.stopListening(this.notificationCreatedEvent, callback);
    }

    /** Calls back as soon as the server has the channel, also if it has it already. */
    subscribed(callback) {
        this.#callbacks.subscribed.add(callback);
        if (this.#isSubscribed) queueMicrotask(() => call(callback));
        return this;
    }

    /** Calls back with `{ type, error, status }` when the channel, or a whisper, was refused. */
    error(callback) {
        this.#callbacks.error.add(callback);
        return this;
    }

    /** Listens by the event's whole name. */
    on(event, callback) {
        if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
        this.#listeners.get(event).add(callback);
        return this;
    }

    unsubscribe() {
        this.connector.leaveChannel(this.name);
    }

    /** The connector's: an event has come. */
    dispatch(event, data) {
        for (const callback of this.#listeners.get(event) ?? []) call(callback, data);
        for (const callback of this.#callbacks.all) call(callback, this.#short(event), data);
    }

    /** The connector's: the server has the channel. */
    succeed() {
        this.#isSubscribed = true;
        for (const callback of this.#callbacks.subscribed) call(callback);
    }

    /** The connector's: it was refused. Where nobody asks, the console tells. */
    fail(error) {
        for (const callback of this.#callbacks.error) call(callback, error);
        if (!this.#callbacks.error.size) console.error(`${this.name}: ${error.error} (${error.status})`);
    }

    get #namespace() {
        return this.options.namespace ? `${this.options.namespace}.`.replaceAll('.', '\\') : '';
    }

    /** `Shipped` is `App\Events\Shipped`; what begins with a dot or a backslash is whole already. */
    #whole(event) {
        return /^[.\\]/.test(event) ? event.slice(1) : this.#namespace + event.replaceAll('.', '\\');
    }

    #short(event) {
        return event.startsWith(this.#namespace) ? event.slice(this.#namespace.length) : `.${event}`;
    }
}

export class PrivateChannel extends PublicChannel {
    /** Tells the others in the channel; they `listenForWhisper()`. */
    whisper(event, data) {
        this.connector.whisper(this, event, data);
        return this;
    }
}

/** What a callback throws is not to keep others from theirs. */
function call(callback, ...values) {
    try {
        callback(...values);
    } catch (error) {
        if (globalThis.reportError) reportError(error);
        else console.error(error);
    }
}
