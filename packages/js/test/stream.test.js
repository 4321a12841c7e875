// One stream on its own: what it asks for, what it makes of answers, and how it comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream } from '../src/index.js';
import { backoff } from '../src/connection.js';
import { ends, serve, status, stream, until, watch } from './support.js';

const eventually = (seen, expected) =>
    until(`${JSON.stringify(expected)}, not ${JSON.stringify(seen)}`, () => seen.length >= expected.length)
        .then(() => assert.deepEqual(seen, expected));

test('events come with type, data and id, as from an EventSource', async (t) => {
    const { url, requests } = await serve(t, stream('id: 7\nevent: tick\ndata: 1\n\ndata: two\ndata: lines\n\n'));
    const source = new EventStream(url);
    const heard = [];
    source.onopen = () => heard.push('open');
    source.onmessage = ({ data }) => heard.push(data);
    const seen = watch(t, source, 'tick');
    await eventually(seen, ['open', ['tick', '1', '7'], ['message', 'two\nlines', '7']]);
    assert.deepEqual(heard, ['open', 'two\nlines']);
    assert.equal(source.readyState, 1);
    assert.equal(source.lastEventId, '7');
    const [{ method, headers, id }] = requests;
    assert.deepEqual([method, headers.accept, id], ['GET', 'text/event-stream', undefined]);
});

test('after an end or a cut it comes back with the last id, when the server said', async (t) => {
    const cut = (response) => {
        stream('id: 2\ndata: b\n\ndata: half')(response);
        setTimeout(() => response.destroy(), 20);
    };
    const { url, requests } = await serve(t, ends('retry: 40\nid: 1\ndata: a\n\n'), cut, stream('data: c\n\n'));
    const source = new EventStream(url);
    const waits = [];
    source.onerror = ({ retryIn }) => waits.push(retryIn);
    const seen = watch(t, source);
    await until('the third', () => seen.some(([, data]) => data === 'c'));
    assert.deepEqual(seen.filter(Array.isArray), [['message', 'a', '1'], ['message', 'b', '2'], ['message', 'c', '2']]);
    assert.deepEqual(requests.map(({ id }) => id), [undefined, '1', '2']);
    assert.ok(requests[1].at - requests[0].at >= 40, 'it comes back too early');
    assert.ok(waits.length === 2 && waits.every((wait) => wait <= 60), `the server says 40 ms: ${waits}`);
});

test('an id may have any character, and be given at the start', async (t) => {
    const { url, requests } = await serve(t, ends('retry: 1\nid: é💥\ndata: a\n\n'), stream(''));
    watch(t, new EventStream(url, { lastEventId: '41-7' }));
    await until('two requests', () => requests.length === 2);
    assert.equal(requests[0].id, '41-7');
    assert.equal(Buffer.from(requests[1].id, 'latin1').toString(), 'é💥');
});

test('method, body, headers and topics are sent, headers anew each time', async (t) => {
    const { url, requests } = await serve(t, ends('retry: 1\n'), stream('data: a\n\n'));
    let token = 0;
    const headers = async () => ({ Authorization: `Bearer ${++token}` });
    const topics = ['b c', 'a', 'a'];
    const seen = watch(t, new EventStream(`${url}?page=1`, { body: '{"prompt":"Hi"}', headers, topics }));
    await until('a message', () => seen.some(Array.isArray));
    for (const [number, request] of requests.entries()) {
        assert.deepEqual([request.method, request.body], ['POST', '{"prompt":"Hi"}']);
        assert.equal(decodeURIComponent(request.url), '/stream?page=1&topic[]=a&topic[]=b+c');
        assert.equal(request.headers.authorization, `Bearer ${number + 1}`);
    }
});

test('204 and the refusals end it for good', async (t) => {
    for (const code of [204, 301, 400, 401, 403, 404, 419]) {
        const { url, requests } = await serve(t, ends('retry: 1\ndata: a\n\n'), status(code));
        const source = new EventStream(url);
        const seen = watch(t, source);
        const end = await source.done.then(() => 'done', (error) => error.status);
        assert.equal(end, code === 204 ? 'done' : code);
        assert.equal(source.readyState, 2);
        assert.equal(requests.length, 2);
        assert.equal(seen.at(-1), code === 204 ? 'error: ' + `${url} has ended` : `error: ${code}`);
    }
});

test('a page is no stream, and the error says so', async (t) => {
    const page = (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>');
    const { url } = await serve(t, page);
    await assert.rejects(new EventStream(url).done, { message: `${url} answered 200 text/html, no event stream` });
});

test('a server that is busy or broken is tried again, when it says', async (t) => {
    const inTwoSeconds = () => new Date(Date.now() + 2000).toUTCString(); // less what it has of a second
    for (const [code, after, atLeast] of [[429, () => '1', 1000], [503, inTwoSeconds, 900], [500, null, 100], [408, null, 100]]) {
        const busy = (response) => status(code, after ? { 'Retry-After': after() } : {})(response);
        const { url, requests } = await serve(t, busy, stream('data: a\n\n'));
        const source = new EventStream(url, { retry: 50 });
        const waits = [];
        source.onerror = ({ error, retryIn }) => waits.push([error.status, retryIn]);
        const seen = watch(t, source);
        await until('a message', () => seen.some(Array.isArray));
        assert.equal(waits.length, 1);
        assert.equal(waits[0][0], code);
        const wait = requests[1].at - requests[0].at;
        assert.ok(wait >= atLeast && wait >= waits[0][1] - 5, `${code}: ${wait} ms, said ${waits[0][1]}`);
    }
});

test('waits grow, differ, obey the server, and have a bound', () => {
    const range = (...given) => {
        const waits = Array.from({ length: 200 }, () => backoff(...given));
        assert.ok(new Set(waits).size > 100, 'no jitter');
        return [Math.min(...waits), Math.max(...waits)];
    };
    const within = ([least, most], low, high) => assert.ok(least >= low && most <= high, `${least} to ${most}`);
    within(range(1000, 0), 1000, 1500);
    within(range(50, 0), 50, 75);
    within(range(0, 1), 2, 3);
    within(range(0, 10), 10_240, 15_360);
    within(range(1000, 3), 8000, 12_000);
    within(range(1000, 2000), 30_000, 45_000);
    within(range(60_000, 3), 60_000, 90_000);
    within(range(1000, 1, 5000), 5000, 7500);
    assert.equal(backoff(1e12, 0), 864e5);
    assert.equal(backoff(0, 0), 0);
});

test('a stream that has fallen silent is left', async (t) => {
    const { url, requests } = await serve(t, stream('retry: 1\nid: 1\ndata: a\n\n'), stream('data: b\n\n'));
    const seen = watch(t, new EventStream(url, { silence: 1000 }));
    await until('the second', () => seen.some(([, data]) => data === 'b'));
    assert.deepEqual(seen.slice(0, 3), ['open', ['message', 'a', '1'], `error: ${url} is silent`]);
    assert.equal(requests[1].id, '1');
    await until('the first to be closed', () => !requests[0].open);
});

test('an application that renews its token is asked once for each attempt', async (t) => {
    const { url, requests } = await serve(t, status(401), stream('data: a\n\n'));
    const asked = [];
    const source = new EventStream(url, { authorize: async ({ status: code }) => asked.push(code) });
    const seen = watch(t, source);
    await eventually(seen, ['open', ['message', 'a', '']]);
    assert.deepEqual([asked, requests.length], [[401], 2]);

    const strict = await serve(t, status(403));
    await assert.rejects(new EventStream(strict.url, { authorize: () => true }).done, { status: 403 });
    assert.equal(strict.requests.length, 2);
    await assert.rejects(new EventStream(strict.url, { authorize: () => false }).done, { status: 403 });
    assert.equal(strict.requests.length, 3);
});

test('topics change by a reconnect that has the last id', async (t) => {
    const { url, requests } = await serve(t, stream('id: 1\ndata: a\n\n'), stream('id: 2\ndata: b\n\n'));
    const source = new EventStream(url, { topics: ['news'], parameter: 'topic' });
    const seen = watch(t, source);
    await eventually(seen, ['open', ['message', 'a', '1']]);
    source.subscribe('sport');
    source.subscribe('arts', 'news');
    source.unsubscribe('sport');
    source.subscribe('news');
    await eventually(seen, ['open', ['message', 'a', '1'], 'open', ['message', 'b', '2']]);
    assert.deepEqual(requests.map((request) => request.url), ['/stream?topic=news', '/stream?topic=arts&topic=news']);
    assert.deepEqual(source.topics, ['news', 'arts']);
    assert.equal(requests[1].id, '1');
    source.unsubscribe('news', 'arts');
    await until('nothing to be open', () => requests.every(({ open }) => !open));
    assert.equal(requests.length, 2);
});

test('topics wait for a first id, or else a moment', async (t) => {
    const late = (response) => {
        stream(': \n')(response);
        setTimeout(() => response.write('id: 5-0\nevent: sse:position\ndata: {}\n\n'), 100);
    };
    const { url, requests } = await serve(t, late, stream(''));
    const source = new EventStream(url, { topics: ['a'] });
    watch(t, source);
    await until('a request', () => requests.length === 1);
    source.subscribe('b');
    await until('the second', () => requests.length === 2);
    assert.equal(requests[1].id, '5-0');

    const without = await serve(t, stream(''));
    const nameless = new EventStream(without.url, { topics: ['a'] });
    watch(t, nameless);
    await until('a request', () => without.requests.length === 1);
    nameless.subscribe('b');
    await until('the second', () => without.requests.length === 2);
    assert.ok(without.requests[1].at - without.requests[0].at >= 900);
});

test('a listener that closes or changes topics is heeded, and loses nothing else of the piece', async (t) => {
    const piece = 'id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n';
    const { url, requests } = await serve(t, stream(piece));
    const source = new EventStream(url);
    const seen = watch(t, source);
    source.addEventListener('message', ({ data }) => data === 'b' && source.close());
    await source.done;
    assert.deepEqual(seen, ['open', ['message', 'a', '1'], ['message', 'b', '2']]);
    assert.equal(source.lastEventId, '2');
    await until('it to be closed', () => !requests[0].open);

    const changing = await serve(t, stream(piece), stream(''));
    const changes = new EventStream(changing.url);
    const all = watch(t, changes);
    changes.addEventListener('message', () => changes.subscribe('x'));
    await until('the second', () => changing.requests.length === 2);
    assert.deepEqual(all.filter(Array.isArray).map(([, data]) => data), ['a', 'b', 'c']);
    assert.equal(changing.requests[1].id, '3');
});

test('an event that says so ends it', async (t) => {
    const { url, requests } = await serve(t, stream('data: [DONE]\n\nevent: done\ndata: 80\n\ndata: late\n\n'));
    for (const [done, expected] of [
        ['done', ['open', ['message', '[DONE]', ''], ['done', '80', '']]],
        [({ data }) => data === '[DONE]', ['open', ['message', '[DONE]', '']]],
    ]) {
        const source = new EventStream(url, { done });
        const seen = watch(t, source, 'done');
        await source.done;
        assert.deepEqual(seen, expected);
    }
    await until('both to be closed', () => requests.every(({ open }) => !open));
});

test('a loop gets all events but the server\'s own, and closes what it leaves', async (t) => {
    const text = 'event: sse:position\nid: 1-0\ndata: {}\n\ndata: a\n\nevent: tick\ndata: b\n\nevent: reset\ndata: c\n\n';
    const { url, requests } = await serve(t, stream(`${text}data: d\n\n`));
    const seen = [];
    for await (const { type, data } of new EventStream(url)) {
        seen.push([type, data]);
        if (type === 'reset') break;
    }
    assert.deepEqual(seen, [['message', 'a'], ['tick', 'b'], ['reset', 'c']]);
    await until('it to be closed', () => !requests[0].open);

    const over = await serve(t, ends('retry: 1\ndata: a\n\n'), status(204));
    const all = [];
    for await (const { data } of new EventStream(over.url)) all.push(data);
    assert.deepEqual(all, ['a']);

    const refused = await serve(t, status(403));
    await assert.rejects(async () => { for await (const event of new EventStream(refused.url)) all.push(event); },
        { status: 403 });
});

test('a loop that does not keep up is told', async (t) => {
    const { url } = await serve(t, stream('data: a\n\n'.repeat(10_100)));
    const source = new EventStream(url);
    const seen = watch(t, source);
    await assert.rejects(async () => {
        for await (const event of source) await until('all', () => seen.length > 10_100 && event);
    }, RangeError);
});

test('the reset hook is called', async (t) => {
    const { url } = await serve(t, stream('id: 9-0\nevent: reset\ndata: {}\n\n'));
    const source = new EventStream(url, { reset: ({ lastEventId }) => source.close(lastEventId) });
    watch(t, source);
    await source.done;
    assert.equal(source.lastEventId, '9-0');
});

test('what cannot be told apart is not shared', () => {
    const url = 'http://127.0.0.1:1/';
    assert.throws(() => new EventStream(url, { share: 'me', body: new FormData() }), TypeError);
    assert.throws(() => new EventStream(url, { share: true, headers: () => ({}) }), TypeError);
});
