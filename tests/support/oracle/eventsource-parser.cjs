// Parses event streams with npm's eventsource-parser.
//
// Each line of stdin is a JSON array: the pieces of one stream, in base64. The answer is a line with
// the events that the parser dispatches.
const { createParser } = require('eventsource-parser');
const readline = require('node:readline');

function parse(pieces) {
  const events = [];
  const parser = createParser({
    onEvent: ({ event = 'message', data, id = null }) => events.push({ event, data, id }),
  });
  // The parser takes text: decoding is the caller's part.
  const decoder = new TextDecoder();
  for (const piece of pieces) {
    parser.feed(decoder.decode(Buffer.from(piece, 'base64'), { stream: true }));
  }
  return events;
}

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  process.stdout.write(JSON.stringify(parse(JSON.parse(line))) + '\n');
});
