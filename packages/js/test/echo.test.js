// The connector for laravel-echo, by itself: what it asks of the server, and what it makes of the answers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SseConnector } from '../src/echo.js';
import { serve, status, stream, until } from './support.js';

const connected = (position, channels, rest = '') =>
    `id: ${position}\nevent: connected\ndata: ${JSON.stringify({ channels, position, mark: 'own' })}\n\n${rest}`;

const message = (id, channel, event, data, except) =>
    `id: ${id}\ndata: ${JSON.stringify({ channel, event, data, except })}\n\n`;

const answer = (code, body) => (response) => {
    response.writeHead(code, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
};

async function connect(t, ...answers) {
    const { url, requests } = await serve(t, ...answers);
    const echo = new SseConnector({ host: new URL(url).origin, bearerToken: 'token', csrfToken: 'forgery' });
    t.after(() => echo.disconnect());
    return { echo, requests };
}

const channelsOf = ({ url }) => new URL(url, 'http://host').searchParams.getAll('channels[]');

test('one stream follows all channels, and says who it is', async (t) => {
    const { echo, requests } = await connect(t, stream(connected('1-0', ['private-a', 'b'])));
    const subscribed = [];
    echo.privateChannel('a').subscribed(() => subscribed.push('a'));
    echo.channel('b').subscribed(() => subscribed.push('b'));
    assert.equal(echo.channel('b'), echo.channels.b);
    await until('both', () => subscribed.length === 2);
    assert.equal(requests.length, 1);
    const [{ url, headers }] = requests;
    assert.deepEqual(channelsOf(requests[0]), ['b', 'private-a']);
    assert.match(echo.socketId(), /^[0-9a-f]{32}$/);
    assert.ok(url.startsWith(`/broadcasting/stream?socket=${echo.socketId()}&`), url);
    assert.deepEqual([headers.authorization, headers['x-csrf-token']], ['Bearer token', 'forgery']);
    assert.equal(echo.connectionStatus(), 'connected');
});

test('events reach those who listen, by the names that Echo gives them', async (t) => {
    const names = ['App\\Events\\Shipped', 'App\\Events\\Order\\Paid', 'said', 'client-typing', 'said'];
    const events = names.map((name, number) => message(`2-${number}`, 'private-a', name, { number })).join('');
    const { echo } = await connect(t, stream(connected('1-0', ['private-a'], events)));
    const heard = [];
    const hear = (name) => ({ number }) => heard.push([name, number]);
    const stopped = () => heard.push('what nobody listens to');
    echo.privateChannel('a')
        .listen('Shipped', () => { throw new Error('of a listener'); })
        .listen('Shipped', hear('Shipped')).listen('Order.Paid', hear('Paid'))
        .listen('.said', stopped).stopListening('.said', stopped).listen('.said', hear('said'))
        .listenForWhisper('typing', hear('typing'))
        .listenToAll((name, { number }) => heard.push([name, number]));
    await until('all', () => heard.length === 10);
    assert.deepEqual(heard, [
        ['Shipped', 0], ['Shipped', 0], ['Paid', 1], ['Order\\Paid', 1], ['said', 2], ['.said', 2],
        ['typing', 3], ['.client-typing', 3], ['said', 4], ['.said', 4],
    ]);
});

test('an event that leaves this page out is not heard', async (t) => {
    const events = message('2-0', 'a', 'x', 'own', 'own') + message('2-1', 'a', 'x', 'of others', 'other');
    const { echo } = await connect(t, stream(connected('1-0', ['a'], events)));
    const heard = [];
    echo.channel('a').listen('.x', (data) => heard.push(data));
    await until('one', () => heard.length);
    assert.deepEqual(heard, ['of others']);
});

test('a channel that is joined later begins when it is joined, and the others go on', async (t) => {
    const first = connected('1-0', ['a'], message('5-0', 'a', 'x', 1));
    const again = `event: connected\ndata: {"channels":["a","b"],"position":"9-0","mark":"own"}\n\n`
        + message('7-0', 'b', 'x', 'before') + message('8-0', 'a', 'x', 2) + message('9-0', 'b', 'x', 'then')
        + message('10-0', 'b', 'x', 3);
    const { echo, requests } = await connect(t, stream(first), stream(again));
    const heard = [];
    const hear = (name) => (data) => heard.push([name, data]);
    echo.channel('a').listen('.x', hear('a'));
    await until('the first', () => heard.length === 1);
    echo.channel('b').listen('.x', hear('b'));
    await until('the last', () => heard.length === 3);
    assert.deepEqual(heard, [['a', 1], ['a', 2], ['b', 3]]);
    assert.deepEqual(requests.map(channelsOf), [['a'], ['a', 'b']]);
    assert.equal(requests[1].id, '5-0');
});

test('a channel that is left is followed no more, unless it is joined again at once', async (t) => {
    const { echo, requests } = await connect(t, stream(connected('1-0', ['a', 'private-b'])), stream(connected('2-0', ['a'])));
    let joined = 0;
    echo.channel('a').subscribed(() => joined++);
    echo.privateChannel('b').subscribed(() => joined++);
    await until('both', () => joined === 2);
    echo.leave('a');
    echo.channel('a').subscribed(() => joined++);
    await until('it again', () => joined === 3);
    echo.leave('b');
    await until('the second request', () => requests.length === 2);
    assert.deepEqual(requests.map(channelsOf), [['a', 'private-b'], ['a']]);
    echo.leaveChannel('a');
    await until('the end', () => echo.connectionStatus() === 'disconnected');
});

test('a channel that is refused is told so, and the others go on', async (t) => {
    const { echo, requests } = await connect(
        t, answer(403, {}), answer(403, { message: 'You may not follow: private-b', refused: ['private-b'] }),
        stream(connected('1-0', ['a'])),
    );
    const told = [];
    echo.channel('a').subscribed(() => told.push('a'));
    echo.privateChannel('b').error((error) => told.push(error));
    await until('both', () => told.length === 2);
    assert.deepEqual(told, [{ type: 'AuthError', error: 'You may not follow: private-b', status: 403 }, 'a']);
    assert.deepEqual(requests.map(channelsOf), [['a', 'private-b'], ['a', 'private-b'], ['a']]);
    assert.deepEqual(requests.map(({ headers }) => headers.accept), ['text/event-stream', 'application/json', 'text/event-stream']);
    assert.deepEqual(Object.keys(echo.channels), ['a']);
});

test('whispers go out one after the other, and a refusal is told', async (t) => {
    const { echo, requests } = await connect(
        t, stream(connected('1-0', ['private-a'])), status(204), answer(422, { message: 'too long' }), status(204),
    );
    const told = [];
    const channel = echo.privateChannel('a').error((error) => told.push(error)).subscribed(() => told.push('in'));
    await until('it', () => told.length === 1);
    channel.whisper('typing', 1).whisper('typing', 2).whisper('typing', 3);
    await until('all', () => requests.length === 4);
    const bodies = requests.slice(1).map(({ body }) => JSON.parse(body));
    assert.deepEqual(bodies, [1, 2, 3].map((data) => ({ channel: 'private-a', event: 'typing', data })));
    assert.deepEqual(told, ['in', { type: 'WhisperError', error: 'too long', status: 422 }]);
    const { url, headers } = requests[3];
    assert.deepEqual(
        [url, headers['x-socket-id'], headers['content-type'], headers['x-csrf-token']],
        ['/broadcasting/whisper', echo.socketId(), 'application/json', 'forgery'],
    );
});

test('who watches is told of each status', async (t) => {
    const { echo } = await connect(t, stream(connected('1-0', ['a'])), status(404));
    const seen = [];
    const stop = echo.onConnectionChange((name) => seen.push(name));
    assert.equal(echo.connectionStatus(), 'disconnected');
    echo.channel('a').error(() => {});
    await until('it', () => echo.connectionStatus() === 'connected');
    echo.channel('b').error(({ status: code }) => seen.push(code));
    await until('the end', () => echo.connectionStatus() === 'failed');
    stop();
    assert.deepEqual(seen, ['connecting', 'connected', 404, 'failed']);
});

test('presence channels say that there are none', async (t) => {
    const { echo } = await connect(t, status(500));
    assert.throws(() => echo.presenceChannel('room'), /^Error: Echo\.join\('room'\): php-sse has no presence channels yet/);
    assert.throws(() => echo.encryptedPrivateChannel('room'), /no encrypted channels/);
});
