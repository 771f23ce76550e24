"""What Benchmarks/peers and the measurements of quality need: running programs, the report."""
import json
import os
import platform
import subprocess
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(FOLDER)
SIDE = 200
# So that a setting of the shell does not slow a peer.
SLOWING = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in SLOWING}


class Report:
    """Prints lines, and keeps them for a file."""

    def __init__(self):
        self.lines = []

    def line(self, text=""):
        self.lines.append(text)
        print(text, flush=True)

    def table(self, rows, left):
        """Columns below `left` to the left, the others to the right."""
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            cells = [cell.ljust(width) if column < left else cell.rjust(width)
                     for column, (cell, width) in enumerate(zip(row, widths))]
            self.line("  ".join(cells).rstrip())

    def keep(self, name):
        path = os.path.join(ROOT, "docs", "runs", name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.lines) + "\n")
        note(f"Kept as docs/runs/{name}")


def note(text):
    print(f"== {text}", file=sys.stderr, flush=True)


def output_of(command):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    if done.returncode:
        name = os.path.basename(sys.argv[0])
        sys.exit(f"{name}: “{' '.join(command)}” ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def iicbench(*arguments):
    return output_of([os.environ["IICBENCH"], *map(str, arguments)])


def seconds_of(command):
    """Wall time of a whole process."""
    begin = time.perf_counter()
    output_of(command)
    return time.perf_counter() - begin


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file
                        if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def describe_machine(report, arguments):
    """Heads every report: without it a speed says nothing."""
    commit = output_of(["git", "-C", ROOT, "describe", "--always", "--dirty"]).strip()
    report.line(f"$ Benchmarks/peers {' '.join(arguments.command_line)}   # {commit}")
    peak = json.loads(iicbench("peak", "--threads", arguments.threads))
    report.line(
        f"{processor()}, {os.cpu_count()} processors, {arguments.threads} threads; "
        f"peak of iicd's instruction set {max(peak['lanes8'], peak['lanes16']):.0f} GFLOP/s a "
        f"core, {peak['all']:.0f} together")
    # Somebody else's work spoils a measurement, and should be seen beside it.
    report.line(f"Load before: {os.getloadavg()[0]:.1f} (0 on a quiet machine)")
