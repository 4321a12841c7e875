"""Reads event streams with the decoder of PyPI's openai.

Each line of stdin is a JSON array: the pieces of one stream, in base64. The answer is a line with the
events that the decoder gives.
"""

import base64
import json
import sys

from openai._streaming import SSEDecoder


def parse(pieces):
    events = SSEDecoder().iter_bytes(map(base64.b64decode, pieces))
    return [
        {"event": event.event or "message", "data": event.data, "id": event.id} for event in events
    ]


for line in sys.stdin:
    print(json.dumps(parse(json.loads(line))), flush=True)
