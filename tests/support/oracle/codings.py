"""Content codings by Python's own zlib, and by zstandard and brotli where they are there.

    codings.py has                  prints the codings that it knows
    codings.py encode CODING        each line of stdin is a piece of text in base64, or "cut", which has zstd begin a
                                    frame; the answer to each is what it is encoded to, flushed. Ends with the end.
    codings.py decode CODING        the other direction, of one whole body: prints the text, or fails
    codings.py get URL CODING       asks for a body in this coding, and prints each piece of it, decoded, as it comes;
                                    fails where it has not the coding, or where the end of the coding is missing
"""

import base64
import http.client
import ssl
import sys
import zlib
from urllib.parse import urlsplit

try:
    import brotli
except ImportError:
    brotli = None
try:
    import zstandard
except ImportError:
    zstandard = None


class Deflate:
    bits = 15

    def __init__(self):
        self.inflater = zlib.decompressobj(self.bits)
        self.deflater = zlib.compressobj(6, zlib.DEFLATED, self.bits)

    def encode(self, text):
        return self.deflater.compress(text) + self.deflater.flush(zlib.Z_SYNC_FLUSH)

    def cut(self):
        return self.deflater.flush(zlib.Z_FULL_FLUSH)

    def end(self):
        return self.deflater.flush(zlib.Z_FINISH)

    def decode(self, data):
        text = self.inflater.decompress(data)
        if self.inflater.unused_data:
            raise ValueError("bytes after the end")
        return text

    def is_at_end(self):
        return self.inflater.eof


class Gzip(Deflate):
    bits = 31


class Brotli:
    def __init__(self):
        self.decompressor = brotli.Decompressor()
        self.compressor = brotli.Compressor(quality=5, lgwin=18)

    def encode(self, text):
        return self.compressor.process(text) + self.compressor.flush()

    def cut(self):
        return b""

    def end(self):
        return self.compressor.finish()

    def decode(self, data):
        return self.decompressor.process(data)

    def is_at_end(self):
        return self.decompressor.is_finished()


class Zstd:
    def __init__(self):
        self.frame = None
        self.compressor = None

    def encode(self, text):
        if self.compressor is None:
            self.compressor = zstandard.ZstdCompressor(level=3).compressobj()
        return self.compressor.compress(text) + self.compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self):
        compressor, self.compressor = self.compressor, None
        return b"" if compressor is None else compressor.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)

    cut = end

    def decode(self, data):
        text = b""
        while data:
            if self.frame is None:
                self.frame = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
            text += self.frame.decompress(data)
            data = self.frame.unused_data
            if not self.frame.eof:
                break
            self.frame = None
        return text

    def is_at_end(self):
        return self.frame is None


CODINGS = {"gzip": Gzip, "deflate": Deflate}
if brotli:
    CODINGS["br"] = Brotli
if zstandard:
    CODINGS["zstd"] = Zstd


def write(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def encode(coding):
    encoder = CODINGS[coding]()
    for line in sys.stdin:
        line = line.strip()
        encoded = encoder.cut() if line == "cut" else encoder.encode(base64.b64decode(line))
        write(base64.b64encode(encoded) + b"\n")
    write(base64.b64encode(encoder.end()) + b"\n")


def decode(coding):
    decoder = CODINGS[coding]()
    write(decoder.decode(sys.stdin.buffer.read()))
    if not decoder.is_at_end():
        sys.exit(f"{coding} has not ended")


def get(url, coding):
    parts = urlsplit(url)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.netloc, context=ssl._create_unverified_context())
    else:
        connection = http.client.HTTPConnection(parts.netloc)
    headers = {"Accept": "text/event-stream", "Accept-Encoding": coding}
    connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
    response = connection.getresponse()
    found = response.getheader("Content-Encoding")
    if found != coding:
        sys.exit(f"the coding is {found}, not {coding}")
    decoder = CODINGS[coding]()
    while data := response.read1(65536):
        write(decoder.decode(data))
    if not decoder.is_at_end():
        sys.exit(f"{coding} has not ended")


if sys.argv[1] == "has":
    print(*CODINGS)
else:
    {"encode": encode, "decode": decode, "get": get}[sys.argv[1]](*sys.argv[2:])
