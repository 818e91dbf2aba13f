#!/usr/bin/env python3
"""Measures ztick beside redis-server and beanstalkd on this machine, and prints a table.

It starts the servers on free ports of loopback and stops them. Each row asks all sides by the
same generator, one after the other and round after round; a value is the median of the rounds,
[smallest-largest]. Servers are pinned to the first core that this process may use, generators to
the second; a start is measured on all of them. Build before: mvn -DskipTests package
"""

import argparse
import json
import math
import os
import platform
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "deploy.daily."
PATIENCE = 120
SECOND = 1_000_000_000
MANY = 1000
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))


class Skipped(Exception):
    """A row that cannot be measured here, and why."""


def pinned(core, command):
    """The command on one core: 0 for servers, 1 for generators."""
    if len(CORES) < 2 or not shutil.which("taskset"):
        return command
    return ["taskset", "-c", str(CORES[core]), *command]


def need(program, package):
    if not shutil.which(program):
        raise Skipped(f"{program} is missing: apt-get install {package}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that listens."""

    def __init__(self, command, directory, name, environment=None, pin=True):
        self.log = Path(directory, name + ".log")
        self.port = 0
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                pinned(0, command) if pin else command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=directory,
            )
        self.pid = self.process.pid

    def wait_for(self, what):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.log} says why the server ended:\n{self.log.read_text()}")
            found = what()
            if found:
                return found
            time.sleep(0.002)
        raise RuntimeError(f"{self.log}: the server does not listen")

    def listens(self, port):
        self.port = port

        def connects():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        self.wait_for(connects)
        return self

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def resident_bytes(self):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Wire:
    """A connection to ztick."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
        self.lines = self.socket.makefile("rb")

    def send(self, lines):
        """Sends any number of lines that are answered OK."""
        for start in range(0, len(lines), 1000):
            batch = lines[start : start + 1000]
            self.socket.sendall("".join(line + "\n" for line in batch).encode())
            for line in batch:
                answer = self.lines.readline().decode().strip()
                if answer != "OK":
                    raise RuntimeError(f"{line}: {answer}")

    def stat(self):
        self.socket.sendall(b"STAT\n")
        rows = {}
        for line in iter(self.lines.readline, b"OK\n"):
            key, value = line.decode().split()
            rows[key] = value
        return rows

    def close(self):
        self.lines.close()
        self.socket.close()


class Rig:
    """The servers and generators of this machine."""

    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.started = []
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("ZTICK_")
        }
        self.environment.update(XDG_CONFIG_HOME="/dev/null")
        java_home = os.environ.get("ZTICK_JAVA_HOME")
        if java_home:
            self.environment["ZTICK_JAVA_HOME"] = java_home
        # As servers have it after their first start, which would make it while it is measured.
        subprocess.run([options.ztick / "bin/ztick", "cache"], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)
        self.java = None

    def ztick(self, name="ztick", jobs=None, journal=None, concurrent=64, pin=True):
        jobs = jobs or self.options.jobs[0]
        heap = max(1024, math.ceil(jobs * 400 / 2**20))
        file = Path(self.directory, f"{name}.toml")
        kept = f'"journal"\ndirectory = "{journal}"' if journal else '"memory"'
        file.write_text(
            f"""
[controller]
listen = "127.0.0.1:0"
max_connections = 20000
max_unauthenticated = 20000
[runs]
max_concurrent = {concurrent}
max_concurrent_per_rule = {concurrent}
[database]
persistence = {kept}
max_jobs = {2 * jobs + 1_000_000}
max_rules = 20000
"""
        )
        environment = dict(self.environment, ZTICK_HEAP=f"{heap}m")
        command = [str(self.options.ztick / "bin/ztick"), "-c", str(file)]
        server = Server(command, self.directory, name, environment, pin)
        self.started.append(server)
        pattern = re.compile(r"listening on [0-9.]+:(\d+)")
        found = server.wait_for(lambda: pattern.search(server.log.read_text()))
        server.port = int(found.group(1))
        self.java = Path(os.readlink(f"/proc/{server.pid}/exe")).parent
        return server

    def redis(self, name="redis", durable=False):
        need("redis-server", "redis-server")
        port = free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--dir", self.directory, "--appenddirname", name]
        if durable:
            command += ["--appendonly", "yes", "--appendfsync", "always"]
        server = Server(command, self.directory, name)
        self.started.append(server)
        return server.listens(port)

    def beanstalkd(self):
        need("beanstalkd", "beanstalkd")
        port = free_port()
        command = ["beanstalkd", "-l", "127.0.0.1", "-p", str(port)]
        server = Server(command, self.directory, "beanstalkd")
        self.started.append(server)
        return server.listens(port)

    def sink(self, requests):
        """An HTTP server beside the generators, as (process, port)."""
        command = [*self.program("HttpSink"), str(requests)]
        process = subprocess.Popen(
            pinned(1, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return process, int(process.stdout.readline())

    def program(self, name):
        if self.java is None:
            # A server of ztick's says which Java there is.
            self.stop(self.ztick("java"))
        classes = f"{self.options.ztick}/lib/*:{ROOT}/tests/target/test-classes"
        return [str(self.java / "java"), "-Xmx1g", "-XX:+UseSerialGC", "-cp", classes,
                "io.ztick.tests." + name]

    def bench(self, server, *arguments, nice=0):
        """Starts `ztick bench`."""
        command = [str(self.options.ztick / "bin/ztick"), "bench", "-o", "json"]
        command += ["--endpoint", f"ztick://127.0.0.1:{server.port}", "--prefix", PREFIX]
        command += [str(argument) for argument in arguments]
        if nice and os.geteuid() == 0:
            command = ["nice", "-n", str(nice), *command]
        return subprocess.Popen(
            pinned(1, command), stdout=subprocess.PIPE, text=True, env=self.environment
        )

    def load(self, side, connections, pipeline, keys=None, seconds=None):
        """Measures one side; a side is (server, request)."""
        server, request = side
        keys = keys or self.options.jobs[0]
        milliseconds = round(1000 * (seconds or self.options.seconds))
        warm_up = max(100, milliseconds // 2)
        before = server.cpu_seconds()
        if "-" not in request:
            process = self.bench(
                server, "--connections", connections, "--pipeline", pipeline, "--keys", keys,
                "--mix", request, "--no-fill", "--warm-up", f"{warm_up}ms",
                "--duration", f"{milliseconds}ms",
            )
        else:
            arguments = [request, server.port, connections, pipeline, keys, warm_up, milliseconds]
            command = [*self.program("PeerLoad"), *map(str, arguments)]
            process = subprocess.Popen(pinned(1, command), stdout=subprocess.PIPE, text=True)
        result = finish(process)
        requests = result["requests"] + result["warm_up_requests"]
        result["cpu_us"] = 1e6 * (server.cpu_seconds() - before) / max(1, requests)
        return result

    def warm_up(self, server, keys):
        """Sets jobs and removes them, before anything of ztick is measured for the first time."""
        finish(self.bench(server, "--fill", "--keys", keys, "-n", 1, "--warm-up", "0s",
                          "--clean-up"))

    def fill(self, server, keys=None, request="set"):
        """Sets each job once in a shuffled order; the answer is how many in a second."""
        keys = keys or self.options.jobs[0]
        if "-" not in request:
            return finish(
                self.bench(server, "--fill", "--keys", keys, "-n", 1, "--warm-up", "0s")
            )["fill_per_second"]
        command = self.program("PeerLoad")
        command += [request, str(server.port), "50", "64", str(keys), "0", "0"]
        process = subprocess.Popen(pinned(1, command), stdout=subprocess.PIPE, text=True)
        return finish(process)["requests_per_second"]

    def stop(self, server):
        server.stop()
        self.started.remove(server)

    def stop_all(self):
        for server in list(self.started):
            self.stop(server)


def finish(process):
    output = process.communicate(timeout=10 * PATIENCE)[0]
    if process.returncode:
        raise RuntimeError(f"{process.args} ended with {process.returncode}: {output}")
    result = json.loads(output)
    if result.get("errors"):
        raise RuntimeError(f"{process.args}: {result['first_error']}")
    return result


# Values


def amount(value):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g}{unit}" if value < 1000 * size else f"{value:.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def duration(nanos):
    for unit, size in (("s", 1e9), ("ms", 1e6)):
        if nanos >= size:
            return f"{nanos / size:.3g} {unit}"
    return f"{nanos / 1e3:.3g} us"


def megabytes(value):
    return f"{value / 2**20:.3g} MB"


def spread(values, text=amount):
    middle = text(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} [{text(min(values))}-{text(max(values))}]"


class Table:
    """What was measured: one line for each comparison."""

    def __init__(self):
        self.lines = []
        self.plots = {}
        self.notes = []
        self.failed = False

    def compare(self, work, ours, name, theirs, goal=None, text=amount):
        """Both sides in the same unit; a goal is ("≥" or "≤", ratio)."""
        ratio = statistics.median(ours) / max(1e-9, statistics.median(theirs))
        self.add(work, spread(ours, text), f"{name} {spread(theirs, text)}", goal, ratio, ours,
                 f"{ratio:.2f} ×", theirs)

    def alone(self, work, ours, goal=None, text=amount, goal_text=None):
        """One side; a goal is ("≥" or "≤", value)."""
        shown = goal_text or (text(goal[1]) if goal else "")
        self.add(work, spread(ours, text), "", goal, statistics.median(ours), ours, "", None, shown)

    def add(self, work, ours, other, goal, value, values, ratio, others, shown=None):
        met = None
        wanted = ""
        if goal:
            sign, bound = goal
            met = value >= bound if sign == "≥" else value <= bound
            wanted = f"{sign} {shown or f'{bound} ×'} {'yes' if met else '**no**'}"
        self.lines.append(
            dict(work=work, ztick=ours, other=other, ratio=ratio, goal=wanted, met=met,
                 ztick_values=values, other_values=others)
        )
        print(f"  {work}: {ours} {other} {ratio} {wanted}".rstrip(), file=sys.stderr)

    def markdown(self, facts):
        text = [f"{facts['date']}, commit {facts['commit']}, {facts['hardware']}; "
                f"{facts['versions']}.", ""]
        text += ["| work | ztick | beside | ratio | goal |", "|---|---|---|---|---|"]
        for line in self.lines:
            cells = (line["work"], line["ztick"], line["other"], line["ratio"], line["goal"])
            text.append("| " + " | ".join(cells) + " |")
        text += [""] + [f"- {note}" for note in self.notes]
        return "\n".join(text).rstrip() + "\n"

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)
            print(f"  note: {text}", file=sys.stderr)


def rounds(rig, sides, cells, keys=None):
    """Measures every side in every cell, interleaved: {(side, cell): [result of each round]}."""
    results = {}
    # What a server compiles or allocates at first is not what it does all day.
    for side in sides.values() if rig.options.rounds > 1 else ():
        for cell in cells:
            rig.load(side, *cell, keys=keys)
    for _ in range(rig.options.rounds):
        for cell in cells:
            for name, side in sides.items():
                results.setdefault((name, cell), []).append(rig.load(side, *cell, keys=keys))
    return results


def take(results, key):
    return [result[key] for result in results]


def peers(rig, table, *names):
    """The servers that are installed, as sides of a comparison."""
    sides = {}
    for name in names:
        try:
            if name.startswith("redis"):
                server = next((s for s in rig.started if s.log.name == "redis.log"), None)
                sides[name] = (server or rig.redis(), name)
            else:
                sides[name] = (rig.beanstalkd(), name)
        except Skipped as reason:
            table.note(f"{name} was skipped: {reason}")
    return sides


# Rows


CELLS = ((50, 64), (50, 16), (50, 1))


def row_set(rig, table):
    """SET over shuffled ids, and the same as SET, ZADD and put of others."""
    options = rig.options
    ours = rig.ztick()
    sides = {"ztick": (ours, "set")}
    sides.update(peers(rig, table, "redis-set", "redis-zadd", "beanstalkd-put"))
    inserted = {}
    rig.warm_up(ours, min(200_000, options.jobs[0]))
    for name in ("ztick", "redis-set", "redis-zadd"):
        if name in sides:
            server, request = sides[name]
            inserted[name] = rig.fill(server, request=request)
    for name in list(inserted)[1:]:
        table.compare(f"{amount(options.jobs[0])} new jobs, 50 × 64", [inserted["ztick"]], name,
                      [inserted[name]])
    results = rounds(rig, sides, CELLS)
    goals = {
        "redis-set": (2.0, 1.3, 1.0),
        "redis-zadd": (4.0, 2.5, 1.1),
        "beanstalkd-put": (None, None, None),
    }
    for name in list(sides)[1:]:
        for cell, goal in zip(CELLS, goals[name]):
            ours, theirs = results["ztick", cell], results[name, cell]
            work = "SET/s, %d × %d" % cell
            table.compare(work, take(ours, "requests_per_second"), name,
                          take(theirs, "requests_per_second"), goal and ("≥", goal))
            if name == "redis-set":
                table.compare("SET, 50 × %d, CPU us" % cell[1], take(ours, "cpu_us"), name,
                              take(theirs, "cpu_us"), ("≤", 1.0), text=lambda v: f"{v:.2f}")
    table.plots["set"] = (
        "Latency of SET, 50 connections, one in flight each",
        [(name, results[name, (50, 1)][-1]["percentiles"]) for name in sides],
    )


def row_get(rig, table):
    """GET of shuffled ids."""
    ours = rig.ztick()
    sides = {"ztick": (ours, "get")}
    sides.update(peers(rig, table, "redis-get"))
    rig.fill(ours)
    if "redis-get" in sides:
        rig.fill(sides["redis-get"][0], request="redis-set")
    results = rounds(rig, sides, CELLS)
    for cell, goal in zip(CELLS, (1.5, 1.2, 1.0)):
        compare_or_alone(table, "GET/s, %d × %d" % cell, results, "redis-get", cell,
                         "requests_per_second", ("≥", goal))


def compare_or_alone(table, work, results, name, cell, key, goal, text=amount):
    ours = take(results["ztick", cell], key)
    if (name, cell) in results:
        table.compare(work, ours, name, take(results[name, cell], key), goal, text)
    else:
        table.alone(work, ours, text=text)


def row_latency(rig, table):
    """SET over one connection, one in flight."""
    compare_set(rig, table, (1, 1), (("p50_ns", 1.0), ("p99_ns", 1.1)), "latency-1x1")


def row_many(rig, table):
    """SET over 1,000 connections, one in flight each."""
    cell = (min(MANY, rig.options.connections), 1)
    compare_set(rig, table, cell, (("requests_per_second", 1.0), ("p999_ns", 1.0)), "many")


def compare_set(rig, table, cell, goals, plot):
    ours = rig.ztick()
    sides = {"ztick": (ours, "set")}
    sides.update(peers(rig, table, "redis-set"))
    for server, request in sides.values():
        rig.fill(server, request=request)
    results = rounds(rig, sides, (cell,))
    for key, goal in goals:
        rate = key == "requests_per_second"
        work = "SET, %d × %d, %s" % (*cell, "in a second" if rate else key[:-3])
        compare_or_alone(table, work, results, "redis-set", cell, key,
                         ("≥" if rate else "≤", goal), amount if rate else duration)
    table.plots[plot] = (
        "Latency of SET, %d connections, %d in flight each" % cell,
        [(name, results[name, cell][-1]["percentiles"]) for name in sides],
    )


def row_durable(rig, table):
    """SET that is on the disk before it is answered."""
    ours = rig.ztick("durable", journal=Path(rig.directory, "durable-state"))
    sides = {"ztick": (ours, "set")}
    try:
        sides["redis-set"] = (rig.redis("redis-durable", durable=True), "redis-set")
    except Skipped as reason:
        table.note(f"redis-set was skipped: {reason}")
    cells = ((8, 64), (50, 1), (1, 1))
    results = rounds(rig, sides, cells)
    for cell, goal in zip(cells, (2.0, 1.5, 1.0)):
        compare_or_alone(table, "durable SET/s, %d × %d" % cell, results, "redis-set", cell,
                         "requests_per_second", ("≥", goal))


def row_query(rig, table):
    """QUERY of 1,000 neighbours, set in a shuffled order and after a restart."""
    state = Path(rig.directory, "query-state")
    ours = rig.ztick("query", journal=state)
    sides = {"ztick": (ours, "query")}
    sides.update(peers(rig, table, "redis-zrange"))
    rig.fill(ours)
    if "redis-zrange" in sides:
        rig.fill(sides["redis-zrange"][0], request="redis-lex")
    cell = (4, 1)
    rig.load(sides["ztick"], *cell)
    before = ours.resident_bytes()
    results = rounds(rig, sides, (cell,))
    grown = ours.resident_bytes() - before
    compare_or_alone(table, "QUERY, rows/s, shuffled order", results, "redis-zrange", cell,
                     "rows_per_second", ("≥", 2.0))
    table.alone("QUERY, growth of memory meanwhile", [max(0, grown)], ("≤", 16 * 2**20), megabytes)
    rig.stop(ours)
    ours = rig.ztick("query", journal=state)
    rig.load((ours, "query"), *cell)
    fresh, waits = [], []
    for _ in range(rig.options.rounds):
        fresh.append(rig.load((ours, "query"), *cell)["rows_per_second"])
        waits.append(waiting(rig, ours, lambda: rig.load((ours, "query"), *cell)))
    table.alone("QUERY, rows/s, after a restart", fresh, ("≥", 10e6))
    table.alone("PING of another client meanwhile, p99", take(waits, "p99_ns"), ("≤", 5e6),
                duration)


def waiting(rig, server, work, seconds=None):
    """Runs some work, and measures how long another client waits for its PINGs meanwhile.

    Its generator goes before the others of its core, so that it does not wait for them."""
    seconds = seconds or rig.options.seconds
    ping = rig.bench(server, "--connections", 1, "--mix", "ping", "--warm-up",
                     f"{round(500 * seconds)}ms", "--duration", f"{round(1000 * seconds)}ms",
                     nice=-15)
    work()
    return finish(ping)


def row_lateness(rig, table):
    """From due to the start of the run, idle and under full load, beside jobs that wait."""
    for kept in ("memory", "journal"):
        for loaded in (False, True):
            late, sunk = lateness(rig, rig.options.jobs[0], kept == "journal", loaded)
            name = f"due to start, {kept}, {'50 × 16 SET' if loaded else 'idle'}"
            goals = {("memory", False): (20e3, 100e3), ("memory", True): (None, 200e3)}
            for key, goal in zip(("p50_ns", "p99_ns"), goals.get((kept, loaded), (None, None))):
                table.alone(f"{name}, {key[:3]}", [late[key]], goal and ("≤", goal), duration)
            table.plots.setdefault("lateness", ("From due to the arrival of the HTTP request", []))
            table.plots["lateness"][1].append(
                (f"{kept}, {'loaded' if loaded else 'idle'}", sunk["percentiles"]))


def lateness(rig, jobs, durable=False, loaded=False, rules=1):
    """Plans jobs for the next seconds: (figures of STAT, figures of their target)."""
    name = f"late-{jobs}-{rules}-{durable}-{loaded}"
    server = rig.ztick(name, jobs, Path(rig.directory, name) if durable else None)
    rig.fill(server, jobs)
    wire = Wire(server)
    late = fire_late(rig, server, wire, loaded, rules, jobs)
    wire.close()
    rig.stop(server)
    return late


def fire_late(rig, server, wire, loaded, rules, jobs):
    runs = rig.options.runs
    wire.send([f"RULE SET r.{i} deploy.r{i:05d}. http POST http://127.0.0.1:1/"
               for i in range(rules - 1)])
    # The first ones have the code compiled, and are forgotten by the figures of the last minute.
    # With too few of them it is compiled while it is measured, on the core of the server.
    warm = 20 * runs
    sink = late_sink(rig, wire, warm)
    plan(wire, "deploy.late.warm.", warm, time.time_ns() + SECOND // 4, warm * SECOND // 10_000)
    collect(sink)
    forgotten = time.monotonic() + rig.options.settle
    sink = late_sink(rig, wire, runs)
    time.sleep(max(0, forgotten - time.monotonic()))
    seconds = max(1, round(runs / 500))
    plan(wire, "deploy.late.", runs, time.time_ns() + 2 * SECOND, seconds * SECOND)
    if loaded:
        rig.load((server, "set"), 50, 16, keys=jobs, seconds=seconds + 2)
    sunk = collect(sink)
    stat = wire.stat()
    keys = ("p50_ns", "p99_ns", "p999_ns", "max_ns")
    return {key: int(stat["lateness_1m_" + key]) for key in keys}, sunk


def late_sink(rig, wire, requests):
    sink, port = rig.sink(requests)
    wire.send([f"RULE SET r deploy.late. http POST http://127.0.0.1:{port}/"])
    return sink


def collect(sink):
    """What a sink has to say when it has seen all requests."""
    try:
        sink.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        seen = json.loads(sink.communicate()[0])["requests"]
        raise RuntimeError(f"only {seen} HTTP runs have come") from None
    return json.loads(sink.stdout.read())


def plan(wire, prefix, count, start, length):
    """Jobs that become due evenly over a length of time."""
    wire.send([f"SET {prefix}{i} {start + i * length // count}" for i in range(count)])


def row_burst(rig, table):
    """Jobs due within one second, HTTP runs, and how long another client waits meanwhile."""
    due = rig.options.due
    server = rig.ztick("burst", concurrent=256)
    wire = Wire(server)
    for last in (False, True):
        # The first time the code is compiled.
        count = due if last else max(100, due // 5)
        sink, port = rig.sink(count)
        wire.send([f"RULE SET r deploy.burst. http POST http://127.0.0.1:{port}/"])
        start = time.time_ns() + 3 * SECOND + count * 20_000
        plan(wire, f"deploy.burst.{last}.", count, start, SECOND)
        time.sleep(max(0, (start - time.time_ns()) / SECOND - 2.5))
        waits = waiting(rig, server, lambda: None, 6)
        result = collect(sink)
    table.alone(f"{amount(due)} HTTP runs due in 1 s, last one after",
                [result["last_ns"] - start], ("≤", 4 * SECOND), duration)
    table.alone("PING of another client meanwhile, max", [waits["max_ns"]], ("≤", 20e6), duration)
    wire.close()
    rig.stop(server)


SPAWN = """
import os, sys, time
left = total = int(sys.argv[1])
running = 0
start = time.monotonic()
while left or running:
    while left and running < 4:
        os.posix_spawn("/bin/true", ["true"], {})
        left -= 1
        running += 1
    os.waitpid(-1, 0)
    running -= 1
print(total / (time.monotonic() - start))
"""


def row_processes(rig, table):
    """Processes started in a second, four at once, beside a loop of posix_spawn in Python."""
    count = rig.options.processes
    server = rig.ztick("processes", concurrent=4)
    wire = Wire(server)
    wire.send(["RULE SET r deploy.true. direct /bin/true"])
    ours, theirs = [], []
    for number in range(rig.options.rounds + 1):
        executed = int(wire.stat()["jobs_executed"])
        start = time.time_ns() + SECOND // 2
        wire.send([f"SET deploy.true.{number}.{i} {start}" for i in range(count)])
        start = max(start, time.time_ns())
        while int(wire.stat()["jobs_executed"]) < executed + count:
            if time.time_ns() > start + PATIENCE * SECOND:
                raise RuntimeError(f"not all processes have ended: {wire.stat()}")
            time.sleep(0.01)
        rate = count / ((time.time_ns() - start) / SECOND)
        loop = subprocess.run(pinned(0, [sys.executable, "-c", SPAWN, str(count)]),
                              capture_output=True, check=True, text=True)
        # The first round compiles.
        if number:
            ours.append(rate)
            theirs.append(float(loop.stdout))
    wire.close()
    table.compare("processes/s, 4 at once, one core", ours, "posix_spawn in Python", theirs,
                  ("≥", 0.9))
    rig.stop(server)


def row_recovery(rig, table):
    """From the start of the process to listening, with a journal."""
    jobs = rig.options.jobs[0]
    goal = 12 * SECOND if jobs > 5_000_000 else 1.5 * SECOND
    table.alone("start with an empty journal", recovery(rig, 0), None, duration)
    table.alone(f"start with {amount(jobs)} jobs in the journal", recovery(rig, jobs),
                ("≤", goal), duration)


def recovery(rig, jobs):
    state = Path(rig.directory, f"recovery-{jobs}")
    server = rig.ztick("recovery", jobs, state)
    if jobs:
        rig.fill(server, jobs)
    times = []
    for _ in range(rig.options.rounds):
        rig.stop(server)
        start = time.monotonic_ns()
        server = rig.ztick("recovery", jobs, state, pin=False)
        times.append(time.monotonic_ns() - start)
    rig.stop(server)
    shutil.rmtree(state)
    return times


def live_bytes(rig, server):
    jcmd = rig.java / "jcmd"
    if not jcmd.exists():
        raise Skipped(f"{jcmd} is missing: this Java is no JDK")
    for _ in range(2):
        text = subprocess.run([jcmd, str(server.pid), "GC.class_histogram"], check=True,
                              capture_output=True, text=True).stdout
    return int(re.search(r"^Total\s+\d+\s+(\d+)", text, re.M).group(1))


def row_heap(rig, table):
    """Heap that a job takes, with ids of 22 bytes, after a full collection."""
    heap(rig, table, "heap for each job", rig.options.jobs[0])


def heap(rig, table, name, jobs):
    """On a server of its own: the collection would be its longest stall."""
    server = rig.ztick("heap", jobs)
    # What removed jobs leave room for would be missing in the difference.
    rig.warm_up(server, 100)
    empty = live_bytes(rig, server)
    rig.fill(server, jobs)
    table.alone(name, [(live_bytes(rig, server) - empty) / jobs], ("≤", 75),
                lambda v: f"{v:.1f} B")
    rig.stop(server)


def row_idle(rig, table):
    """Resident memory of idle connections."""
    count = rig.options.idle
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < count + 100:
        raise Skipped(f"this process may open only {hard} files: ulimit -n")
    server = rig.ztick("idle")
    before = server.resident_bytes()
    open_ones = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
    wire = Wire(server)
    while int(wire.stat()["connections"]) < count:
        time.sleep(0.01)
    table.alone(f"{count} idle connections", [server.resident_bytes() - before],
                ("≤", 45 * 2**20), megabytes)
    wire.close()
    for each in open_ones:
        each.close()
    rig.stop(server)


def row_growth(rig, table):
    """The same with other numbers of jobs and of rules."""
    for jobs in rig.options.jobs:
        name = f"{amount(jobs)} jobs: "
        # Of fewer there is not enough to tell it from what else the server has.
        if jobs >= 100_000:
            heap(rig, table, name + "heap for each", jobs)
        server = rig.ztick("growth", jobs)
        rig.warm_up(server, min(200_000, jobs))
        # What it did for the first time is forgotten by the figures of the last minute.
        forgotten = time.monotonic() + rig.options.settle
        table.alone(name + "new jobs/s, 50 × 64", [rig.fill(server, jobs)])
        for request, key, cell in (("set", "requests_per_second", (50, 16)),
                                   ("get", "requests_per_second", (50, 16)),
                                   ("query", "rows_per_second", (4, 1))):
            rig.load((server, request), *cell, keys=jobs)
            values = [rig.load((server, request), *cell, keys=jobs)[key]
                      for _ in range(rig.options.rounds)]
            unit = "rows/s" if request == "query" else "in a second"
            table.alone(f"{name}{request}, {cell[0]} × {cell[1]}, {unit}", values)
        waits = waiting(rig, server, lambda: rig.load((server, "set"), 50, 16, keys=jobs))
        table.alone(name + "PING of another client beside 50 × 16 SET, max", [waits["max_ns"]],
                    None, duration)
        while time.monotonic() < forgotten:
            rig.load((server, "set"), 50, 16, keys=jobs)
        wire = Wire(server)
        table.alone(name + "longest turn of the loop in a minute of load",
                    [int(wire.stat()["loop_1m_max_ns"])], ("≤", 5e6), duration)
        wire.close()
        rig.stop(server)
        table.alone(name + "start from the journal", recovery(rig, jobs), None, duration)
        growth_of_lateness(rig, table, name, jobs, 1)
    for rules in rig.options.rules:
        name = f"{rules} rules: "
        growth_of_lateness(rig, table, name, rig.options.jobs[0], rules)


def growth_of_lateness(rig, table, name, jobs, rules):
    late, _ = lateness(rig, jobs, rules=rules)
    for key in ("p50_ns", "p99_ns"):
        table.alone(f"{name}due to start, {key[:3]}", [late[key]], None, duration)


ROWS = {name[4:]: value for name, value in list(globals().items()) if name.startswith("row_")}


# Plots


STYLE = """
text { font: 13px sans-serif; fill: #333 }
.title { font-weight: bold; font-size: 15px }
.small { font-size: 11px; fill: #777 }
.grid { stroke: #ddd }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .small { fill: #999 } .grid { stroke: #444 }
}
"""
COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 80, 50, 170, 60


def svg(title, series, facts):
    """Percentiles as lines: what share of the requests takes at most how long."""
    series = [(name, [(p, max(1000, v)) for p, v in points]) for name, points in series if points]
    values = [v for _, points in series for _, v in points]
    low = math.floor(math.log10(min(values)))
    high = max(low + 1, math.ceil(math.log10(max(values))))
    nines = max(2, max(math.ceil(-math.log10(max(1e-9, 1 - p / 100)))
                       for _, points in series for p, _ in points if p < 100))

    def x(percent):
        share = min(nines, -math.log10(max(10**-nines, 1 - percent / 100)))
        return LEFT + share / nines * (WIDTH - LEFT - RIGHT)

    def y(nanos):
        return HEIGHT - BOTTOM - (math.log10(nanos) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
           f"<style>{STYLE}</style>", f'<text class="title" x="{LEFT}" y="24">{title}</text>']
    for power in range(low, high + 1):
        at = y(10**power)
        out.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>'
                   f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">'
                   f"{duration(10**power)}</text>")
    for percent in [0] + [100 * (1 - 10**-n) for n in range(1, nines + 1)]:
        at = x(percent)
        out.append(f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
                   f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
                   f"{percent:.6g} %</text>")
    ends = []
    for number, (name, points) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        path = "L".join(f"{x(p):.1f} {y(v):.1f}" for p, v in points)
        out.append(f'<path class="line" stroke="{colour}" d="M{path}"/>')
        ends.append([y(points[-1][1]), name, colour])
    # Names beside the ends of their lines, and never on each other.
    for before, end in zip([None, *sorted(ends)], sorted(ends)):
        end[0] = max(end[0], before[0] + 16) if before else end[0]
        out.append(f'<text x="{WIDTH - RIGHT + 8}" y="{end[0] + 4:.1f}" style="fill:{end[2]}">'
                   f"{end[1]}</text>")
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - BOTTOM + 36}"'
               ' text-anchor="middle">share that takes at most so long</text>')
    out.append(f'<text class="small" x="{LEFT}" y="{HEIGHT - 6}">{facts["date"]}, commit'
               f' {facts["commit"]}, {facts["hardware"]}</text></svg>')
    return "\n".join(out) + "\n"


# The whole


def facts_of(rig):
    def first(command):
        try:
            return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
        except OSError:
            return ""

    commit = first(["git", "rev-parse", "--short", "HEAD"]) or "unknown"
    if first(["git", "status", "--porcelain", "--untracked-files=no"]):
        commit += " with changes"
    found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ["Linux " + platform.release()]
    rig.program("PeerLoad")
    release = rig.java.parent / "release"
    if release.exists():
        java = re.search(r'JAVA_VERSION="(.*)"', release.read_text())
        versions.append("Java " + java.group(1))
    redis = re.search(r"v=(\S+)", first(["redis-server", "--version"]))
    versions += ["redis-server " + redis.group(1)] if redis else []
    beanstalkd = first(["beanstalkd", "-v"])
    versions += [beanstalkd] if beanstalkd else []
    return dict(
        date=time.strftime("%Y-%m-%d"),
        commit=commit,
        hardware=f"{len(CORES)} cores of {found.group(1) if found else platform.machine()},"
        f" {memory:.0f} GiB",
        versions=", ".join(versions),
    )


def numbers(text):
    return [int(float(word)) for word in text.split(",")]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
    parser.add_argument("--rows", default=",".join(name for name in ROWS if name != "growth"),
                        help=f"which of {', '.join(ROWS)}; all but growth unless given")
    parser.add_argument("--rounds", type=int, default=3,
                        help="3 unless given; with 1 nothing is warmed up before")
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement; 2")
    parser.add_argument("--jobs", type=numbers, default=[1_000_000],
                        help="how many jobs there are; several for growth, like 1e4,1e6,1e7; 1e6")
    parser.add_argument("--rules", type=numbers, default=[1, 100, 10_000],
                        help="how many rules there are, for growth; 1,100,10000")
    parser.add_argument("--runs", type=int, default=2000, help="whose lateness is measured; 2000")
    parser.add_argument("--settle", type=float, default=70,
                        help="seconds after which STAT forgets the first runs; 70")
    parser.add_argument("--due", type=int, default=100_000, help="in one second; 100000")
    parser.add_argument("--processes", type=int, default=3000, help="to start; 3000")
    parser.add_argument("--idle", type=int, default=10_000, help="idle connections; 10000")
    parser.add_argument("--connections", type=int, default=MANY, help="of the row many; 1000")
    parser.add_argument("--ztick", type=Path, default=ROOT / "server/target/ztick",
                        help="the distribution to measure; server/target/ztick")
    parser.add_argument("--output", type=Path, default=ROOT / "tests/target/benchmark",
                        help="where benchmark.md, benchmark.json and the plots are written")
    options = parser.parse_args()
    options.rows = options.rows.split(",")
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; expected: {', '.join(ROWS)}")
    if not (options.ztick / "bin/ztick").exists():
        parser.error(f"there is no {options.ztick}/bin/ztick; mvn -DskipTests package makes it")
    options.ztick = options.ztick.resolve()
    return options


def measure(rig, table, facts):
    if len(CORES) < 2:
        table.note("one core: servers and generators share it, and latencies are those of both")
    elif not shutil.which("taskset"):
        table.note("taskset is missing (apt-get install util-linux): nothing is pinned to a core")
    for name in rig.options.rows:
        print(f"{name}: {ROWS[name].__doc__.splitlines()[0]}", file=sys.stderr)
        try:
            ROWS[name](rig, table)
        except Skipped as reason:
            table.note(f"{name} was skipped: {reason}")
        except (RuntimeError, OSError, subprocess.SubprocessError) as failure:
            # The others are worth their time.
            table.note(f"{name} failed: {failure}")
            table.failed = True
        finally:
            rig.stop_all()
    write(rig.options.output, table, facts)


def write(output, table, facts):
    output.mkdir(parents=True, exist_ok=True)
    text = table.markdown(facts)
    (output / "benchmark.md").write_text(text)
    kept = dict(facts, lines=table.lines, notes=table.notes)
    (output / "benchmark.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    print(text)
    for name, (title, series) in table.plots.items():
        (output / f"{name}.svg").write_text(svg(title, series, facts))
    files = ", ".join(sorted(path.name for path in output.iterdir()))
    print(f"in {output}: {files}", file=sys.stderr)


def main():
    options = parse_options()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="ztick-benchmark-") as directory:
        rig = Rig(options, directory)
        try:
            measure(rig, table, facts_of(rig))
        finally:
            rig.stop_all()
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
