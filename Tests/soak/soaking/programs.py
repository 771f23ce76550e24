"""Running programs, and judging how they ended."""
import dataclasses
import hashlib
import os
import re
import resource
import shlex
import subprocess
import tempfile
import threading
import time

MIB = 1 << 20
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
# What a failing iicd may end with: usage, bad data, no input, …, try again.
ERRORS = range(64, 76)


class Trouble(Exception):
    """The script itself cannot go on with a case: a tool failed where it must not."""


@dataclasses.dataclass
class Ended:
    """How a program ended."""

    command: list
    code: int  # negative: the signal that ended it
    out: str
    err: str
    seconds: float
    peak: int  # bytes of resident memory, with those of this script before the start
    timed_out: bool

    @property
    def line(self):
        return shlex.join(self.command)

    @property
    def words(self):
        """The last line that it said."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return lines[-1] if lines else ""


def bound():
    """No child of this process dumps its core, fills the disk or takes the machine's memory."""
    for kind, limit in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 4 << 30),
                        (resource.RLIMIT_AS, 12 << 30)):
        resource.setrlimit(kind, (limit, limit))


def run(command, seconds=60, folder=None, environment=None):
    """Runs `command` for at most `seconds`; its peak of memory is the kernel's account."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.monotonic()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder,
            env={**os.environ, **(environment or {})})
        late = threading.Event()

        def stop():
            late.set()
            child.kill()

        clock = threading.Timer(seconds, stop)
        clock.start()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        clock.cancel()
        elapsed = time.monotonic() - begin
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read(1 << 24).decode("utf-8", "replace"))
    return Ended(list(command), child.returncode, texts[0], texts[1], elapsed,
                 usage.ru_maxrss * 1024, late.is_set())


def tool(*command, folder=None):
    """The output of one of GDAL's tools, which must succeed."""
    ended = run(list(command), folder=folder)
    if ended.code:
        raise Trouble(f"{ended.line}\n  ended with {ended.code}: {ended.words}")
    return ended.out


def complaint(ended, limit=None, seconds=None, wanted=ERRORS):
    """What is wrong with the way in which iicd failed; None if it failed as it should.

    It shall end by itself with a known code, after one line that tells why.
    """
    wrong = excess(ended, limit, seconds)
    if wrong:
        return wrong
    if ended.code not in wanted:
        codes = "/".join(str(code) for code in wanted) if len(wanted) < 4 else "64…75"
        return f"exit {ended.code}, not {codes}: {ended.words[:200]}"
    # Notes of what was found may come before the error.
    told = [line for line in ended.err.splitlines() if line.startswith("iicd: ")]
    said = [line for line in told if not line.startswith("iicd: note: ")]
    if len(said) != 1 or len(told) > 3 or ended.words != said[0]:
        return f"not one line of error: {ended.err[:200]!r}"
    if re.search(r"Fatal error|0x[0-9a-f]{8}|\bat /|Swift/|\.swift|Optional\(", ended.err):
        return f"it talks to programmers: {ended.words[:200]}"
    if len(said[-1]) > 900:
        return f"a sentence of {len(said[-1])} characters: {said[-1][:120]}…"
    return None


def excess(ended, limit=None, seconds=None):
    """What is wrong with an end, whether good or bad: a crash, too much time or memory."""
    if ended.timed_out or seconds and ended.seconds > seconds:
        return f"it took longer than {int(seconds or ended.seconds)} s"
    if ended.code < 0:
        return f"signal {-ended.code}: {ended.words[:200]}"
    if ended.code > 128 and ended.code != 130:
        return f"exit {ended.code}: {ended.words[:200]}"
    if limit and ended.peak > limit:
        return f"its peak was {ended.peak / MIB:.0f} MiB under a limit of {limit / MIB:.0f} MiB"
    return None


def contents(folder):
    """What lies in a folder: the SHA-256 of each file by its name, None for a folder."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(place, name), folder)] = None
        for name in files:
            path = os.path.join(place, name)
            if os.path.islink(path) or not os.path.isfile(path):
                found[os.path.relpath(path, folder)] = os.path.lexists(path)
                continue
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            found[os.path.relpath(path, folder)] = digest
    return found


def changes(before, after):
    """How a folder changed, as words; empty if it did not."""
    words = [f"{name} is gone" for name in before if name not in after]
    words += [f"{name} is new" for name in after if name not in before]
    words += [f"{name} changed" for name in before if after.get(name, 0) != before[name]
              and name in after]
    return ", ".join(sorted(words))


def find_program(given):
    """The program to try: the one named, or this repository's release build."""
    path = given or os.path.join(ROOT, ".build", "release", "iicd")
    path = os.path.abspath(path)
    if not os.access(path, os.X_OK):
        raise SystemExit(
            f"soak: there is no program “{path}”: swift build -c release, or name one with --iicd.")
    return path


def versions(program):
    """The program's version and GDAL's, for a result that is kept."""
    own = ", ".join(run([program, "--version"]).out.splitlines())
    return f"{own}; {tool('gdalinfo', '--version').strip()}"
