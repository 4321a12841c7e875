// A board that PHP renders anew for each event, and what of that goes over the wire: by the hub's own count, as a
// browser does not tell how long an event was before it decoded it.

import { onDemand } from './lifetime.js';
import { openStream } from './stream.js';

const encoder = new TextEncoder();

export function board(panel) {
    const quotes = panel.querySelector('.tiles');
    let size = 0;
    let before = null;

    onDemand(panel.querySelector('.start'), (controller) => {
        controller.signal.addEventListener('abort', () => { before = null; });
        openStream(panel, 'board.php', controller, {
            board: (event) => {
                quotes.innerHTML = event.data;
                size = encoder.encode(event.data).length;
            },
            count: (event) => {
                const count = JSON.parse(event.data);
                if (before && count.sent > before.sent) {
                    showRatio(panel, size, (count.plain - before.plain) / (count.sent - before.sent));
                }
                before = count;
            },
        });
    });
}

function showRatio(panel, size, ratio) {
    const numbers = {
        rendered: `${(size / 1000).toFixed(1)} KB`,
        sent: `${Math.round(size / ratio)} B`,
        ratio: `${Math.round(ratio)} : 1`,
    };
    for (const [name, value] of Object.entries(numbers)) {
        panel.querySelector(`[data-name="${name}"]`).textContent = value;
    }
}
