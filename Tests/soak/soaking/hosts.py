"""Two hosts and a file server on one machine: namespaces of network, mounts, names and processes.

The hosts reach the server by a bridge of 10.77.16.0/24, which nothing else sees. They share a folder by
GlusterFS without its management: a server and a FUSE client for each host, with locks that hold across
hosts, which NFS would need the kernel's client for.
"""
import json
import os
import subprocess
import time

from soaking.programs import Trouble
from soaking.watching import Watch, is_running

NETWORK = "10.77.16"
PORT = 24999
SERVER = """volume posix
  type storage/posix
  option directory {folder}
end-volume
volume locks
  type features/locks
  subvolumes posix
end-volume
volume brick
  type performance/io-threads
  subvolumes locks
end-volume
volume server
  type protocol/server
  option transport-type tcp
  option transport.socket.bind-address {network}.1
  option transport.socket.listen-port {port}
  option transport.tcp-user-timeout 5
  option auth.addr.brick.allow {network}.*
  subvolumes brick
end-volume
"""
CLIENT = """volume client
  type protocol/client
  option transport-type tcp
  option remote-host {network}.1
  option remote-port {port}
  option remote-subvolume brick
  option ping-timeout 5
end-volume
"""


def call(*words, check=True):
    ended = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                           check=False, timeout=60)
    if check and ended.returncode:
        raise Trouble(f"{' '.join(words)}: {ended.stderr.strip()}")
    return ended.stdout


class Host:
    """Namespaces that end with this object's process, and everything in them."""

    def __init__(self, name, number):
        self.name, self.number = name, number
        self.holder = subprocess.Popen(
            ["unshare", "-n", "-m", "-u", "-p", "-f", "--mount-proc", "--kill-child", "sleep", "7200"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not (children := children_of(self.holder.pid)):
            if time.monotonic() > end:
                raise Trouble("unshare starts nothing: is this root?")
            time.sleep(0.05)
        self.first = children[0]
        self.prefix = ["nsenter", "-t", str(self.first), "-a"]
        time.sleep(0.2)
        self.run("hostname", name)
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *words, check=True):
        return call(*self.prefix, *words, check=check)

    def spawn(self, *words, **streams):
        return Forked(subprocess.Popen([*self.prefix, *words], stdin=subprocess.DEVNULL, **streams))

    def end(self):
        """As a power failure."""
        self.holder.kill()
        self.holder.wait()


class Forked:
    """What `nsenter` has started, with what `Popen` has."""

    def __init__(self, child):
        self.child = child
        end = time.monotonic() + 10
        while not (children := children_of(child.pid)) and child.poll() is None:
            if time.monotonic() > end:
                raise Trouble("nsenter starts nothing")
            time.sleep(0.01)
        self.pid = children[0] if children else child.pid

    @property
    def returncode(self):
        return self.child.returncode

    def poll(self):
        return self.child.poll()

    def wait(self, timeout=None):
        return self.child.wait(timeout)

    def send(self, which):
        if is_running(self.pid):
            os.kill(self.pid, which)

    def kill(self):
        self.send(9)

    def terminate(self):
        self.send(15)


class HostWatch(Watch):
    """A daemon on a host, whose state is asked for on another one or the same."""

    def __init__(self, host, *arguments, name="", **others):
        super().__init__(*arguments, prefix=host.prefix, **others)
        self.host = host
        self.log = os.path.join(os.path.dirname(self.base), f"log-{host.name}{name}")

    def start(self):
        os.makedirs(os.path.dirname(self.log), exist_ok=True)
        super().start()
        self.child = Forked(self.child)
        return self

    def select(self, query):
        """By SQLite on the host: what lies on the server is no whole database at any instant."""
        script = ("import json, sqlite3, sys\n"
                  "ledger = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=5)\n"
                  "ledger.row_factory = sqlite3.Row\n"
                  "ledger.text_factory = lambda raw: raw.decode('utf-8', 'replace')\n"
                  "def plain(value): return value.hex() if isinstance(value, bytes) else value\n"
                  "print(json.dumps([{key: plain(row[key]) for key in row.keys()}"
                  " for row in ledger.execute(sys.argv[2])]))")
        text = self.host.run("python3", "-c", script, os.path.join(self.state, "ledger.sqlite"),
                             query, check=False)
        rows = json.loads(text) if text.strip() else []
        for row in rows:
            if isinstance(row.get("scene"), str):
                row["scene"] = bytes.fromhex(row["scene"])
        return rows


class Hosts:
    """The server and two hosts, `a` and `b`; the shared folder has one path on all of them."""

    def __init__(self, folder):
        self.folder = folder
        self.shared = os.path.join(folder, "shared")
        os.makedirs(self.shared)
        self.disk = Host("disk", 1)
        self.a, self.b = Host("hosta", 2), Host("hostb", 3)
        self.disk.run("ip", "link", "add", "br0", "type", "bridge")
        self.disk.run("ip", "addr", "add", f"{NETWORK}.1/24", "dev", "br0")
        self.disk.run("ip", "link", "set", "br0", "up")
        for host in (self.a, self.b):
            self.wire(host)
        for name, text in (("server", SERVER), ("client", CLIENT)):
            with open(os.path.join(folder, f"{name}.vol"), "w", encoding="ascii") as file:
                file.write(text.format(folder=self.shared, network=NETWORK, port=PORT))
        self.disk.run("glusterfsd", "-f", f"{folder}/server.vol", "-l", f"{folder}/server.log")
        time.sleep(0.5)
        for host in (self.a, self.b):
            self.mount(host)

    def wire(self, host):
        """A cable between a host and the bridge."""
        call("nsenter", "-t", str(self.disk.first), "-n", "ip", "link", "add", f"v{host.name}", "type",
             "veth", "peer", "name", "eth0", "netns", str(host.first))
        self.link(host, True)
        self.disk.run("ip", "link", "set", f"v{host.name}", "master", "br0")
        host.run("ip", "addr", "add", f"{NETWORK}.{host.number}/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")

    def link(self, host, is_up):
        """Plugs the cable in, or pulls it: nobody is told."""
        self.disk.run("ip", "link", "set", f"v{host.name}", "up" if is_up else "down")

    def mount(self, host):
        host.run("glusterfs", "-f", f"{self.folder}/client.vol", "-l",
                 f"{self.folder}/client-{host.name}.log", "--entry-timeout=0", "--attribute-timeout=0",
                 self.shared)
        end = time.monotonic() + 20
        while host.run("stat", "-f", "-c", "%T", self.shared, check=False).strip() != "fuseblk":
            if time.monotonic() > end:
                raise Trouble(f"{host.name} does not mount the folder")
            time.sleep(0.2)

    def unmount(self, host):
        host.run("umount", "-l", self.shared)
        host.run("pkill", "-x", "glusterfs", check=False)

    def end_host(self, host):
        self.link(host, False)
        host.end()

    def new_host(self, name):
        """Another host in a place of one that was ended."""
        host = Host(f"host{name}", {"a": 2, "b": 3}[name])
        self.disk.run("ip", "link", "del", f"vhost{name}", check=False)
        self.wire(host)
        self.mount(host)
        setattr(self, name, host)

    def end(self):
        for host in (self.a, self.b, self.disk):
            host.end()


def children_of(number):
    try:
        with open(f"/proc/{number}/task/{number}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []
