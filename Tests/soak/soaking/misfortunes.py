"""Misfortunes that a daemon must bear, each in a folder of its own.

A function has a daemon that was not started; it returns what is wrong (None if nothing), or raises
`Skipped` where this machine cannot bring it about.
"""
import contextlib
import os
import shutil
import signal
import stat
import subprocess
import time

from soaking.programs import MIB, Trouble
from soaking.watching import done, files_below, put, reference, same_bytes, signal_all

FLAGS = ["--memory", "512MiB", "--threads", "2"]
# Sets the clock of one process otherwise.
CLOCK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "clock.c")
LONG = 3000  # pixels on a side of a scene whose worker lives long enough to be met


class Skipped(Exception):
    pass


class Case:
    """One misfortune in the making."""

    def __init__(self, herd, watch):
        self.herd = herd
        self.watch = watch
        self.count = 0

    def drop(self, name, side=64, is_done=True):
        """A new scene, no other's equal."""
        self.count += 1
        path = os.path.join(self.watch.folder, name)
        put(self.herd.another(self.herd.scene(side), f"{name} {self.count}"), path)
        if is_done:
            done(path)
        return path

    def map(self, name):
        return os.path.join(self.watch.maps, name)

    def model_in(self, name):
        """Whether a map was made by the model that the ledger says."""
        with open(self.map(name), "rb") as file:
            return self.hash_of(name).encode() in file.read()

    def hash_of(self, name):
        """Of the model that a scene was mapped by, as the ledger has it."""
        return self.watch.jobs()[name]["modelHash"]

    def is_reference(self, name, model=None):
        """Whether a map is that of `iicd segment`."""
        other = os.path.join(self.watch.base, "reference", name)
        reference(self.watch.program, model or self.watch.model,
                  os.path.join(self.watch.folder, name), other, *FLAGS)
        return same_bytes(self.map(name), other)

    def strike(self, name, which, times, seconds=120):
        """Sends a signal to `times` workers of one scene, as soon as each is there."""
        struck = set()

        def is_over():
            for number, scene in self.watch.workers().items():
                if scene == name and number not in struck and len(struck) < times:
                    signal_all([number], which)
                    struck.add(number)
            return len(struck) == times or self.watch.state_of(name) in ("done", "failed")

        end = time.monotonic() + seconds
        while not is_over():
            self.watch.check_alive()
            if time.monotonic() > end:
                raise Trouble(f"{len(struck)} of {times} workers were met in {seconds} s")
            time.sleep(0.02)
        return len(struck)

    def judge_quarantine(self, bad, others):
        """One scene in quarantine, all others done."""
        self.watch.wait_for([bad], 120, state="failed")
        self.watch.wait_for(others, 120)
        if self.watch.reports() != [bad + ".error.json"]:
            return f"reports: {self.watch.reports()}"
        wrong = [name for name in others if not self.is_reference(name)]
        if wrong:
            return f"maps that are not those of segment: {wrong}"
        if os.path.exists(self.map(bad)):
            return "a map of what was given up"
        return self.watch.stop()

    def crowd(self):
        names = [f"other{number}.tif" for number in range(6)]
        for name in names:
            self.drop(name)
        return names


def crash(case):
    """a worker that crashes thrice (SIGSEGV)"""
    return struck(case, signal.SIGSEGV)


def killer(case):
    """a worker that the memory killer ends thrice (SIGKILL)"""
    return struck(case, signal.SIGKILL)


def struck(case, which):
    case.watch.start()
    case.drop("bad.tif", LONG)
    others = case.crowd()
    begin = time.monotonic()
    times = case.strike("bad.tif", which, 3)
    took = time.monotonic() - begin
    if times < 3:
        return f"given up, or done, after {times} crashes: {case.watch.report('bad.tif')}"
    if took > 60:
        return f"three attempts took {took:.0f} s; the first two pauses are of at most 10 s"
    wrong = case.judge_quarantine("bad.tif", others)
    report = case.watch.report("bad.tif")
    if not wrong and (report["code"] != 128 + which or report["attempts"] != 3):
        return f"the report says {report}"
    return wrong


def crash_twice(case):
    """a worker that crashes twice, then does its work"""
    case.watch.start()
    case.drop("bad.tif", LONG)
    case.strike("bad.tif", signal.SIGSEGV, 2)
    case.watch.wait_for(["bad.tif"], 120)
    if not case.is_reference("bad.tif"):
        return "its map is not that of segment"
    return f"reports: {case.watch.reports()}" if case.watch.reports() else case.watch.stop()


def hang(case):
    """a worker that hangs (SIGSTOP), with --time-limit"""
    case.watch.flags += ["--time-limit", "10"]
    case.watch.start()
    case.drop("bad.tif", LONG)
    others = case.crowd()
    # Tried again or not: each is met.
    case.strike("bad.tif", signal.SIGSTOP, 20, seconds=240)
    return case.judge_quarantine("bad.tif", others)


def address_space(number):
    """Bytes of a process's addresses; 0 if it has gone."""
    try:
        with open(f"/proc/{number}/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def greed(case):
    """a worker that may have no more memory (RLIMIT_AS by prlimit)"""
    if shutil.which("prlimit") is None:
        raise Skipped("prlimit is missing (util-linux)")
    case.watch.start()
    case.drop("bad.tif", LONG)
    others = case.crowd()
    limited = set()
    end = time.monotonic() + 240
    while case.watch.state_of("bad.tif") != "failed":
        case.watch.check_alive()
        for number, scene in case.watch.workers().items():
            # Once it has begun: what its libraries cannot be loaded for is not the scene's fault.
            size = address_space(number)
            if scene == "bad.tif" and number not in limited and threads(number) > 1:
                limited.add(number)
                subprocess.run(["prlimit", f"--pid={number}", f"--as={size}"], check=False,
                               capture_output=True)
        if case.watch.state_of("bad.tif") == "done":
            # It had all that it needs already.
            return case.watch.stop()
        if time.monotonic() > end:
            return f"neither done nor given up after {len(limited)} attempts: {case.watch.words}"
        time.sleep(0.02)
    return case.judge_quarantine("bad.tif", others)


def threads(number):
    """How many a process has: a program that is still being loaded has one."""
    try:
        return len(os.listdir(f"/proc/{number}/task"))
    except OSError:
        return 0


@contextlib.contextmanager
def small_disk(path):
    """A file system of 50 MB."""
    if os.geteuid() != 0:
        raise Skipped("a tmpfs needs root")
    os.makedirs(path, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=50m", "tmpfs", path],
                             capture_output=True, check=False)
    if mounted.returncode:
        raise Skipped(f"no tmpfs: {mounted.stderr.decode().strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", path], check=False)


def fill(folder, left):
    """Fills a disk up to `left` bytes; the file that did."""
    path = os.path.join(folder, ".filler")
    status = os.statvfs(folder)
    with open(path, "wb") as file:
        try:
            file.write(bytes(max(0, status.f_bavail * status.f_frsize - left)))
        except OSError:
            pass
    return path


def full_disk(case):
    """a disk of 50 MB, full and freed: maps and ledger on it"""
    with small_disk(case.watch.maps):
        case.watch.state = os.path.join(case.watch.maps, ".iicd")
        case.watch.start()
        case.drop("a.tif")
        case.watch.wait_for(["a.tif"], 60)
        filler = fill(case.watch.maps, 0)
        names = [f"later{number}.tif" for number in range(4)]
        for name in names:
            case.drop(name, 400)
        time.sleep(25)
        case.watch.check_alive()
        early = [name for name in names if os.path.exists(case.map(name))]
        os.unlink(filler)
        case.watch.wait_for(names, 200)
        wrong = [name for name in names if not case.is_reference(name)]
        reports = case.watch.reports()
        stop = case.watch.stop()
        if early:
            return f"maps on a full disk: {early}"
        if reports:
            return f"reports: {reports}"
        left = [name for name in files_below(case.watch.maps)
                if not name.startswith(".iicd/") and ".tif" not in name]
        return f"maps differ: {wrong}" if wrong else f"left: {left}" if left else stop


def little_space(case):
    """--min-free: work pauses and goes on by itself"""
    with small_disk(case.watch.maps):
        case.watch.flags += ["--min-free", "20MiB"]
        filler = fill(case.watch.maps, 10 * MIB)
        case.watch.start()
        case.drop("a.tif")
        time.sleep(8)
        case.watch.check_alive()
        if os.path.exists(case.map("a.tif")):
            return "it went on below --min-free"
        if "--min-free" not in "".join(case.watch.lines):
            return "not a word of --min-free"
        os.unlink(filler)
        case.watch.wait_for(["a.tif"], 60)
        return case.watch.stop()


def unreadable(case):
    """folders and scenes that may not be read, and may again"""
    prefix = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            raise Skipped("as root all may be read, and setpriv is missing (util-linux)")
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        case.drop("sub/a.tif")
        for place, _, names in os.walk(case.watch.base):
            for name in [place, *(os.path.join(place, name) for name in names)]:
                os.chown(name, 65534, 65534)
        # The program must reach its own folder.
        place = case.watch.base
        while place != "/":
            os.chmod(place, os.stat(place).st_mode | stat.S_IXOTH | stat.S_IROTH)
            place = os.path.dirname(place)
        ran = subprocess.run([*prefix, case.watch.program, "inspect", case.watch.model],
                             capture_output=True, check=False)
        if ran.returncode:
            raise Skipped("another user cannot run the program where it lies, or read the model")
    else:
        case.drop("sub/a.tif")
    case.watch.prefix = prefix
    case.watch.start()
    case.watch.wait_for(["sub/a.tif"], 60)
    for name in ("sub", ""):
        folder = os.path.join(case.watch.folder, name)
        os.chmod(folder, 0)
        time.sleep(6)
        case.watch.check_alive()
        os.chmod(folder, 0o777)
    path = case.drop("sub/b.tif", is_done=False)
    os.chmod(path, 0)
    time.sleep(8)
    state = case.watch.state_of("sub/b.tif")
    os.chmod(path, 0o644)
    case.watch.wait_for(["sub/a.tif", "sub/b.tif"], 60)
    attempts = {row["attempts"] for row in case.watch.jobs().values()}
    stop = case.watch.stop()
    if case.watch.reports() or state == "failed":
        return "a scene that may not be read was given up"
    return stop or (f"scenes were mapped again: {attempts} attempts" if max(attempts) > 1 else None)


def vanished(case):
    """the folder of maps vanishes, and comes back"""
    case.watch.start()
    case.drop("a.tif")
    case.watch.wait_for(["a.tif"], 60)
    gone = case.watch.maps + ".gone"
    os.rename(case.watch.maps, gone)
    case.drop("b.tif")
    time.sleep(8)
    case.watch.check_alive()
    if os.path.exists(case.watch.maps):
        # Made again: then all that is done must be there.
        shutil.rmtree(gone)
    else:
        os.rename(gone, case.watch.maps)
    case.watch.wait(lambda: os.path.exists(case.map("b.tif")), 90, "a map in the folder")
    case.watch.wait_for(["a.tif", "b.tif"], 30)
    if case.watch.reports():
        return f"reports: {case.watch.reports()}"
    return case.watch.stop()


def other_model(case):
    """a model that is replaced while a scene is at work, and SIGHUP"""
    own = os.path.join(case.watch.base, "model.safetensors")
    old, new = case.watch.model, case.herd.other_model()
    shutil.copy(old, own)
    case.watch.model = own
    case.watch.start()
    case.drop("long.tif", 2 * LONG)
    case.watch.wait(lambda: "long.tif" in case.watch.workers().values(), 60, "a worker")
    shutil.copy(new, own + ".new")
    os.rename(own + ".new", own)
    # Before it was told of the new one.
    case.drop("between.tif")
    case.watch.wait_for(["between.tif"], 120)
    if not case.model_in("between.tif"):
        return "a map is of another model than the ledger says"
    first = case.hash_of("between.tif")
    case.watch.child.send_signal(signal.SIGHUP)
    case.drop("after.tif")
    # What was begun ends as it began, then all scenes are mapped by the new model.
    names = ["long.tif", "between.tif", "after.tif"]
    case.watch.wait(
        lambda: all(case.watch.state_of(name) == "done" and case.hash_of(name) != first
                    and case.model_in(name) for name in names), 600, "maps of the new model")
    for name in names:
        if not case.is_reference(name, new):
            return f"{name} is not of the new model"
    return case.watch.stop()


def bad_model(case):
    """a damaged model and SIGHUP: it is refused, and the old one stays"""
    own = os.path.join(case.watch.base, "model.safetensors")
    old = case.watch.model
    shutil.copy(old, own)
    case.watch.model = own
    case.watch.start()
    case.drop("before.tif")
    case.watch.wait_for(["before.tif"], 60)
    said = len(case.watch.lines)
    put(b"no model at all", own)
    case.watch.child.send_signal(signal.SIGHUP)
    time.sleep(3)
    case.watch.check_alive()
    if len(case.watch.lines) == said:
        return "not a word of it"
    case.drop("after.tif")
    case.watch.wait_for(["after.tif"], 60)
    if not case.is_reference("after.tif", old):
        return "a scene after SIGHUP is not of the old model"
    return case.watch.stop()


def cut_ledger(case):
    """a ledger that is cut in half"""
    case.watch.start()
    names = case.crowd()
    case.watch.wait_for(names, 60)
    case.watch.kill()
    path = os.path.join(case.watch.state, "ledger.sqlite")
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) // 2)
    for ending in ("-wal", "-shm"):
        if os.path.exists(path + ending):
            os.unlink(path + ending)
    times = {name: os.stat(case.map(name)).st_mtime_ns for name in names}
    said = len(case.watch.lines)
    case.watch.start()
    case.drop("new.tif")
    case.watch.wait_for([*names, "new.tif"], 90)
    if not any("ledger" in line.lower() for line in case.watch.lines[said:]):
        return "not a word of it"
    if times != {name: os.stat(case.map(name)).st_mtime_ns for name in names}:
        return "maps that were there were made again"
    return case.watch.stop()


def clock(case):
    """the clock set back by two days, with a scene that waits for its next attempt"""
    if shutil.which("cc") is None:
        raise Skipped("a C compiler is missing")
    library, times = (os.path.join(case.watch.base, name) for name in ("clock.so", "time"))
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, CLOCK, "-ldl"], check=True)
    with open(times, "w", encoding="ascii") as file:
        file.write("0")
    case.watch.environment = {"LD_PRELOAD": library, "CLOCK_SHIFT_FILE": times}
    case.watch.start()
    case.drop("before.tif")
    case.watch.wait_for(["before.tif"], 60)
    case.drop("waits.tif", LONG)
    case.strike("waits.tif", signal.SIGSEGV, 1)
    with open(times, "w", encoding="ascii") as file:
        file.write(str(-2 * 86_400))
    case.drop("after.tif", is_done=False)
    case.watch.wait_for(["waits.tif", "after.tif"], 300)
    case.watch.kill()
    case.watch.start()
    case.drop("later.tif")
    case.watch.wait_for(["later.tif"], 60)
    attempts = {name: row["attempts"] for name, row in case.watch.jobs().items()}
    if attempts != {"before.tif": 1, "waits.tif": 2, "after.tif": 1, "later.tif": 1}:
        return f"attempts: {attempts}"
    return case.watch.stop()


ALL = {"crash": crash, "crash-twice": crash_twice, "hang": hang, "killer": killer, "greed": greed,
       "full-disk": full_disk, "little-space": little_space, "unreadable": unreadable,
       "vanished": vanished, "other-model": other_model, "bad-model": bad_model,
       "cut-ledger": cut_ledger, "clock": clock}
QUICK = ["crash", "little-space", "bad-model", "cut-ledger"]
