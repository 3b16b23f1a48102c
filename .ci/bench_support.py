"""What .ci/bench-engine and .ci/bench-truth share: servers and clients on a core of their own, and what a client used up."""

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SEATSTORM = os.path.join(ROOT, ".build/release/seatstorm")
CORES = sorted(os.sched_getaffinity(0))
CLIENT_CORE, SERVER_CORE = CORES[0], CORES[-1]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
URL = f"http://127.0.0.1:{PORT}"
# The scenarios' gateway.
os.environ["GATEWAY"] = URL
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_rlimit_nofile {files};
events {{ worker_connections {connections}; }}
http {{
    log_format arrivals '$msec $request_method $uri';
    access_log {log};
    keepalive_requests 1000000000; keepalive_timeout 600s;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        location / {{ default_type application/json; return 200 '{{"status":"held"}}'; }}
    }}
}}
"""


def raise_open_files():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def start(command, core, **options):
    """Starts a command on one core."""
    return subprocess.Popen(command, preexec_fn=lambda: os.sched_setaffinity(0, {core}), **options)


class Finished:
    """A client that has ended: what it printed, its exit code, its CPU seconds (user and system), its greatest resident memory in MB."""

    def __init__(self, command, **options):
        process = start(command, CLIENT_CORE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
        self.text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.code = process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


class Server:
    """A server on the other core, until the block ends."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.process = start(self.command, SERVER_CORE)
        for _ in range(100):
            try:
                urllib.request.urlopen(urllib.request.Request(URL + "/", method="HEAD"), timeout=1)
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        self.__exit__()
        sys.exit(f"{self.command[0]} did not come up on {URL}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


@contextlib.contextmanager
def awake():
    """No core halts within the block: waking a halted virtual one takes 0.1 to 0.3 ms, which would be measured as the server's. What keeps
    them busy gives way to anything else at once (SCHED_IDLE)."""
    def idle_only():
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    spinners = [
        subprocess.Popen(["taskset", "-c", str(core), "sh", "-c", "while :; do :; done"], preexec_fn=idle_only) for core in CORES
    ]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def nginx(folder, log="off"):
    files = raise_open_files()
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as file:
        file.write(NGINX.format(folder=folder, files=files, connections=files - 100, port=PORT, log=log))
    binary = next((p for p in ("/usr/sbin/nginx", "/usr/bin/nginx") if os.path.exists(p)), "nginx")
    return Server([binary, "-p", folder, "-c", path])


def scenario(name):
    return os.path.join(ROOT, f"scenarios/bench/{name}.yaml")


def seatstorm_command(folder, name, *arguments):
    return [SEATSTORM, "run", scenario(name), "--no-color", "--quiet", "--threads", "1", "--out", folder, *arguments]


def last_report(folder):
    """`summary.json` of the run that ended last in this folder, and the wall clock and monotonic clock when its load began, in ns."""
    latest = os.path.join(folder, "latest")
    with open(os.path.join(latest, "summary.json")) as file:
        summary = json.load(file)
    with open(os.path.join(latest, "history.jsonl")) as file:
        return summary, json.loads(file.readline())


def compiled(folder, name, *libraries):
    """One of the C programs of this folder."""
    path = os.path.join(folder, name)
    subprocess.run(["gcc", "-O2", "-o", path, os.path.join(ROOT, f".ci/{name}.c"), *libraries], check=True)
    return path


def workspace():
    if not os.access(SEATSTORM, os.X_OK):
        sys.exit("there is no .build/release/seatstorm: run make build")
    return tempfile.TemporaryDirectory(prefix="seatstorm-bench-")
