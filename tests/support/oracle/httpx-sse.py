"""Parses event streams with PyPI's httpx-sse.

Each line of stdin is a JSON array: the pieces of one stream, in base64. The answer is a line with the
events that the client gives its user.
"""

import base64
import json
import sys

import httpx
import httpx_sse


class Pieces(httpx.SyncByteStream):
    def __init__(self, pieces):
        self.pieces = pieces

    def __iter__(self):
        return map(base64.b64decode, self.pieces)


def parse(pieces):
    headers = {"Content-Type": "text/event-stream"}
    response = httpx.Response(200, headers=headers, stream=Pieces(pieces))
    events = httpx_sse.EventSource(response).iter_sse()
    return [{"event": event.event, "data": event.data, "id": event.id} for event in events]


for line in sys.stdin:
    print(json.dumps(parse(json.loads(line))), flush=True)
