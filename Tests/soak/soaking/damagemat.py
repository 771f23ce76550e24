"""Ways to damage a .mat file of version 5 in its structure, inside a compressed variable too."""
import struct
import zlib

from soaking import damage, mat5

NUMBERS = [0, 1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 43, 44, 45, 48, 88, 255, 8447, 8448, 8449, 65535,
           65536, 1 << 20, 1 << 27, 1 << 30, (1 << 31) - 1, 1 << 31, (1 << 32) - 8, (1 << 32) - 1]


def rewrite(data, generator):
    if generator.random() < 0.15:
        return head(data, generator)
    if generator.random() < 0.1:
        return guest(data, generator)
    # The last element is img; what is before it are other variables, which readers walk over.
    found = places(data)
    at, end = generator.choice([*found, found[-1], found[-1]])
    kind, length = struct.unpack_from("<II", data, at)
    which = "" if at == found[-1][0] else "not in img: "
    if kind != 15:
        inside, words = words_of(data[at:end], generator)
        return data[:at] + inside + data[end:], which + words
    try:
        content = zlib.decompress(data[at + 8:at + 8 + length])
    except zlib.error:
        return damage.any_bytes(data, generator)
    if generator.random() < 0.3:
        changed, words = stream(data[at + 8:end], generator)
    else:
        content, words = words_of(content, generator)
        changed = zlib.compress(content)
    return (data[:at] + struct.pack("<II", 15, len(changed)) + changed + data[end:],
            f"{which}inside: {words}")


def guest(data, generator):
    """One more variable before the others, which claims to be endless."""
    name, variable = generator.choice([
        ("cells", mat5.variable(1, b"c", (generator.choice([10**8, 10**9]), 1), b"")),
        ("fields of long names", mat5.variable(2, b"s", (1, 1), struct.pack(
            "<HHiII", 5, 4, 1, 1, (1 << 31) - 8))),
        ("fields of no names", mat5.variable(2, b"s", (1, 1), struct.pack(
            "<HHiII", 5, 4, 0, 1, 64))),
        ("structures", mat5.variable(2, b"s", (2**31 - 1, 2**31 - 1), struct.pack(
            "<HHi", 5, 4, 8) + mat5.element(1, b"a" * 8))),
        ("letters", mat5.variable(4, b"t", (1, 2**31 - 1), mat5.element(16, b"abc")))])
    if generator.random() < 0.5:
        variable = mat5.compressed(variable)
    return data[:128] + variable + data[128:], f"a variable of endless {name} before"


def places(data):
    """Where each element of a valid file begins and ends."""
    found = []
    at = 128
    while at < len(data):
        end = at + 8 + struct.unpack_from("<I", data, at + 4)[0]
        found.append((at, end))
        at = end
    return found


def words_of(data, generator):
    """One of the first 32-bit words: tags, flags, dimensions, names, names of fields."""
    changed = bytearray(data)
    index = generator.randrange(min(generator.choice([16, 60]), len(data) // 4))
    old = struct.unpack_from("<I", changed, 4 * index)[0]
    number = generator.choice([*NUMBERS, old + 1, max(0, old - 1), old * 2, old ^ 0x0800,
                               generator.randrange(1 << 32)]) & 0xFFFFFFFF
    if generator.random() < 0.3:  # what is told of a length, of far too much
        index, number = index | 1, generator.choice([1 << 30, (1 << 31) - 8, (1 << 32) - 8])
        index = min(index, len(data) // 4 - 1)
        old = struct.unpack_from("<I", changed, 4 * index)[0]
    struct.pack_into("<I", changed, 4 * index, number)
    if generator.random() < 0.2:
        extra = generator.choice([-4096, -8, -1, 1, 8, 4096])
        changed = changed[:extra] if extra < 0 else changed + bytes(extra)
        return bytes(changed), f"word {index} became {number}, was {old}, and {extra} bytes more"
    return bytes(changed), f"word {index} became {number}, was {old}"


def stream(data, generator):
    """The compressed bytes themselves."""
    return damage.any_bytes(data, generator)


def head(data, generator):
    changed = bytearray(data)
    way = generator.randrange(4)
    if way == 0:
        changed[126:128] = generator.choice([b"MI", b"II", b"  "])
    elif way == 1:
        changed[124:126] = generator.choice([b"\0\2", b"\1\0", b"\0\0", b"\xff\xff"])
    elif way == 2:
        changed[0:6] = generator.choice([b"matlab", b"Octave", b"\0\0\0\0\0\0"])
    else:
        changed[116:124] = generator.randbytes(8)
    return bytes(changed), f"bytes of the header changed ({way})"
