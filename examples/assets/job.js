// A job that is over when its stream says so.

import { onDemand } from './lifetime.js';
import { openStream } from './stream.js';

export function job(panel) {
    const bar = panel.querySelector('progress');
    const hint = panel.querySelector('.hint');

    onDemand(panel.querySelector('.start'), (controller) => {
        bar.value = 0;
        hint.textContent = 'Running';
        openStream(panel, 'job.php', controller, {
            progress: (event) => {
                const { row, rows } = JSON.parse(event.data);
                bar.value = 100 * row / rows;
            },
            done: (event) => {
                hint.textContent = `${JSON.parse(event.data).rows} rows imported`;
                controller.abort();
            },
        });
        controller.signal.addEventListener('abort', () => {
            if (bar.value < 100) {
                hint.textContent = `Stopped at ${Math.round(bar.value)} %`;
            }
        });
    });
}
