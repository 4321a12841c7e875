// The parser, beside the rules of the standard read anew and applied to a whole stream at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parser } from '../src/parser.js';

const bytes = (text) => new TextEncoder().encode(text);

/** All events of a stream, with the id and the reconnection time at its end. */
function read(pieces, before = '') {
    const parser = new Parser(before);
    const events = pieces.flatMap((piece) => parser.feed(piece));
    return { events, id: parser.lastEventId, retry: parser.retry };
}

function naive(stream, before = '') {
    const lines = new TextDecoder().decode(stream).split(/\r\n|\r|\n/);
    lines.pop(); // has no end
    const events = [];
    let [data, type, id, last, retry] = ['', '', before, before, undefined];
    for (const line of lines) {
        const colon = line.indexOf(':');
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (line === '') {
            last = id;
            if (data !== '') events.push({ type: type || 'message', data: data.slice(0, -1), lastEventId: id });
            [data, type] = ['', ''];
        } else if (name === 'data') {
            data += `${value}\n`;
        } else if (name === 'event') {
            type = value;
        } else if (name === 'id' && !value.includes('\0')) {
            id = value;
        } else if (name === 'retry' && value !== '' && [...value].every((digit) => '0123456789'.includes(digit))) {
            retry = Number(value);
        }
    }
    return { events, id: last, retry };
}

const event = (data, lastEventId = '', type = 'message') => ({ type, data, lastEventId });

test('fields mean what the standard says', () => {
    const cases = [
        ['data: YHOO\ndata: +2\ndata: 10\n\n', [event('YHOO\n+2\n10')]],
        [': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
            [event('first event', '1'), event('second event'), event(' third event')]],
        ['data\n\ndata\ndata\n\ndata:', [event(''), event('\n')]],
        ['data:test\n\ndata: test\n\n', [event('test'), event('test')]],
        ['event: a\ndata: 1\n\nevent: b\n\ndata: 2\n\n', [event('1', '', 'a'), event('2')]],
        ['id: 1\0\ndata: x\n\n', [event('x')]],
        ['Data: x\nda ta: y\n data: z\n\n', []],
        ['data: a:b: c\n\n', [event('a:b: c')]],
        ['\uFEFFdata: a\n\n\uFEFFdata: b\n\n', [event('a')]],
        ['data: \uFEFF\n\n', [event('\uFEFF')]],
        ['data: cut', []],
        ['data: cut\n', []],
        ['data: a\r\rdata: b\r\n\r\ndata: c\n\n', [event('a'), event('b'), event('c')]],
    ];
    for (const [stream, events] of cases) {
        assert.deepEqual(read([bytes(stream)]).events, events, JSON.stringify(stream));
        assert.deepEqual(naive(bytes(stream)).events, events, JSON.stringify(stream));
    }
});

test('an id counts at the blank line, with an event or without one', () => {
    assert.equal(read([bytes('id: 5-0\n\n')]).id, '5-0');
    assert.equal(read([bytes('id: 5-0\n')]).id, '');
    assert.equal(read([bytes('id\n\n')], '1-0').id, '');
    assert.deepEqual(read([bytes('data: x\n\n')], '1-0').events, [event('x', '1-0')]);
});

test('a reconnection time is digits and nothing else, and needs no blank line', () => {
    const retry = (value) => read([bytes(`retry:${value}\n`)]).retry;
    assert.deepEqual(['700', ' 0', '1x', '-1', '1.5', '', ' '].map(retry), [700, 0, ...Array(5).fill(undefined)]);
    assert.equal(read([bytes('retry: 700')]).retry, undefined);
});

test('a line that ends in CR is complete before the next byte', () => {
    assert.deepEqual(read([bytes('data: a\r\r')]).events, [event('a')]);
    assert.deepEqual(read([bytes('data: a\r'), bytes('\n\r'), bytes('\n'), bytes('data: b\n\n')]).events,
        [event('a'), event('b')]);
});

test('what is no UTF-8 is replaced, and characters may come in two pieces', () => {
    assert.deepEqual(read([bytes('data: '), Uint8Array.of(0xff), bytes('\n\n')]).events, [event('\uFFFD')]);
    const stream = bytes('data: é💥\u2028x\n\n');
    for (let cut = 0; cut <= stream.length; cut++) {
        const pieces = [stream.slice(0, cut), stream.slice(cut)];
        assert.deepEqual(read(pieces).events, [event('é💥\u2028x')], `cut at ${cut}`);
    }
});

test('an event that never ends is refused', () => {
    const parser = new Parser();
    const piece = new Uint8Array(2 ** 20).fill(0x61);
    assert.throws(() => { for (let piecesFed = 0; piecesFed < 20; piecesFed++) parser.feed(piece); }, /too long/);
    const lines = new Parser();
    const line = bytes(`data: ${'a'.repeat(2 ** 20)}\n`);
    assert.throws(() => { for (let linesFed = 0; linesFed < 20; linesFed++) lines.feed(line); }, /too long/);
});

/** Numbers from a seed, below a bound. */
function randomNumbers(seed) {
    let state = seed;
    return (bound) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor(state / 2 ** 32 * bound);
    };
}

test('any bytes, in any pieces, are read as the naive parser reads them', () => {
    const parts = ['data', 'event', 'id', 'retry', ':', ': ', ' ', '\n', '\n', '\r', '\r\n', '\n\n', '\0', '7', '10-2',
        'x', 'é', '💥', '\uFEFF'].map(bytes).concat([Uint8Array.of(0xff), Uint8Array.of(0xe2, 0x82)]);
    for (let seed = 1; seed <= 5000; seed++) {
        const below = randomNumbers(seed);
        const stream = Uint8Array.from(Array.from({ length: below(60) }, () => [...parts[below(parts.length)]]).flat());
        const pieces = [];
        for (let start = 0; start < stream.length;) {
            const end = start + below(6);
            pieces.push(stream.slice(start, end));
            start = end;
        }
        const before = below(2) ? '' : '1-0';
        assert.deepEqual(read(pieces, before), naive(stream, before), `seed ${seed}`);
    }
});
