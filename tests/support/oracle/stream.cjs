// What the drivers of clients for Node.js share.
const readline = require('node:readline');

// Answers each line of JSON with a line of it, one after the other.
exports.answerEach = async (answer) => {
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
  }
};

// The response whose body comes in these pieces.
exports.response = (pieces) => {
  const left = pieces.map((piece) => Buffer.from(piece, 'base64'));
  const body = new ReadableStream({
    pull: (controller) => (left.length ? controller.enqueue(left.shift()) : controller.close()),
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
};
