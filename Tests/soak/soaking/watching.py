"""A running `iicd watch`, its workers, and what it knows."""
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import time

from soaking.programs import MIB, Trouble

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Watch:
    """`iicd watch` on the folder `in` of `base`, with maps in `out` and its state in `state`."""

    def __init__(self, program, base, model, *flags, prefix=(), environment=None):
        self.program = program
        self.folder = os.path.join(base, "in")
        self.maps = os.path.join(base, "out")
        self.state = os.path.join(base, "state")
        self.log = os.path.join(base, "log")
        self.model = model
        self.flags = list(flags)
        self.prefix = list(prefix)
        self.environment = environment or {}
        self.base = base
        self.child = None
        for name in ("in", "temporary"):
            os.makedirs(os.path.join(base, name), exist_ok=True)

    @property
    def command(self):
        return [*self.prefix, self.program, "watch", self.folder, "-m", self.model, "-o",
                self.maps, "--state", self.state, *self.flags]

    def start(self):
        """Starts it; its words go to the log, after those of the one before."""
        with open(self.log, "ab") as log:
            self.begin = log.tell()
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "TMPDIR": os.path.join(self.base, "temporary"),
                     **self.environment})
        return self

    @property
    def is_alive(self):
        return self.child is not None and self.child.poll() is None

    def check_alive(self):
        if not self.is_alive:
            raise Trouble(f"the daemon has ended with {self.child.returncode}: {self.words}")

    @property
    def words(self):
        """The last lines of the log."""
        return " / ".join(self.lines[-3:])

    @property
    def lines(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()

    @property
    def is_watching(self):
        """Whether the one that runs has said so."""
        with open(self.log, "rb") as file:
            file.seek(self.begin)
            return b"Watching" in file.read()

    def kill(self):
        """SIGKILL, and nothing else: what becomes of the workers is their own matter."""
        self.child.kill()
        self.child.wait()

    def stop(self, seconds=10):
        """What is wrong with how it ends after SIGTERM; None if nothing."""
        if not self.is_alive:
            return f"the daemon had ended with {self.child.returncode}: {self.words}"
        # Before that it cannot know what the signal means.
        end = time.monotonic() + 30
        while self.is_alive and time.monotonic() < end and not self.is_watching:
            time.sleep(0.02)
        begin = time.monotonic()
        self.child.terminate()
        try:
            code = self.child.wait(3 * seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"it did not end within {3 * seconds} s of SIGTERM"
        took = time.monotonic() - begin
        if code:
            return f"SIGTERM ended it with {code}: {self.words}"
        return f"it took {took:.1f} s to end after SIGTERM" if took > seconds else None

    def end(self):
        """Ends it and its workers, whatever was wrong."""
        if self.is_alive:
            self.kill()
        for number in self.processes():
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                pass

    # Processes.

    def processes(self):
        """All processes that have the folder on their command line, but not this script's own."""
        found = []
        for number in filter(str.isdecimal, os.listdir("/proc")):
            words = command_line(number)
            if words and any(self.base in word for word in words) and (
                    "--worker" in words or "watch" in words) and is_running(number):
                found.append(int(number))
        return found

    def workers(self):
        """The scene of each worker, by its process."""
        found = {}
        for number in self.processes():
            words = command_line(number)
            if "--worker" not in words or "segment" not in words:
                continue
            scene = words[words.index("segment") + 1]
            if scene.startswith(self.folder):
                found[number] = os.path.relpath(scene, self.folder)
        return found

    @property
    def memory(self):
        """Resident bytes of the daemon itself."""
        with open(f"/proc/{self.child.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * PAGE

    @property
    def open_files(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    @property
    def processor_seconds(self):
        """Of the daemon and of its workers that have ended."""
        with open(f"/proc/{self.child.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:15])) / TICKS

    # What it knows.

    def select(self, query):
        """Rows of the ledger; none where there is no ledger yet."""
        path = os.path.join(self.state, "ledger.sqlite")
        for attempt in range(50):
            if not os.path.exists(path):
                return []
            try:
                with contextlib.closing(
                        sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as ledger:
                    ledger.row_factory = sqlite3.Row
                    return [dict(row) for row in ledger.execute(query)]
            except sqlite3.DatabaseError as error:
                if attempt == 49:
                    raise Trouble(f"the ledger cannot be read: {error}") from error
                time.sleep(0.1)
        return []

    def jobs(self):
        """The rows of the ledger, by scene (with bytes that are no text as Python has them)."""
        rows = self.select("SELECT * FROM job WHERE state != 'gone'")
        return {os.fsdecode(row["scene"]): row for row in rows}

    def state_of(self, scene):
        """The state of one scene; None if it is not known."""
        rows = self.select(f"SELECT state FROM job WHERE scene = x'{os.fsencode(scene).hex()}'")
        return rows[0]["state"] if rows else None

    def states(self):
        """How many jobs are in each state."""
        return {row["state"]: row["number"] for row in self.select(
            "SELECT state, count(*) AS number FROM job GROUP BY state") if row["state"] != "gone"}

    def wait(self, is_over, seconds, what, alive=True):
        """Waits until `is_over()`."""
        end = time.monotonic() + seconds
        while not is_over():
            if alive:
                self.check_alive()
            if time.monotonic() > end:
                raise Trouble(f"{what}: not within {seconds:.0f} s; {self.states()}; {self.words}")
            time.sleep(0.2)

    def wait_for(self, scenes, seconds, state="done"):
        """Waits until each of `scenes` is in that state."""
        def is_over():
            jobs = self.jobs()
            return all(jobs.get(scene, {}).get("state") == state for scene in scenes)
        self.wait(is_over, seconds, f"{len(scenes)} scenes {state}")

    def report(self, scene):
        """A scene's report in quarantine; None if there is none."""
        path = os.path.join(self.maps, "failed", scene + ".error.json")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def reports(self):
        """The paths of all reports, below their folder."""
        return [name for name in files_below(os.path.join(self.maps, "failed"))
                if name.endswith(".error.json")]


def command_line(number):
    try:
        with open(f"/proc/{number}/cmdline", "rb") as file:
            return [os.fsdecode(word) for word in file.read().split(b"\0")]
    except OSError:
        return []


def is_running(number):
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def signal_all(numbers, which):
    """Sends a signal to processes, some of which may have just ended."""
    for number in numbers:
        try:
            os.kill(number, which)
        except ProcessLookupError:
            pass


def files_below(folder):
    """The paths of all files below a folder."""
    return sorted(os.path.relpath(os.path.join(place, name), folder)
                  for place, _, names in os.walk(folder) for name in names)


def map_name(scene):
    """What a scene's map is called."""
    return scene if scene.endswith(".tif") else scene + ".tif"


def reference(program, model, scene, path, *flags, seconds=600):
    """Maps a scene by `iicd segment`, undisturbed."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    ended = subprocess.run(
        [program, "segment", scene, "-m", model, "-o", path, *flags], timeout=seconds,
        stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if ended.returncode:
        raise Trouble(f"segment {scene} ended with {ended.returncode}: "
                      f"{ended.stderr.decode('utf-8', 'replace').strip()}")


def same_bytes(one, other):
    with open(one, "rb") as left, open(other, "rb") as right:
        while True:
            here, there = left.read(MIB), right.read(MIB)
            if here != there:
                return False
            if not here:
                return True


def put(data, path):
    """Writes a file at once: under a hidden name, then renamed."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    hidden = os.path.join(os.path.dirname(path), "." + os.path.basename(path))
    with open(hidden, "wb") as file:
        file.write(data)
    os.rename(hidden, path)


def done(path):
    """Says that a scene has arrived."""
    with open(path + ".done", "wb"):
        pass
