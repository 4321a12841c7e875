// What the hub sends: a chat, orders and a dashboard, in one stream. The worker that has opened it is
// long free again.

import { whileVisible } from './lifetime.js';
import { openStream, post } from './stream.js';

const KEPT = 50;

export function live(panel) {
    const chat = panel.querySelector('.chat ol');
    const orders = panel.querySelector('.orders ol');

    const options = { share: true };
    whileVisible((controller) => openStream(panel, 'live.php?room=lobby', controller, {
        chat: (event) => add(chat, JSON.parse(event.data).text),
        order: (event) => showOrder(orders, JSON.parse(event.data)),
        status: (event) => showStatus(panel.querySelector('dl'), JSON.parse(event.data)),
        // What was missed is not kept any more: a page with a state of its own would load that anew.
        reset: () => [chat, orders].forEach((list) => list.replaceChildren()),
    }, options));

    panel.querySelector('form').addEventListener('submit', (event) => {
        event.preventDefault();
        const form = event.target;
        post('say.php', new FormData(form));
        form.reset();
    });
    panel.querySelector('.order').addEventListener('click', () => post('order.php'));
}

function add(list, text) {
    const item = document.createElement('li');
    const body = document.createElement('span');
    body.textContent = text;
    item.append(body);
    list.prepend(item);
    list.children[KEPT]?.remove();
    return item;
}

function showOrder(list, { number, state }) {
    const item = [...list.children].find((order) => order.dataset.number === String(number))
        ?? add(list, `Order ${number}`);
    item.dataset.number = number;
    const badge = item.querySelector('em') ?? item.appendChild(document.createElement('em'));
    badge.textContent = state;
}

function showStatus(table, status) {
    const numbers = {
        streams: status.streams,
        published: status.published,
        delivered: status.delivered,
        memory: `${(status.memory / 2 ** 20).toFixed(1)} MiB`,
    };
    for (const [name, value] of Object.entries(numbers)) {
        table.querySelector(`[data-name="${name}"]`).textContent = value;
    }
}
