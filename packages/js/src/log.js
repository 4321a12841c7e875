// The newest events of a stream, for tabs that come later or have to go on.

const EVENTS = 256;
const CHARACTERS = 2 ** 20;

// The ids of a hub are in one order; of others nobody knows more than which are equal.
const HUB = /^\d+-\d+$/;

/** A string that comes before that of a later id; NaN, which comes before and after nothing, for ids without order. */
export function rank(id) {
    return HUB.test(id) ? id.replace(/\d+/g, (number) => number.padStart(20, 0)) : NaN;
}

export class Log {
    /** The id up to which it goes. */
    end;

    #start; // the id after which it begins
    #events = [];
    #size = 0;

    constructor(id) {
        this.#start = this.end = id;
    }

    add(events, id) {
        for (const event of events) {
            this.#start ||= event.lastEventId;
            this.#size += event.data.length;
            this.#events.push(event);
        }
        while (this.#events.length > EVENTS || this.#size > CHARACTERS) {
            const { data, lastEventId } = this.#events.shift();
            this.#size -= data.length;
            this.#start = lastEventId;
        }
        this.end = id;
    }

    /** The events after an id; undefined if it is not here. Who has none wants what is to come. */
    after(id) {
        if (!id || id === this.end) return [];
        const index = this.#events.findLastIndex(({ lastEventId }) => lastEventId === id);
        if (index >= 0 || id === this.#start) return this.#events.slice(index + 1);
        if (rank(this.#start) < rank(id) && rank(id) < rank(this.end)) {
            return this.#events.filter(({ lastEventId }) => rank(id) < rank(lastEventId));
        }
    }
}
