// Opens the page's EventSources, and shows what state each of them is in.

const STATES = ['connecting', 'open', 'closed'];

// A worker of php -S that has accepted two connections serves the second when it is done with the
// first, which for a stream is never. A new connection goes to a worker that is free.
const PATIENCE = 2000;

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

/** An EventSource that lives until the controller aborts; `handlers` are its listeners by event type. */
export function openStream(panel, url, controller, handlers) {
    const source = new EventSource(url);
    const show = () => showState(panel, STATES[source.readyState]);
    const patience = setTimeout(() => {
        source.close();
        openStream(panel, url, controller, handlers);
    }, PATIENCE);

    source.addEventListener('open', () => {
        clearTimeout(patience);
        show();
    });
    source.addEventListener('error', () => {
        show();
        if (source.readyState === EventSource.CLOSED) {
            reportNoStream(url);
            controller.abort();
        }
    });
    for (const [type, handler] of Object.entries(handlers)) {
        source.addEventListener(type, handler);
    }
    controller.signal.addEventListener('abort', () => {
        clearTimeout(patience);
        source.close();
        show();
    });
    show();
}
