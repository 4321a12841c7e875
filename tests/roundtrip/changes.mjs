// Follows a stream of `sendChanges()` to its end, and says how often it did not have the document that was sent.

import { isDeepStrictEqual } from 'node:util';
import { EventStream } from '../../packages/js/src/index.js';
import { applyPatch } from '../../packages/js/src/patch.js';

const read = { opened: 0, state: 0, patch: 0, whole: 0, bytes: 0, wholeBytes: 0, wrong: [] };
let document;

function frozen(value) {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
    return value;
}

const patch = ({ data }) => {
    read.patch++;
    read.bytes += data.length;
    if (document === undefined) read.wrong.push(['a patch of nothing', data]);
    document = frozen(applyPatch(document, JSON.parse(data)));
};

const stream = new EventStream(process.argv[2], { retry: 1, done: 'end' });
stream.onopen = () => {
    read.opened++;
    document = undefined;
};
stream.addEventListener('state', ({ data }) => {
    read.state++;
    read.bytes += data.length;
    document = frozen(JSON.parse(data));
});
for (const type of ['patch', 'other', 'message']) stream.addEventListener(type, patch);
stream.addEventListener('whole', ({ data, lastEventId }) => {
    read.whole++;
    read.wholeBytes += data.length;
    const sent = JSON.parse(data);
    if (!isDeepStrictEqual(document, sent) && read.wrong.length < 5) read.wrong.push([lastEventId, document, sent]);
});
await stream.done;
console.log(JSON.stringify(read));
