// The bytes of a stream, line by line as they arrive: what an EventSource never shows.

import { onDemand } from './lifetime.js';
import { reportNoStream, showState } from './stream.js';

const KEPT = 400;

export function wire(panel) {
    const frames = panel.querySelector('.frames');

    onDemand(panel.querySelector('.start'), async (controller) => {
        const url = panel.querySelector('select').value;
        controller.signal.addEventListener('abort', () => showState(panel, 'closed'));
        showState(panel, 'connecting');
        frames.replaceChildren();
        try {
            const response = await fetch(url, { signal: controller.signal, cache: 'no-store' });
            if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
                throw new TypeError('not an event stream');
            }
            showState(panel, 'open');
            await read(response.body, (line) => append(frames, line));
        } catch (error) {
            if (!controller.signal.aborted) {
                reportNoStream(url);
            }
        }
        controller.abort();
    });
}

async function read(body, onLine) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
        const { done, value } = await reader.read();
        if (done) {
            return;
        }
        const lines = (rest + value).split('\n');
        rest = lines.pop();
        lines.forEach(onLine);
    }
}

function append(frames, line) {
    const atEnd = frames.scrollHeight - frames.scrollTop - frames.clientHeight < 40;
    const colon = line.indexOf(':');
    const row = document.createElement('div');
    if (colon > 0) {
        const field = document.createElement('b');
        field.textContent = line.slice(0, colon + 1);
        row.append(field, line.slice(colon + 1));
    } else {
        row.className = colon === 0 ? 'comment' : 'end';
        row.classList.toggle('heartbeat', line === ':');
        row.textContent = line;
    }
    frames.append(row);
    if (frames.children.length > KEPT) {
        frames.firstChild.remove();
    }
    if (atEnd) {
        frames.scrollTop = frames.scrollHeight;
    }
}
