// Brings the panels of the page to life; each of them has a module of its own.

import { board } from './board.js';
import { job } from './job.js';
import { live } from './live.js';
import { llm } from './llm.js';
import { notifications } from './notifications.js';
import { ticker } from './ticker.js';
import { wire } from './wire.js';

for (const [id, start] of Object.entries({ ticker, notifications, live, board, job, llm, wire })) {
    start(document.getElementById(id));
}
