"""What befalls a daemon whose workers are started by launchers, each in a folder of its own.

A function has a case with a daemon that was not started; it returns what is wrong (None if nothing), or
raises `Skipped` where this machine cannot bring it about.
"""
import os
import re
import shutil
import signal
import subprocess
import time

from soaking.misfortunes import Case, Skipped
from soaking.programs import ROOT, Trouble
from soaking.watching import command_line, is_running, signal_all

LONG = 4000  # pixels on a side of a scene whose worker lives long enough to be met
SETTING_UP = os.path.join(ROOT, "scripts", "slurm-one-machine")
AT_WORK = re.compile(r"“(.+)” is at work on (\S+), by process (\d+)\.$")


class Fleet(Case):
    """A daemon with a launcher, and where its workers are."""

    cluster = None  # the folder of Slurm on this machine

    def launch(self, launcher, *flags):
        self.watch.flags += ["--launcher", launcher, *flags]
        self.watch.start()

    def srun(self, *flags):
        if self.cluster is None:
            raise Skipped("there is no Slurm: scripts/slurm-one-machine install")
        self.launch("srun -n1 -c4 --mem=1G", *flags)

    def slurm(self, *words):
        return subprocess.run(words, check=False, capture_output=True, text=True).stdout

    @property
    def queue(self):
        """The state and the node of each of Slurm's jobs."""
        return [tuple(line.split("|")) for line in
                self.slurm("squeue", "-h", "-o", "%T|%N").splitlines()]

    def set_up(self, *words):
        ended = subprocess.run([SETTING_UP, words[0], self.cluster, *words[1:]], check=False,
                               capture_output=True, text=True)
        if ended.returncode:
            raise Trouble(f"slurm-one-machine {words[0]}: {ended.stderr}")

    def revive(self):
        """Starts the nodes that were killed; all are to be idle."""
        for line in self.slurm("sinfo", "-h", "-N", "-o", "%N %T").splitlines():
            node, state = line.split()
            if state not in ("idle", "allocated", "mixed"):
                if not is_running(self.slurmd(node)):
                    self.set_up("node", node)
                self.slurm("scontrol", "update", f"nodename={node}", "state=resume")
        end = time.monotonic() + 40
        while time.monotonic() < end:
            if {"idle"} == set(self.slurm("sinfo", "-h", "-N", "-o", "%T").split()):
                return
            time.sleep(0.3)
        raise Trouble(f"the nodes do not come back: {self.slurm('sinfo', '-N', '-l')}")

    def slurmd(self, node):
        with open(os.path.join(self.cluster, f"{node}.pid"), encoding="ascii") as file:
            return int(file.read())

    def workers(self):
        """The processes of all workers that were launched and live, Slurm's own steps left out."""
        mark = f"TMPDIR={os.path.join(self.watch.base, 'temporary')}".encode()
        found = []
        for number in filter(str.isdecimal, os.listdir("/proc")):
            if command_line(number)[1:2] != ["launched-worker"] or not is_running(number):
                continue
            try:
                with open(f"/proc/{number}/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        found.append(int(number))
            except OSError:
                pass
        return found

    def met(self, name, count=1, seconds=120):
        """The process of the `count`th worker of a scene, once it is at work."""
        def numbers():
            found = [AT_WORK.search(line) for line in self.watch.lines]
            return [int(one[3]) for one in found if one and one[1] == name]
        self.watch.wait(lambda: len(numbers()) >= count, seconds, f"worker {count} of {name}")
        return numbers()[count - 1]

    def says(self, words, seconds=120):
        self.watch.wait(lambda: any(words in line for line in self.watch.lines), seconds,
                        f"“{words}”")

    def gone(self, number, seconds):
        """What is wrong if a process does not end."""
        end = time.monotonic() + seconds
        while is_running(number):
            if time.monotonic() > end:
                return f"worker {number} lives {seconds} s later"
            time.sleep(0.02)
        return None

    def mapped(self, *names, seconds=240):
        """What is wrong with the maps of these scenes, and with what is left in the end."""
        self.watch.wait_for(names, seconds)
        wrong = [f"{name} is not that of segment" for name in names if not self.is_reference(name)]
        wrong += [f"{name} has {job['crashes']} crashes" for name, job in self.watch.jobs().items()
                  if job["crashes"]]
        wrong.append(self.watch.stop())
        time.sleep(1)
        if self.workers():
            wrong.append(f"workers are left: {self.workers()}")
        if self.cluster and self.queue:
            wrong.append(f"Slurm still has jobs: {self.queue}")
        return wrong


def srun_sizes(case):
    """scenes of six sizes through srun, two at a time"""
    names = {f"s{side}.tif": side for side in (64, 200, 512, 1000, 2000, 4000)}
    names["sub/a; $(b) 'c.tif"] = 300
    for name, side in names.items():
        case.drop(name, side)
    case.srun()
    together = 0
    while len([name for name in names if case.watch.state_of(name) == "done"]) < len(names):
        case.watch.check_alive()
        together = max(together, len(case.queue))
        time.sleep(0.3)
    return [*case.mapped(*names), None if together == 2 else f"{together} jobs at a time, not 2"]


def srun_cancel(case):
    """a worker's job is cancelled (scancel), four times: more than crashes are borne"""
    case.drop("a.tif", LONG)
    case.srun()
    for count in range(4):
        case.met("a.tif", count + 1)
        case.slurm("scancel", "-u", "root")
    return case.mapped("a.tif")


def srun_crash(case):
    """a worker dies of its own fault (SIGSEGV), three times: the scene is given up, and no other"""
    case.drop("a.tif", LONG)
    case.drop("b.tif", 500)
    case.srun()
    for count in range(3):
        signal_all([case.met("a.tif", count + 1)], signal.SIGSEGV)
    case.watch.wait_for(["a.tif"], 60, state="failed")
    case.watch.wait_for(["b.tif"], 60)
    report = case.watch.report("a.tif")
    return [None if report and report["code"] == 128 + signal.SIGSEGV else f"its report: {report}",
            None if case.is_reference("b.tif") else "b.tif is not that of segment",
            case.watch.stop()]


def srun_node(case):
    """all of a node dies with its worker, four times (srun ends with 0)"""
    case.drop("a.tif", LONG)
    case.srun()
    for count in range(4):
        case.met("a.tif", count + 1)
        node = next(node for state, node in case.queue if node)
        case.set_up("kill", node)
        case.watch.wait(
            lambda: sum("Node failure" in line for line in case.watch.lines) > count, 60, "a loss")
        case.revive()
    return case.mapped("a.tif")


def srun_slurmd(case):
    """slurmd alone dies: Slurm gives the node up, its worker lives on, and no second one begins"""
    case.drop("a.tif", LONG)
    case.srun("--threads", "1")
    old = case.met("a.tif")
    node = next(node for state, node in case.queue if node)
    signal_all([case.slurmd(node)], signal.SIGKILL)
    case.says("Node failure", 60)
    lived = is_running(old)
    together = []
    while case.watch.state_of("a.tif") != "done":
        case.watch.check_alive()
        # One that waits for the other's end may be there, and does not compute.
        busy = [number for number in case.workers() if seconds_of(number) > 2]
        together = max(together, busy, key=len)
        time.sleep(0.5)
    case.revive()
    return [*case.mapped("a.tif"),
            None if len(together) < 2 else f"two workers computed: {together}",
            None if lived else "the worker died with slurmd: nothing was tried"]


def srun_frozen(case):
    """a node freezes with its worker, and thaws when the scene was begun elsewhere"""
    case.drop("a.tif", LONG)
    case.srun()
    old = case.met("a.tif")
    node = next(node for state, node in case.queue if node)
    case.set_up("kill", node, "STOP")
    case.says("Node failure", 90)
    time.sleep(1)
    case.set_up("kill", node, "CONT")
    wrong = case.gone(old, 35)
    case.revive()
    return [wrong, *case.mapped("a.tif")]


def srun_killed(case):
    """the daemon is killed in mid-scene and started again, five times"""
    case.drop("a.tif", LONG)
    case.srun("--threads", "1")
    wrong = []
    for count in range(5):
        number = case.met("a.tif", count + 1)
        time.sleep(1.5)
        case.watch.kill()
        if count % 2:
            wrong.append(case.gone(number, 2))
        case.watch.start()
    return [*wrong, *case.mapped("a.tif")]


def srun_term(case):
    """SIGTERM in mid-scene"""
    case.drop("a.tif", LONG)
    case.drop("b.tif", LONG)
    case.srun()
    numbers = [case.met("a.tif"), case.met("b.tif")]
    time.sleep(1)
    wrong = [case.watch.stop(), *(case.gone(number, 0.5) for number in numbers)]
    if case.queue:
        wrong.append(f"Slurm still has jobs: {case.queue}")
    case.watch.start()
    return [*wrong, *case.mapped("a.tif", "b.tif")]


def srun_queue(case):
    """no node is free: SIGTERM, and SIGKILL and another daemon, leave nothing in the queue"""
    case.drop("a.tif", 500)
    if case.cluster:
        case.slurm("scontrol", "update", "nodename=ALL", "state=drain", "reason=trial")
    try:
        case.srun()
        case.watch.wait(lambda: case.queue, 30, "a job in the queue")
        wrong = [case.watch.stop()]
        time.sleep(0.5)
        if case.queue:
            wrong.append(f"after SIGTERM Slurm has {case.queue}")
        case.watch.start()
        case.watch.wait(lambda: case.queue, 30, "a job in the queue")
        case.watch.kill()
        case.watch.start()
        case.watch.wait(lambda: case.watch.is_watching, 30, "another daemon")
        time.sleep(2)
        if len(case.queue) != 1:
            wrong.append(f"after SIGKILL Slurm has {case.queue}")
    finally:
        if case.cluster:
            case.slurm("scontrol", "update", "nodename=ALL", "state=resume")
    return [*wrong, *case.mapped("a.tif")]


def seconds_of(number):
    """Processor time of a process."""
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0


def available(name):
    if shutil.which(name) is None:
        raise Skipped(f"there is no {name}")
    return shutil.which(name)


SLURM = {name[5:]: body for name, body in list(globals().items()) if name.startswith("srun_")}
