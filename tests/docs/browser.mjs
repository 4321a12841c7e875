// What a page has, for programs of the documentation that run without a browser: names that are there, and event
// sources that bring one event of each type that is listened for.

const opened = [];

globalThis.EventSource = class extends EventTarget {
    constructor(url, options = {}) {
        super();
        Object.assign(this, { url, withCredentials: options.withCredentials ?? false, readyState: 1, types: new Set(['message']) });
        opened.push(this);
    }

    addEventListener(type, ...rest) {
        this.types.add(type);
        super.addEventListener(type, ...rest);
    }

    close() {
        this.readyState = 2;
    }
};

globalThis.location = { href: 'http://127.0.0.1/', reload() {} };
globalThis.source = new EventSource('/stream.php');

const data = JSON.stringify({ lastEventId: null });

process.on('beforeExit', () => {
    for (const source of opened.splice(0)) {
        for (const type of source.types) {
            const event = new MessageEvent(type, { data, lastEventId: '1795912998123-0' });
            source['on' + type]?.(event);
            source.dispatchEvent(event);
        }
    }
});
