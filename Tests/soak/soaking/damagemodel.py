"""Ways to damage a model: a safetensors file, whose header is JSON after its length."""
import re
import struct

NUMBERS = ["0", "1", "-1", "1.5", "4", "65536", "2147483648", "9223372036854775807", "1e400",
           "null", "true", '"4"', "[]", "{}", "NaN", ""]
WORDS = ["", "F16", "I64", "seamless", "paper", "red", "other", "uint16", "é" * 40, "x" * 5000,
         "\\u0000", "\\", "infrared"]


def rewrite(data, generator):
    length = struct.unpack_from("<Q", data)[0]
    text = data[8:8 + length].decode("utf-8", "replace")
    way = generator.choice([number, number, word, key, cut, size])
    return way(data, text, data[8 + length:], generator)


def joined(text, tensors):
    header = text.encode("utf-8", "replace")
    return struct.pack("<Q", len(header)) + header + tensors


def replaced(text, pattern, choices, generator):
    match = generator.choice(list(re.finditer(pattern, text)))
    new = generator.choice(choices)
    return (text[:match.start(1)] + new + text[match.end(1):],
            f"{match[1][:30]!r} at {match.start(1)} became {new[:30]!r}")


def number(data, text, tensors, generator):
    """A number; those of the metadata are inside a string."""
    text, words = replaced(text, r"(?<![\w.])(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?![\w.])", NUMBERS,
                           generator)
    return joined(text, tensors), words


def word(data, text, tensors, generator):
    text, words = replaced(text, r'"([^"\\]*)\\?"(?!:)', WORDS, generator)
    return joined(text, tensors), words


def key(data, text, tensors, generator):
    text, words = replaced(text, r'"([^"\\]*)\\?":', [*WORDS, "__metadata__"], generator)
    return joined(text, tensors), words


def cut(data, text, tensors, generator):
    """A piece of the header, a tensor's bytes or more of them."""
    if generator.random() < 0.5:
        at = generator.randrange(len(text))
        count = generator.choice([1, 2, 20, 400])
        return joined(text[:at] + text[at + count:], tensors), f"{count} characters out at {at}"
    count = generator.choice([1, 4, 400, len(tensors)])
    if generator.random() < 0.5:
        return joined(text, tensors[:-count]), f"the last {count} bytes out"
    return joined(text, tensors + bytes(count)), f"{count} bytes more"


def size(data, text, tensors, generator):
    old = struct.unpack_from("<Q", data)[0]
    new = generator.choice([0, 1, old - 1, old + 1, old + 100, len(data), len(data) - 8, 1 << 32,
                            (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
    return struct.pack("<Q", new) + data[8:], f"the header claims {new} bytes, has {old}"
