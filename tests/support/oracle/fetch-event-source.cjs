// Reads event streams with npm's @microsoft/fetch-event-source.
//
// Each line of stdin is a JSON array: the pieces of one stream, in base64. The answer is a line with the
// events that the client gives its user.
// It looks for a browser's window when it is asked for a stream.
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
const { fetchEventSource } = require('@microsoft/fetch-event-source');
const { answerEach, response } = require('./stream.cjs');

answerEach(async (pieces) => {
  const events = [];
  await fetchEventSource('http://localhost/', {
    fetch: async () => response(pieces),
    onmessage: ({ event, data, id }) => events.push({ event: event || 'message', data, id }),
  });
  return events;
});
