// Reads event streams with npm's eventsource.
//
// Each line of stdin is a JSON array: the pieces of one stream, in base64. The answer is a line with the
// events that the client dispatches.
const { EventSource } = require('eventsource');
const { answerEach, response } = require('./stream.cjs');

answerEach((pieces) => new Promise((resolve) => {
  const events = [];
  class Recorder extends EventSource {
    dispatchEvent(event) {
      // Its own events, `open` and `error`, have no data.
      if (event.data === undefined) {
        return super.dispatchEvent(event);
      }
      events.push({ event: event.type, data: event.data, id: event.lastEventId });
      return true;
    }
  }
  const source = new Recorder('http://localhost/', { fetch: async () => response(pieces) });
  source.onerror = () => {
    source.close();
    resolve(events);
  };
}));
