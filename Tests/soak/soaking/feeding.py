"""Feeds damaged scenes to the daemon, all at once."""
import collections
import os
import shutil

from soaking.programs import Trouble, run
from soaking.watching import Watch, done, map_name, same_bytes

# What the daemon takes for scenes, with all their files.
KINDS = ["tiff", "bigtiff", "cog", "vrt", "part", "msk", "aux"]
FLAGS = ["--memory", "256MiB", "--threads", "1"]
PATIENCE = 60  # seconds until what is not whole is called damaged


def feed(base, cases, parent):
    """How many ended how, and what is wrong, by the number of the case (0 for all of them)."""
    watches = {}
    wrong = {}
    table = collections.Counter()
    try:
        for name in sorted({case.victim.type for case in cases}):
            # A model is of one type of samples.
            watch = Watch(base.program, os.path.join(parent, f"watch-{name}"), base.models[name],
                          "--trust-vrt", "--settle", "0.5", "--sparse-wait", "1", "--workers", "2",
                          *FLAGS)
            watches[name] = watch
            herd = [case for case in cases if case.victim.type == name]
            for case in herd:
                bring(case, watch.folder)
            watch.start()
            await_all(watch, herd)
            for case in herd:
                how, fault = judge(case, watch, base, parent)
                table[case.victim.kind, how] += 1
                if fault:
                    wrong[case.number] = fault
            fault = watch.stop()
            if fault:
                wrong[0] = fault
    except Trouble as error:
        wrong[0] = str(error)
    finally:
        for watch in watches.values():
            watch.end()
    return table, wrong


def scene_of(case):
    return f"{case.number:04}/{case.victim.main}"


def bring(case, folder):
    place = os.path.join(folder, f"{case.number:04}")
    shutil.copytree(case.victim.folder, place)
    with open(os.path.join(place, case.victim.target), "wb") as file:
        file.write(case.data)
    if case.number % 2:
        done(os.path.join(place, case.victim.main))


def await_all(watch, herd):
    names = {scene_of(case) for case in herd}

    def is_over():
        jobs = watch.jobs()
        return all(jobs.get(name, {}).get("state") in ("done", "failed") or is_awaited(jobs, name)
                   for name in names)

    watch.wait(is_over, 3 * PATIENCE + 3 * len(herd), f"{len(herd)} damaged scenes")


def is_awaited(jobs, name):
    """Whether a VRT names a part that is not there: it may still arrive."""
    job = jobs.get(name, {})
    return job.get("state") == "waiting" and job.get("failureCode") == 66


def judge(case, watch, base, parent):
    """How a case ended, and what is wrong with it."""
    name = scene_of(case)
    if is_awaited(watch.jobs(), name):
        return "waits", None
    path = os.path.join(watch.maps, map_name(name))
    report = watch.report(name)
    is_mapped = os.path.exists(path)
    if is_mapped == (report is not None):
        return "FAILED", "a map and a report" if is_mapped else "neither a map nor a report"
    # What the same worker makes of it alone.
    other = os.path.join(parent, "alone", f"{case.number}.tif")
    os.makedirs(os.path.dirname(other), exist_ok=True)
    ended = run([base.program, "segment", os.path.join(watch.folder, name), "-m", watch.model, "-o",
                 other, *FLAGS], 60)
    if is_mapped:
        if ended.code:
            return "FAILED", f"a map, where segment ends with {ended.code}: {ended.words}"
        return "map", None if same_bytes(path, other) else "a map that is not that of segment"
    if not report["error"] or not report["stage"] or report["scene"] != name:
        return "FAILED", f"a report that tells little: {report}"
    # The daemon refuses more than segment does.
    return f"report {report['code']}" if ended.code else "refused", None
