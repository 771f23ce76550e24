"""A covering design: few combinations in which every two levels of two factors meet.

Greedy, after Cohen, Dalal, Fredman and Patton, “The AETG system” (IEEE Transactions on Software
Engineering 23, 1997): each combination begins with a pair that is still missing, and is the best of
some candidates.
"""
import itertools
import random


def cover(factors, allowed, seed, candidates=6):
    """Yields combinations, dictionaries of factor and level, until all pairs that can be have met.

    `allowed` judges a part of a combination: once false it stays so when more is added.
    """
    generator = random.Random(seed)
    names = list(factors)
    missing = {}  # an ordered set: the order of a Python set of strings changes with the process
    for first, second in itertools.combinations(names, 2):
        for pair in itertools.product(factors[first], factors[second]):
            part = {first: pair[0], second: pair[1]}
            if allowed(part):
                missing[key(part)] = part
    while missing:
        begin = generator.choice(list(missing.values()))
        tries = [complete(begin, factors, allowed, missing, generator) for _ in range(candidates)]
        tries = [combination for combination in tries if combination]
        if not tries:  # the rest forbids this pair
            del missing[key(begin)]
            continue
        best = max(tries, key=lambda combination: gain(combination, missing))
        for pair in pairs(best):
            missing.pop(pair, None)
        yield best


def complete(begin, factors, allowed, missing, generator):
    """A whole combination with what `begin` has; None if no way was found."""
    for _ in range(20):
        combination = dict(begin)
        rest = [name for name in factors if name not in begin]
        generator.shuffle(rest)
        for name in rest:
            levels = [level for level in factors[name] if allowed({**combination, name: level})]
            if not levels:
                break
            generator.shuffle(levels)
            combination[name] = max(
                levels, key=lambda level: sum(
                    key({name: level, other: combination[other]}) in missing
                    for other in combination))
        else:
            return {name: combination[name] for name in factors}
    return None


def key(part):
    return tuple(sorted(part.items()))


def pairs(combination):
    return [key(dict(two)) for two in itertools.combinations(sorted(combination.items()), 2)]


def gain(combination, missing):
    return sum(pair in missing for pair in pairs(combination))
