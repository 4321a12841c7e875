// An answer that grows token by token.

import { onDemand } from './lifetime.js';
import { openStream } from './stream.js';

export function llm(panel) {
    const answer = panel.querySelector('.answer');
    const count = panel.querySelector('.count');

    onDemand(panel.querySelector('.start'), (controller) => {
        const asked = performance.now();
        let tokens = 0;
        answer.textContent = '';
        answer.ariaBusy = true;

        openStream(panel, 'llm-relay.php', controller, {
            token: (event) => {
                answer.append(event.data);
                const seconds = (performance.now() - asked) / 1000;
                count.textContent = `${++tokens} tokens in ${seconds.toFixed(1)} s`;
            },
            done: () => controller.abort(),
            // A stream that breaks in the middle would start the answer again.
            error: () => controller.abort(),
        });
        controller.signal.addEventListener('abort', () => {
            answer.ariaBusy = false;
        });
    });
}
