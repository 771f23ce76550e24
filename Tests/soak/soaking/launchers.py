"""Launchers without Slurm: scripts that do what launchers do, and ssh to this machine."""
import os
import signal
import subprocess
import time

from soaking.fleets import LONG, Skipped, available
from soaking.programs import Trouble
from soaking.watching import signal_all


def script(case, text):
    """The path of a launcher that does this."""
    path = os.path.join(case.watch.base, "the launcher")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n{text}\n")
    os.chmod(path, 0o755)
    return f"'{path}'"


def wrap_plain(case):
    """env, nice, setsid and sh -c, one after the other"""
    wrong = []
    for number, launcher in enumerate(
            ["env -u LANG", "nice -n 5", "setsid -w", """sh -c 'exec "$@"' sh"""]):
        case.drop(f"{number}.tif", 300 + 100 * number)
        flags = list(case.watch.flags)
        case.launch(launcher)
        case.watch.wait_for([f"{number}.tif"], 60)
        if not case.is_reference(f"{number}.tif"):
            wrong.append(f"{launcher}: the map is not that of segment")
        wrong.append(case.watch.stop())
        case.watch.flags = flags
    return wrong


def wrap_missing(case):
    """a launcher that is missing, and comes"""
    path = os.path.join(case.watch.base, "late")
    case.drop("a.tif", 300)
    case.launch(path)
    case.says("tried again in")
    os.symlink("/usr/bin/env", path)
    return case.mapped("a.tif")


def wrap_hung(case):
    """a launcher that hangs before it starts anything"""
    case.drop("a.tif", 300)
    flags = list(case.watch.flags)
    case.launch(script(case, "exec sleep 1000"), "--launch-limit", "2s")
    case.says("has started no worker within 2 s")
    wrong = [case.watch.stop()]
    if case.watch.jobs()["a.tif"]["crashes"]:
        wrong.append("it counts as a crash")
    case.watch.flags = flags
    case.launch("env")
    return [*wrong, *case.mapped("a.tif")]


def wrap_noise(case):
    """a launcher that prints banners, before and after, and ends with 255"""
    for number in range(4):
        case.drop(f"{number}.tif", 300)
    case.launch(script(case, """
        echo '*** Authorised use only ***'; printf 'Last login: never'; echo 'motd' >&2
        head -c 3000000 /dev/urandom
        "$@"
        echo '{"event": "bye"}'; echo 'Connection to n1 closed.' >&2; exit 255"""))
    return case.mapped(*(f"{number}.tif" for number in range(4)))


def wrap_failing(case):
    """a launcher that ends with 0, 1, 64, 65, 137 and 255 before it starts anything"""
    case.drop("a.tif", 300)
    case.launch(script(case, f"""
        cd '{case.watch.base}'; echo x >>count; n=$(wc -l <count)
        for code in 0 1 64 65 137 255; do n=$((n - 1)); [ $n = 0 ] && exit $code; done
        exec "$@\""""))
    return case.mapped("a.tif", seconds=500)


def ssh_server(case):
    """A server of this machine's own, and the launcher that reaches it."""
    server = available("/usr/sbin/sshd")
    folder = os.path.join(case.watch.base, "ssh")
    os.makedirs(folder, mode=0o700)
    os.makedirs("/run/sshd", exist_ok=True)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"],
                       check=True)
    os.rename(f"{folder}/user.pub", f"{folder}/authorized")
    port = 2200 + os.getpid() % 700
    settings = [f"HostKey={folder}/host", f"AuthorizedKeysFile={folder}/authorized",
                f"PidFile={folder}/pid", "ListenAddress=127.0.0.1", "UsePAM=no", "StrictModes=no",
                "PermitRootLogin=prohibit-password", f"SetEnv=TMPDIR={case.watch.base}/temporary"]
    child = subprocess.Popen(
        [server, "-D", "-e", "-f", "/dev/null", "-p", str(port),
         *(word for line in settings for word in ("-o", line))],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=open(f"{folder}/log", "wb"))
    options = (f"-p {port} -i '{folder}/user' -o BatchMode=yes -o UserKnownHostsFile=/dev/null "
               "-o StrictHostKeyChecking=no -o LogLevel=ERROR -o IdentitiesOnly=yes")
    for _ in range(50):
        time.sleep(0.1)
        if subprocess.run(f"ssh {options} 127.0.0.1 true", shell=True, check=False,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode == 0:
            return child, f"ssh {options} 127.0.0.1"
    child.kill()
    with open(f"{folder}/log", encoding="utf-8") as file:
        raise Trouble(f"sshd is not reached: {file.read()[-300:]}")


def over_ssh(case, body):
    if os.getuid():
        raise Skipped("an sshd of one's own needs root")
    child, launcher = ssh_server(case)
    try:
        return body(launcher)
    finally:
        child.terminate()
        child.wait()


def ssh_maps(case):
    """scenes over ssh, with names that a shell would take for something else"""
    def body(launcher):
        names = ["a.tif", "b; touch 'x' $(touch y) \".tif", "sub/ü *.tif"]
        for number, name in enumerate(names):
            case.drop(name, 200 + 700 * number)
        case.launch(launcher)
        return case.mapped(*names)
    return over_ssh(case, body)


def ssh_ends(case):
    """over ssh: the daemon is killed, ssh is killed, SIGTERM; no worker outlives them"""
    def body(launcher):
        case.drop("a.tif", LONG)
        case.launch(launcher, "--threads", "1")
        wrong = []
        number = case.met("a.tif")
        time.sleep(1)
        case.watch.kill()
        wrong.append(case.gone(number, 2))
        case.watch.start()
        number = case.met("a.tif", 2)
        clients = [int(word) for word in subprocess.run(
            ["pgrep", "-f", f"ssh -p [0-9]+ -i {case.watch.base}/ssh/user"], check=False,
            capture_output=True, text=True).stdout.split()]
        signal_all(clients, signal.SIGKILL)
        wrong.append(case.gone(number, 2))
        number = case.met("a.tif", 3)
        time.sleep(1)
        wrong += [case.watch.stop(), case.gone(number, 0.5)]
        case.watch.start()
        return [*wrong, *case.mapped("a.tif")]
    return over_ssh(case, body)


OTHERS = {name: body for name, body in list(globals().items())
          if name.startswith(("wrap_", "ssh_")) and name != "ssh_server"}
