// What a page loads.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as bundle from '../dist/php-sse-client.js';
import * as module from '../src/index.js';

test('the bundle has less than 4 KB, compressed', () => {
    const size = gzipSync(readFileSync(new URL('../dist/php-sse-client.js', import.meta.url)), { level: 9 }).length;
    assert.ok(size < 4096, `${size} bytes`);
});

test('the bundle has what the module has', () => {
    assert.deepEqual(Object.keys(bundle).sort(), Object.keys(module).sort());
});

test('what the package names is there, and published', () => {
    const at = (path) => new URL(`../${path}`, import.meta.url);
    const { exports, types, unpkg, files } = JSON.parse(readFileSync(at('package.json')));
    const paths = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? entry : Object.values(entry)));
    for (const path of [...paths, types, unpkg].map((named) => named.replace('/*', ''))) {
        assert.ok(existsSync(at(path)), path);
        assert.ok(files.some((folder) => path.startsWith(`./${folder}`)), `${path} is not published`);
    }
});
