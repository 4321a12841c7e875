// Prices, each with a line of its last half minute.

import { whileVisible } from './lifetime.js';
import { openStream } from './stream.js';

const POINTS = 60;
const WIDTH = 100;
const HEIGHT = 40;
const MARGIN = 4;

const quotes = new Map();

export function ticker(panel) {
    whileVisible((controller) => openStream(panel, 'ticker.php', controller, {
        prices: (event) => {
            for (const [symbol, price] of Object.entries(JSON.parse(event.data))) {
                if (!quotes.has(symbol)) {
                    quotes.set(symbol, addQuote(panel, symbol));
                }
                update(quotes.get(symbol), price);
            }
        },
    }, { share: true }));
}

function addQuote(panel, symbol) {
    const element = panel.querySelector('template').content.cloneNode(true).firstElementChild;
    element.querySelector('h3').textContent = symbol;
    panel.querySelector('.quotes').append(element);
    return { element, prices: [] };
}

function update({ element, prices }, price) {
    prices.push(price);
    if (prices.length > POINTS) {
        prices.shift();
    }
    const change = 100 * (price / prices[0] - 1);
    element.dataset.trend = change < 0 ? 'down' : 'up';
    element.querySelector('.price').textContent = price.toFixed(2);
    element.querySelector('.change').textContent = `${change < 0 ? '▼' : '▲'} ${Math.abs(change).toFixed(2)} %`;
    draw(element, prices);
}

function draw(element, prices) {
    const low = Math.min(...prices);
    const range = Math.max(...prices) - low || 1;
    const line = prices.map((price, index) => {
        const x = WIDTH - (prices.length - 1 - index) * WIDTH / (POINTS - 1);
        const y = HEIGHT - MARGIN - (price - low) / range * (HEIGHT - 2 * MARGIN);
        return `${x.toFixed(2)},${y.toFixed(2)}`;
    });
    const start = line[0].split(',')[0];
    element.querySelector('.line').setAttribute('points', line.join(' '));
    element.querySelector('.area').setAttribute('points', [`${start},${HEIGHT}`, ...line, `${WIDTH},${HEIGHT}`].join(' '));
}
