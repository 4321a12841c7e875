// A list that survives what happens to the page. After a lost connection the stream itself sends
// Last-Event-ID; after a reload there is a new stream, which cannot: so the list is kept for the session,
// and its newest id is where that goes on.

import { whileVisible } from './lifetime.js';
import { openStream, post } from './stream.js';

const KEPT = 100;
const STORE = 'notifications';

export function notifications(panel) {
    const entries = JSON.parse(sessionStorage.getItem(STORE) ?? '[]');
    entries.forEach((entry) => show(panel, entry));

    const options = { share: true, lastEventId: entries.at(-1)?.id };
    whileVisible((controller) => openStream(panel, 'notifications.php', controller, {
        notification: (event) => {
            const entry = { id: event.lastEventId, ...JSON.parse(event.data) };
            entries.push(entry);
            entries.splice(0, entries.length - KEPT);
            sessionStorage.setItem(STORE, JSON.stringify(entries));
            show(panel, entry);
        },
    }, options));

    panel.querySelector('form').addEventListener('submit', (event) => {
        event.preventDefault();
        const form = event.target;
        post('notify.php', new FormData(form));
        form.reset();
    });
    panel.querySelector('.drop').addEventListener('click', () => post('drop.php'));
}

function show(panel, { id, text, time }) {
    const item = document.createElement('li');
    const clock = document.createElement('time');
    const body = document.createElement('span');
    item.dataset.id = id;
    clock.dateTime = new Date(time * 1000).toISOString();
    clock.textContent = new Date(time * 1000).toLocaleTimeString();
    body.textContent = text;
    item.append(body, clock);

    const list = panel.querySelector('ol');
    list.prepend(item);
    list.children[KEPT]?.remove();
    panel.querySelector('.last-event-id').textContent = id;
}
