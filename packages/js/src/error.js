/** Why there is no stream: `status` is the response's, if there was one. */
export class StreamError extends Error {
    constructor(message, more) {
        super(message);
        Object.assign(this, more);
    }
}
