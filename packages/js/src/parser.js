// Reads an event stream as the HTML standard does (9.2.6), fed in pieces of any size.

import { StreamError } from './error.js';

const MOST = 2 ** 24; // characters that an unfinished event may have: twice what a hub publishes

export class Parser {
    /** By the last event that has ended. */
    lastEventId;

    /** The reconnection time in milliseconds, once the stream has named one. */
    retry;

    #decoder = new TextDecoder(); // drops a byte order mark, and replaces what is not UTF-8
    #afterCr = false;
    #line = '';
    #data = '';
    #type = '';
    #id;

    constructor(lastEventId = '') {
        this.lastEventId = this.#id = lastEventId;
    }

    /** Returns the events that these bytes complete. */
    feed(bytes) {
        const events = [];
        let text = this.#decoder.decode(bytes, { stream: true });
        if (text && this.#afterCr) {
            text = text.replace(/^\n/, ''); // the second half of a CR LF
            this.#afterCr = false;
        }
        let start = 0;
        for (const { 0: end, index } of text.matchAll(/\r\n?|\n/g)) {
            this.#read(this.#line + text.slice(start, index), events);
            this.#line = '';
            start = index + end.length;
        }
        this.#afterCr = this.#afterCr || text.endsWith('\r');
        this.#line += text.slice(start);
        if (this.#line.length + this.#data.length > MOST) {
            throw new StreamError('an event is too long', { fatal: true });
        }
        return events;
    }

    #read(line, events) {
        if (!line) {
            return this.#dispatch(events);
        }
        const [, field, value] = line.match(/^([^:]*):? ?([^]*)$/);
        if (field === 'data') {
            this.#data += `${value}\n`;
        } else if (field === 'event') {
            this.#type = value;
        } else if (field === 'id' && !value.includes('\0')) {
            this.#id = value;
        } else if (field === 'retry' && /^\d+$/.test(value)) {
            this.retry = +value;
        }
    }

    #dispatch(events) {
        this.lastEventId = this.#id;
        if (this.#data) {
            const { lastEventId } = this;
            events.push({ type: this.#type || 'message', data: this.#data.slice(0, -1), lastEventId });
        }
        this.#data = this.#type = '';
    }
}
