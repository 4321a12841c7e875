// Patches, beside the words of the RFC, and what they leave as it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch } from '../src/patch.js';

/** RFC 7396, section 2, word for word, on a copy. */
function naive(target, patch) {
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
    const result = Object.create(null);
    if (typeof target === 'object' && target !== null && !Array.isArray(target)) {
        for (const name of Object.keys(target)) result[name] = target[name];
    }
    for (const name of Object.keys(patch)) {
        if (patch[name] === null) {
            delete result[name];
        } else {
            result[name] = naive(result[name], patch[name]);
        }
    }
    return result;
}

/** Has no prototype anywhere, so that the naive result and ours are compared by their own members. */
function bare(value) {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(bare);
    return Object.entries(value).reduce((all, [name, member]) => {
        all[name] = bare(member);
        return all;
    }, Object.create(null));
}

function frozen(value) {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
    return value;
}

/** A generator of random numbers below a bound; the same ones every time. */
function seeded(seed) {
    return (below) => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return Math.floor((seed / 2 ** 32) * below);
    };
}

const NAMES = ['a', 'b', '1', '__proto__', 'constructor', 'toString', ''];

function document(random, depth = 0) {
    const kind = random(depth < 4 ? 8 : 4);
    if (kind < 4) return [null, true, random(3), 'text'][kind];
    if (kind === 4) return Array.from({ length: random(3) }, () => document(random, depth + 1));
    const members = Array.from({ length: random(5) }, () => [NAMES[random(NAMES.length)], document(random, depth + 1)]);
    return Object.fromEntries(members);
}

test('the examples of the RFC', () => {
    const cases = [
        [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
        [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
        [{ a: 'b' }, { a: null }, {}],
        [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
        [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
        [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
        [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
        [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
        [['a', 'b'], ['c', 'd'], ['c', 'd']],
        [{ a: 'b' }, ['c'], ['c']],
        [{ a: 'foo' }, null, null],
        [{ a: 'foo' }, 'bar', 'bar'],
        [{ e: null }, { a: 1 }, { e: null, a: 1 }],
        [[1, 2], { a: 'b', c: null }, { a: 'b' }],
        [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
        [undefined, { a: 1 }, { a: 1 }],
    ];
    for (const [target, patch, result] of cases) {
        assert.deepEqual(applyPatch(frozen(target), frozen(patch)), result, JSON.stringify([target, patch]));
    }
});

test('any patch does to any document what the RFC says, and changes neither', () => {
    const random = seeded(7396);
    for (let round = 0; round < 20_000; round++) {
        const [target, patch] = [frozen(document(random)), frozen(document(random))];
        const result = applyPatch(target, patch);
        assert.deepEqual(bare(result), bare(naive(target, patch)), JSON.stringify([target, patch]));
    }
});

test('what does not change is the same object as before', () => {
    const target = frozen({ a: { b: { c: 1 }, d: [1] }, e: { f: 2 }, g: [3] });
    const result = applyPatch(target, { a: { b: { c: 9 } } });
    assert.deepEqual(result, { a: { b: { c: 9 }, d: [1] }, e: { f: 2 }, g: [3] });
    assert.notEqual(result, target);
    assert.notEqual(result.a, target.a);
    assert.equal(result.a.d, target.a.d);
    assert.equal(result.e, target.e);
    assert.equal(result.g, target.g);
    for (const patch of [{}, { x: null }, { a: {} }, { a: { b: { c: 1, x: null } } }, { e: { f: 2 } }]) {
        assert.equal(applyPatch(target, patch), target, JSON.stringify(patch));
    }
});

test('members keep their place, and new ones stand behind', () => {
    const result = applyPatch({ z: 1, a: { y: 1, b: 1 }, c: 1 }, { n: 2, a: { y: null, d: 2 }, z: 2 });
    assert.equal(JSON.stringify(result), '{"z":2,"a":{"b":1,"d":2},"c":1,"n":2}');
});

test('a name is nothing but a name', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":{"a":1}}');
    const result = applyPatch({}, patch);
    assert.equal({}.polluted, undefined);
    assert.equal(result.polluted, undefined);
    assert.equal(Object.getPrototypeOf(result), Object.prototype);
    assert.equal(JSON.stringify(result), JSON.stringify(patch));
    const changed = applyPatch(result, JSON.parse('{"__proto__":{"polluted":2}}'));
    assert.deepEqual(Object.entries(changed)[0], ['__proto__', { polluted: 2 }]);
    assert.equal(Object.getPrototypeOf(changed), Object.prototype);
    assert.deepEqual(Object.keys(applyPatch(changed, JSON.parse('{"__proto__":null}'))), ['constructor', 'toString']);
});

test('as deep as PHP makes documents', () => {
    const nested = (inner) => JSON.parse(`${'{"a":'.repeat(512)}${inner}${'}'.repeat(512)}`);
    assert.equal(JSON.stringify(applyPatch(frozen(nested(1)), nested(2))), JSON.stringify(nested(2)));
});
