// Streams that share a connection, as tabs do, in one process: with Node's BroadcastChannel and locks of the test's own.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { EventStream } from '../src/index.js';
import { Log, rank } from '../src/log.js';
import { fakeLocks, serve, status, stream, until, watch } from './support.js';

beforeEach(() => {
    Object.defineProperty(globalThis, 'navigator', { value: { locks: fakeLocks() }, configurable: true });
});

/** A server that numbers events, and replays those after an id: `publish()` sends one to all that are there. */
async function numbered(t, idOf = (number) => `1-${number}`) {
    const open = new Set();
    let count = 0;
    const line = (number) => `id: ${idOf(number)}\ndata: ${number}\n\n`;
    const known = (id) => Array.from({ length: count }, (_, index) => index + 1).findIndex((n) => idOf(n) === id) + 1;
    const server = await serve(t, (response, { id }) => {
        stream(`retry: 20\nevent: sse:position\nid: ${id ?? (count ? idOf(count) : '1-0')}\ndata: {}\n\n`)(response);
        for (let number = id ? known(id) + 1 : count + 1; number <= count; number++) response.write(line(number));
        open.add(response);
        response.on('close', () => open.delete(response));
    });
    return {
        ...server,
        open,
        publish(number = 1) {
            while (number--) {
                count++;
                open.forEach((response) => response.write(line(count)));
            }
            return count;
        },
    };
}

/** Each of these has to see these numbers, and all that it sees once and in order. */
async function haveSeen(tabs, from, to) {
    for (const { seen } of tabs) {
        const numbers = () => seen.filter(Array.isArray).map(([, data]) => Number(data));
        await until(`${to}, seen: ${numbers().slice(-3)}`, () => numbers().includes(to));
        assert.deepEqual(numbers(), numbers().map((_, index) => from + index));
    }
}

function tab(t, url, options = {}) {
    const source = new EventStream(url, { share: 'me', ...options });
    return { source, seen: watch(t, source) };
}

const opened = (tabs) => until('all to be open', () => tabs.every(({ source }) => source.readyState === 1));

test('twenty tabs have one connection, and each gets everything', async (t) => {
    const server = await numbered(t);
    const tabs = Array.from({ length: 20 }, () => tab(t, server.url));
    await opened(tabs);
    await until('a position', () => tabs.every(({ source }) => source.lastEventId));
    server.publish(30);
    await haveSeen(tabs, 1, 30);
    assert.equal(server.requests.length, 1);
    assert.ok(tabs.every(({ source }) => source.lastEventId === '1-30'));
});

for (const [kind, idOf] of [['of a hub', undefined], ['of any kind', (number) => `event ${number}`]]) {
    test(`leaders close one after the other, and nothing is lost or doubled, with ids ${kind}`, async (t) => {
        const server = await numbered(t, idOf);
        server.publish();
        const tabs = Array.from({ length: 6 }, () => tab(t, server.url, { lastEventId: (idOf ?? ((n) => `1-${n}`))(1) }));
        await opened(tabs);
        const publishing = setInterval(() => server.publish(), 1);
        t.after(() => clearInterval(publishing));
        for (let closed = 0; closed < 5; closed++) {
            const before = server.publish();
            await until('more', () => tabs[closed].source.lastEventId.endsWith(String(before)) || server.publish() > before + 50);
            tabs[closed].source.close();
            const left = tabs.slice(closed + 1);
            await until('another to lead', () => server.requests.length > closed + 1);
            await haveSeen(left, 2, server.publish());
        }
        await until('one connection', () => server.open.size === 1);
    });
}

test('a tab that comes later gets what it lacks from the leader', async (t) => {
    const server = await numbered(t);
    const first = tab(t, server.url);
    await opened([first]);
    await until('a position', () => first.source.lastEventId);
    server.publish(10);
    await haveSeen([first], 1, 10);
    const later = [tab(t, server.url, { lastEventId: '1-4' }), tab(t, server.url, { lastEventId: '1-10' }), tab(t, server.url)];
    await opened(later);
    server.publish();
    await haveSeen(later.slice(0, 1), 5, 11);
    await haveSeen(later.slice(1), 11, 11);
    assert.equal(server.requests.length, 1);
});

test('a tab whose id the leader has never had finds its place in the order of a hub', async (t) => {
    const server = await numbered(t, (number) => `10-${number}`);
    const first = tab(t, server.url, { lastEventId: '3-0' });
    await until('a position', () => first.seen.includes('open'));
    server.publish(5);
    await haveSeen([first], 1, 5);
    const between = [tab(t, server.url, { lastEventId: '9-7' }), tab(t, server.url, { lastEventId: '10-5' })];
    const ahead = tab(t, server.url, { lastEventId: '10-6' });
    server.publish(2);
    await haveSeen(between.slice(0, 1), 1, 7);
    await haveSeen(between.slice(1), 6, 7);
    await haveSeen([ahead], 7, 7);
    assert.equal(server.requests.length, 1);
});

test('a tab that lacks more than the leader has kept catches up alone, then joins', async (t) => {
    const server = await numbered(t);
    const first = tab(t, server.url);
    await until('a position', () => first.source.lastEventId);
    server.publish(400);
    await haveSeen([first], 1, 400);
    const publishing = setInterval(() => server.publish(), 1);
    t.after(() => clearInterval(publishing));
    const late = tab(t, server.url, { lastEventId: '1-5' });
    await haveSeen([late], 6, 400);
    await until('one connection', () => server.open.size === 1);
    assert.equal(server.requests.length, 2);
    const last = server.publish(5);
    await haveSeen([first], 1, last);
    await haveSeen([late], 6, last);
});

test('tabs that follow cost one message for each piece of the stream', async (t) => {
    const server = await numbered(t);
    const tabs = Array.from({ length: 5 }, () => tab(t, server.url));
    await opened(tabs);
    await until('a position', () => tabs.every(({ source }) => source.lastEventId));
    const messages = [];
    const post = BroadcastChannel.prototype.postMessage;
    t.after(() => { BroadcastChannel.prototype.postMessage = post; });
    BroadcastChannel.prototype.postMessage = function postMessage(message) {
        messages.push(message);
        post.call(this, message);
    };
    server.publish();
    await haveSeen(tabs, 1, 1);
    assert.deepEqual(messages.filter(({ ping, to }) => !ping && !to).length, 1);
    assert.equal(messages.filter(({ to, events }) => to && events).length, 0);
});

test('what is not the same is not shared', async (t) => {
    const server = await numbered(t);
    const options = [
        {}, { share: 'you' }, { credentials: 'include' }, { headers: { Authorization: 'a' } }, { topics: ['a'] },
        { headers: { Authorization: 'b' } }, { body: 'a' }, { body: 'b' }, { share: false },
    ];
    const tabs = options.map((option) => tab(t, server.url, option));
    tabs.push(tab(t, `${server.url}?other`), tab(t, server.url, { share: false }));
    await opened(tabs);
    assert.equal(server.requests.length, tabs.length);
    const same = tab(t, server.url, { topics: 'a' });
    await opened([same]);
    assert.equal(server.requests.length, tabs.length);
});

test('a tab that follows other topics goes on from where it is', async (t) => {
    const server = await numbered(t);
    const tabs = [tab(t, server.url, { topics: ['a'] }), tab(t, server.url, { topics: ['a'] })];
    await until('a position', () => tabs.every(({ source }) => source.lastEventId));
    const publishing = setInterval(() => server.publish(), 1);
    t.after(() => clearInterval(publishing));
    for (const { source } of tabs) {
        source.subscribe('b');
        await until('its request', () => server.requests.some(({ url }) => url.endsWith('=b')));
    }
    await until('one connection', () => server.open.size === 1);
    await haveSeen(tabs, 1, server.publish());
});

test('the end of a stream is everybody\'s', async (t) => {
    for (const [answer, end] of [[status(204), 'done'], [status(403), 403]]) {
        let gate;
        const opens = new Promise((resolve) => { gate = resolve; });
        const server = await serve(t, async (response) => { await opens; answer(response); });
        const tabs = Array.from({ length: 5 }, () => tab(t, server.url));
        await until('a request', () => server.requests.length === 1);
        gate();
        for (const { source } of tabs) {
            assert.equal(await source.done.then(() => 'done', (error) => error.status), end);
            assert.equal(source.readyState, 2);
        }
        assert.equal(server.requests.length, 1);
    }
});

test('who waits for a busy server waits for all, and the next leader waits on', async (t) => {
    const server = await serve(t, status(503, { 'Retry-After': '1' }), stream('data: a\n\n'));
    const tabs = Array.from({ length: 3 }, () => tab(t, server.url));
    await until('all to know', () => tabs.every(({ seen }) => seen.length === 1));
    assert.deepEqual(tabs.map(({ seen }) => seen), Array(3).fill(['error: 503']));
    tabs[0].source.close();
    await opened(tabs.slice(1));
    const [first, second] = server.requests;
    assert.ok(second.at - first.at >= 1000, `${second.at - first.at} ms`);
    assert.equal(server.requests.length, 2);
});

test('a leader that says nothing any more is replaced', async (t) => {
    const server = await numbered(t);
    let frozen;
    const post = BroadcastChannel.prototype.postMessage;
    t.after(() => { BroadcastChannel.prototype.postMessage = post; });
    const leaders = [];
    BroadcastChannel.prototype.postMessage = function postMessage(message) {
        if (message.leads) leaders.push(message.from);
        if (!frozen || message.from !== leaders[0]) post.call(this, message);
        else frozen.push(() => post.call(this, message));
    };
    const tabs = [tab(t, server.url), tab(t, server.url)];
    await until('a position', () => tabs.every(({ source }) => source.lastEventId));
    frozen = [];
    server.publish(3);
    await haveSeen(tabs, 1, 3);
    assert.equal(leaders.length, 2);
    assert.equal(server.requests.length, 2);
    const held = frozen;
    frozen = undefined;
    held.forEach((send) => send());
    await until('one connection', () => server.open.size === 1);
    server.publish(2);
    await haveSeen(tabs, 1, 5);
});

test('without locks each tab has a connection, and the console says why', async (t) => {
    Object.defineProperty(globalThis, 'navigator', { value: undefined, configurable: true });
    const warnings = [];
    t.mock.method(console, 'warn', (...words) => warnings.push(words.join(' ')));
    const server = await numbered(t);
    await opened([tab(t, server.url), tab(t, server.url)]);
    assert.equal(server.requests.length, 2);
    assert.deepEqual(warnings, Array(2).fill('Not shared: Error: Web Locks need HTTPS'));
});

test('ids of a hub have an order, others have none', () => {
    const less = (a, b) => rank(a) < rank(b);
    for (const [a, b] of [['1-0', '1-1'], ['9-9', '10-0'], ['0-1', '1795912998123-0'], ['5-18446744073709551614', '5-18446744073709551615']]) {
        assert.ok(less(a, b) && !less(b, a), `${a} ${b}`);
    }
    for (const [a, b] of [['1', '2'], ['a', '1-1'], ['', '1-1'], ['1-1', '1-1'], ['1-1-1', '2-1']]) {
        assert.ok(!less(a, b) && !less(b, a), `${a} ${b}`);
    }
});

test('a log keeps the newest, and knows what it does not have', () => {
    const event = (number, size = 1) => ({ type: 'message', data: 'x'.repeat(size), lastEventId: `1-${number}` });
    const ids = (events) => events?.map(({ lastEventId }) => lastEventId);
    const log = new Log('1-0');
    for (let number = 2; number <= 600; number += 2) log.add([event(number)], `1-${number}`);
    assert.deepEqual(ids(log.after('1-596')), ['1-598', '1-600']);
    assert.deepEqual(ids(log.after('1-597')), ['1-598', '1-600']);
    assert.deepEqual(ids(log.after('1-600')), []);
    assert.deepEqual(ids(log.after('')), []);
    assert.equal(log.after('1-86'), undefined);
    assert.equal(log.after('1-88').length, 256);
    assert.equal(log.after('1-601'), undefined);
    assert.equal(log.after('other'), undefined);
    log.add([event(602, 2 ** 20)], '1-602');
    assert.deepEqual(ids(log.after('1-600')), ['1-602']);
    assert.equal(log.after('1-599'), undefined);
});
