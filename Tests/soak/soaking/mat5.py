"""MATLAB files of version 5, by hand: a tile written, and what a strict reader makes of a file.

The format is that of The MathWorks' “MAT-File Format” (2023), chapter 1.
"""
import dataclasses
import math
import struct
import zlib

MATRIX, COMPRESSED, UINT8 = 14, 15, 2
SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
UINT8_CLASS, COMPLEX, LOGICAL = 9, 8, 2


class Bad(Exception):
    """The file contradicts itself, or is cut off: no reader may take it."""


class Unclear(Exception):
    """Readers may take it or not."""


@dataclasses.dataclass
class Tile:
    height: int
    width: int
    bands: int
    data: bytes  # the first index innermost


def element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def write(tile, before=b"", packed=False):
    """A file with the variable img; `before` are the elements of other variables."""
    sizes = struct.pack("<3i", tile.height, tile.width, tile.bands)
    matrix = element(MATRIX, element(6, struct.pack("<II", UINT8_CLASS, 0)) + element(5, sizes)
                     + element(1, b"img") + element(UINT8, tile.data))
    return header() + before + (compressed(matrix) if packed else matrix)


def header():
    return b"MATLAB 5.0 MAT-file, for a test".ljust(116) + bytes(8) + b"\x00\x01IM"


def variable(kind, name, sizes, rest):
    """A variable of another class, which readers must walk over."""
    return element(MATRIX, element(6, struct.pack("<II", kind, 0))
                   + element(5, struct.pack(f"<{len(sizes)}i", *sizes)) + element(1, name) + rest)


def numbers():
    return variable(6, b"origin", (1, 2), element(9, struct.pack("<2d", 1, 2)))


def structure():
    """One with the fields sensor and bands, of which the second is a cell array of texts."""
    names = struct.pack("<HHi", 5, 4, 8) + element(1, b"sensor\0\0bands\0\0\0")
    texts = b"".join(variable(4, b"", (1, 3), element(16, text)) for text in (b"red", b"nir"))
    fields = variable(4, b"", (1, 2), element(16, b"S2")) + variable(1, b"", (1, 2), texts)
    return variable(2, b"about", (1, 1), names + fields)


def compressed(content):
    stream = zlib.compress(content)
    return struct.pack("<II", COMPRESSED, len(stream)) + stream


def read(data):
    """The tile img of a file.

    Raises Bad or Unclear.
    """
    if len(data) < 128:
        raise Bad("it ends within the header")
    order = {b"\x00\x01IM": "<", b"\x01\x00MI": ">"}.get(data[124:128])
    if order is None or not data.startswith(b"MATLAB"):
        raise Unclear("its header is another")
    at, found = 128, None
    while at < len(data):
        kind, length, start, at = tag(data, at, order, padded=False)
        content = data[start:start + length]
        if kind == COMPRESSED:
            content = inflate(content)
            try:
                kind, length, start, end = tag(content, 0, order, padded=False)
            except Bad:
                if matrix(content[8:], order) is None:  # another variable's lie
                    continue
                raise
            if end != len(content):
                raise Unclear("more than one element in a compressed one")
            content = content[start:start + length]
        if kind != MATRIX:
            raise Bad(f"an element of type {kind} where variables are")
        if found is None:
            found = matrix(content, order)
    if found is None:
        raise Bad("there is no variable img")
    return found


def tag(data, at, order, padded=True):
    """Type, length and place of an element, and where the next begins."""
    if at + 8 > len(data):
        raise Bad("it ends within a tag")
    kind, length = struct.unpack_from(order + "II", data, at)
    start = at + 8
    if kind >> 16:  # the short form: four bytes at most, in the tag itself
        kind, length, start, end = kind & 0xFFFF, kind >> 16, at + 4, at + 8
        if length > 4:
            raise Bad("a short element of more than four bytes")
        return kind, length, start, end
    end = start + length + (-length % 8 if padded else 0)
    if start + length > len(data):
        raise Bad("an element leaves what it is in")
    return kind, length, start, min(end, len(data))


def inflate(stream):
    engine = zlib.decompressobj()
    try:
        content = engine.decompress(stream, 1 << 26)
    except zlib.error as error:
        raise Bad(f"a compressed variable: {error}") from error
    if not engine.eof:
        raise Bad("a compressed variable is cut off")
    if engine.unused_data:
        raise Unclear("bytes after a compressed variable")
    return content


def matrix(content, order):
    """The tile, if the variable is img; None if it is another, or nobody can tell."""
    try:
        kind, length, start, at = tag(content, 0, order)
        flags = struct.unpack_from(order + "I", content, start)[0]
        sizes_kind, sizes_length, sizes_start, at = tag(content, at, order)
        name_kind, name_length, name_start, at = tag(content, at, order)
    except (Bad, struct.error):
        return None
    name = content[name_start:name_start + name_length].rstrip(b"\0")
    if name_kind != 1 or name != b"img":
        return None
    if kind != 6 or length != 8:
        raise Unclear("img has no flags")  # what follows may still be whole
    if sizes_kind != 5 or sizes_length % 4 or sizes_length < 8:
        raise Bad("img has no dimensions")
    if flags & 0xFF != UINT8_CLASS or flags >> 8 & LOGICAL:
        raise Unclear("img is of another class")
    if flags >> 8 & COMPLEX:
        raise Bad("img is complex")
    sizes = list(struct.unpack_from(f"{order}{sizes_length // 4}i", content, sizes_start))
    if any(size <= 0 for size in sizes):
        raise Bad(f"img is {sizes}")
    while len(sizes) > 2 and sizes[-1] == 1:
        sizes.pop()
    kind, length, start, at = tag(content, at, order)
    if kind not in SIZES:
        raise Bad(f"img has samples of type {kind}")
    if length != math.prod(sizes) * SIZES[kind]:
        raise Bad(f"img claims {sizes} and has {length} bytes of type {kind}")
    if kind != UINT8 or len(sizes) != 3 or at != len(content):
        raise Unclear("img is stored in another way")
    return Tile(*sizes, content[start:start + length])
