// One connection for all tabs. The tab that holds a lock leads: it has the connection, and passes on what comes. Others
// follow: each says what it has seen, gets what it lacks, and from then on everything. When the leader goes, in whatever
// way, the browser gives the lock to the next tab, which goes on from what that has seen itself.

import { Log, rank } from './log.js';

const TICK = 3000; // a leader that is not heard for two of these is frozen
const LAST = 200; // time for followers to hear that a stream is over, before one of them would go on

export class Tabs {
    #me = Math.random();
    #host;
    #channel;
    #log;
    #signal;
    #waiting = new Map(); // what tabs have seen that do not follow yet
    #leader;
    #leads = false;
    #follows = false; // this tab has all that the leader has sent
    #over = false;
    #silent = 0; // ticks in which the leader was not heard
    #steal = false;
    #connection;
    #request;

    /**
     * Takes part until the signal aborts. The host is the stream of this tab: `id` and `link`, `take(events, id)`,
     * `show(link)`, `end(error)`, `wake()`, and `run(signal, publish)`, which opens a connection.
     */
    constructor(name, host, signal) {
        if (!globalThis.navigator?.locks) throw new Error('Web Locks need HTTPS');
        this.#host = host;
        this.#signal = signal;
        this.#log = new Log(host.id);
        this.#channel = new BroadcastChannel(name);
        this.#channel.onmessage = ({ data }) => this.#hear(data);
        this.#hello();
        this.over = this.#queue(name);
    }

    #say(message) {
        if (!this.#signal.aborted) this.#channel.postMessage({ from: this.#me, ...message });
    }

    #hello() {
        this.#say({ hello: this.#log.end });
    }

    /** Waits for the lock, and leads as long as it is held. */
    async #queue(name) {
        const tick = setInterval(() => this.#tick(), TICK);
        const left = new Promise((resolve) => {
            this.#signal.addEventListener('abort', () => {
                clearInterval(tick);
                this.#request.abort();
                this.#disconnect();
                this.#channel.close();
                this.#over ? setTimeout(resolve, LAST) : resolve();
            });
        });
        while (!this.#signal.aborted) {
            const { signal } = this.#request = new AbortController();
            const how = this.#steal ? { steal: true } : { signal };
            await navigator.locks.request(name, how, () => this.#lead(left)).catch((error) => {
                if (error.name !== 'AbortError') throw error;
            });
            if (this.#leads) {
                this.#leads = false; // another tab has taken the lock
                this.#disconnect();
                this.#hello();
            }
        }
    }

    /** Takes the lock from a leader that is silent. What nobody sees can wait. */
    #tick() {
        if (this.#leads || globalThis.document?.hidden) {
            this.#silent = 0;
        } else if (this.#silent++) {
            this.#steal = true;
            this.#request.abort();
        } else {
            this.#say({ ping: true });
        }
    }

    #connect() {
        if (this.#connection) return;
        this.#connection = new AbortController();
        this.#host.run(this.#connection.signal, (message) => this.#publish(message));
    }

    #disconnect() {
        this.#connection?.abort();
        this.#connection = undefined;
    }

    #publish(message) {
        this.#over = message.over;
        if (message.events) this.#log.add(message.events, message.id);
        if (this.#leads) {
            this.#say(message);
            this.#answer();
        } else if (message.events) {
            this.#hello();
        }
    }

    // What a leader does.

    #lead(left) {
        if (this.#signal.aborted) return;
        this.#leads = true;
        this.#leader = undefined;
        this.#follows = this.#steal = false;
        this.#say({ leads: true });
        this.#connect();
        return left;
    }

    #serve({ from, hello, ping }) {
        if (hello !== undefined) {
            this.#waiting.set(from, hello);
            this.#answer();
        }
        if (ping) {
            this.#say({ to: from });
            this.#host.wake(); // timers of a hidden tab are slow, and it is a tab in view that asks
        }
    }

    /** Who is ahead of this tab has only to wait; who lacks what is not here any more needs a connection alone. */
    #answer() {
        for (const [to, seen] of this.#leads ? this.#waiting : []) {
            const events = this.#log.after(seen);
            const alone = !(rank(seen) > rank(this.#log.end));
            if (events) this.#waiting.delete(to);
            this.#say({ to, seen, events, alone, id: this.#log.end, link: this.#host.link() });
        }
    }

    // What the others do.

    #hear(message) {
        const { from, to, leads, seen, events, id, alone, link, over, error } = message;
        if (to && to !== this.#me) return;
        if (this.#leads) return this.#serve(message);
        if (leads || (to && !this.#leader)) {
            this.#leader = from;
            this.#follows = false;
        }
        if (from !== this.#leader) return;
        this.#silent = 0;
        if (leads) this.#hello();
        const starts = to && events && seen === this.#log.end;
        if (starts) {
            this.#follows = true;
            this.#disconnect();
        }
        if (link && !this.#connection) this.#host.show(link);
        if (starts || (events && !to && this.#follows)) {
            this.#log.add(events, id);
            this.#host.take(events, id);
        }
        if (alone && !this.#follows) this.#connect();
        if (over) this.#host.end(error);
    }
}
