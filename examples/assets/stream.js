// Opens the page's streams, and shows what state each of them is in.

import { EventStream } from './php-sse-client.js';

const STATES = ['connecting', 'open', 'closed'];

// A worker of php -S that has accepted two connections serves the second when it is done with the
// first, which for a stream is never. So connections are opened one after the other, and one that is
// not answered is opened anew.
const PATIENCE = 2000;
let turn = Promise.resolve();

export function showState(panel, state) {
    const badge = panel.querySelector('.badge');
    badge.dataset.state = state;
    badge.textContent = state;
}

export function report(message) {
    const failure = document.getElementById('failure');
    failure.textContent = message;
    failure.hidden = false;
}

export function reportNoStream(url) {
    report(`${url} did not answer with an event stream. Is the extension loaded? Run “make demo”.`);
}

/**
 * A stream that lives until the controller aborts; `handlers` are its listeners by event type. The next one with these
 * options goes on where it was.
 */
export function openStream(panel, url, controller, handlers, options = {}) {
    showState(panel, 'connecting');
    turn = turn.then(() => new Promise((next) => connect(panel, url, controller, handlers, options, next)));
}

function connect(panel, url, controller, handlers, options, next) {
    if (controller.signal.aborted) {
        showState(panel, 'closed');
        next();
        return;
    }
    const source = new EventStream(url, options);
    const patience = setTimeout(() => {
        source.close();
        connect(panel, url, controller, handlers, options, next);
    }, PATIENCE);
    const show = () => {
        clearTimeout(patience);
        showState(panel, STATES[source.readyState]);
        next();
    };

    source.addEventListener('open', show);
    source.addEventListener('error', ({ error }) => {
        show();
        if (error.status) {
            reportNoStream(url);
        }
        if (source.readyState === 2) {
            controller.abort();
        }
    });
    for (const [type, handler] of Object.entries(handlers)) {
        source.addEventListener(type, handler);
    }
    controller.signal.addEventListener('abort', () => {
        options.lastEventId = source.lastEventId;
        source.close();
        show();
    });
}

/** Posts a form, and reports what goes wrong. */
export async function post(url, body) {
    const response = await fetch(url, { method: 'POST', body }).catch(() => null);
    if (!response?.ok) {
        report(`${url} answered ${response?.status ?? 'nothing'}.`);
    }
}
