// When a connection may be open. A browser opens six per host over HTTP/1.1, over all its tabs: so the
// streams of a hidden tab are closed, and no more than two of those behind a button run at a time.

const MOST_ON_DEMAND = 2;

const buttons = new Set();
const running = new Map();

/** Calls `open` with an AbortController now, and again whenever the page comes back into view. */
export function whileVisible(open) {
    let controller;
    const follow = () => {
        controller?.abort();
        if (!document.hidden) {
            controller = new AbortController();
            open(controller);
        }
    };
    document.addEventListener('visibilitychange', follow);
    follow();
}

/** Calls `open` with an AbortController at a press of the button; a second press, or `open`, aborts it. */
export function onDemand(button, open) {
    const label = button.textContent;
    buttons.add(button);

    button.addEventListener('click', () => {
        if (running.has(button)) {
            running.get(button).abort();
            return;
        }
        const controller = new AbortController();
        controller.signal.addEventListener('abort', () => {
            running.delete(button);
            button.textContent = label;
            limit();
        });
        running.set(button, controller);
        button.textContent = button.dataset.stop;
        limit();
        open(controller);
    });
}

function limit() {
    for (const button of buttons) {
        button.disabled = running.size >= MOST_ON_DEMAND && !running.has(button);
        button.title = button.disabled ? 'Two streams run already; stop one of them first' : '';
    }
}
