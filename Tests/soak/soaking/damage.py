"""Ways to damage a file's bytes, drawn by a seed. Each gives its new bytes and what was done."""


def any_bytes(data, generator):
    """Whatever happens to bytes: lost, changed, moved, more of them."""
    return generator.choice([truncate, flip, flip, scribble, blank, insert, remove, append, swap])(
        data, generator)


def truncate(data, generator):
    length = generator.choice([
        generator.randrange(len(data)), generator.randrange(min(600, len(data))),
        len(data) - 1 - generator.randrange(min(40, len(data)))])
    return data[:length], f"cut off to {length} of {len(data)} bytes"


def flip(data, generator):
    changed = bytearray(data)
    # As often among the first bytes, where headers are, as anywhere.
    limit = generator.choice([len(data), len(data), min(512, len(data))])
    places = sorted(generator.randrange(limit) for _ in range(generator.choice([1, 2, 8, 40])))
    for place in places:
        changed[place] ^= 1 << generator.randrange(8)
    return bytes(changed), f"{len(places)} bits flipped, the first in byte {places[0]}"


def scribble(data, generator):
    count = min(len(data), generator.choice([1, 2, 4, 8, 64, 1000]))
    at = generator.randrange(len(data) - count + 1)
    return (data[:at] + generator.randbytes(count) + data[at + count:],
            f"{count} random bytes at {at}")


def blank(data, generator):
    count = min(len(data), generator.choice([1, 8, 100, 4096]))
    at = generator.randrange(len(data) - count + 1)
    value = generator.choice([b"\0", b"\xff"])
    return data[:at] + value * count + data[at + count:], f"{count} bytes {value.hex()} at {at}"


def insert(data, generator):
    count, at = generator.choice([1, 2, 7, 512]), generator.randrange(len(data) + 1)
    return data[:at] + generator.randbytes(count) + data[at:], f"{count} bytes inserted at {at}"


def remove(data, generator):
    count = min(len(data) - 1, generator.choice([1, 2, 7, 512]))
    at = generator.randrange(len(data) - count + 1)
    return data[:at] + data[at + count:], f"{count} bytes taken out at {at}"


def append(data, generator):
    count = generator.choice([1, 100, 70_000])
    return data + generator.randbytes(count), f"{count} bytes more"


def swap(data, generator):
    count = max(1, min(generator.choice([4, 64, 512]), len(data) // 2))
    first = generator.randrange(len(data) - count + 1)
    second = generator.randrange(len(data) - count + 1)
    if abs(first - second) < count:
        return flip(data, generator)
    changed = bytearray(data)
    changed[first:first + count] = data[second:second + count]
    changed[second:second + count] = data[first:first + count]
    return bytes(changed), f"{count} bytes at {first} and {second} swapped"
