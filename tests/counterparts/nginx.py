"""nginx without rights: its configuration, pid and logs in a folder of the test's, on free ports."""

import os
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import SECONDS, free_port, running
from tests.support.programs import debian_program

# Two workers, so that one takes the connections when the other has been killed.
_CONFIGURATION = """
daemon off;
%s
pid nginx.pid;
error_log error.log warn;
worker_processes 2;
worker_shutdown_timeout 100ms;
events { worker_connections 256; }
http {
  log_format all '"$request" $status gzip "$gzip_ratio" authorization "$http_authorization" cookie "$http_cookie"';
  access_log access.log all;
  types { application/json json; video/mp4 mp4; text/vtt vtt; }
  default_type application/octet-stream;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  root files;
  %s
}
"""

_ENCRYPTING = """
server {
  listen LISTEN ssl;
  ssl_certificate %(certificate)s;
  ssl_certificate_key %(certificate)s;
  # A type with parameters is no `application/json` to nginx.
  gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;
  location / {
    proxy_pass %(origin)s;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Accept-Encoding "";
    sub_filter_types *;
    sub_filter_once off;
    sub_filter 'http://$http_host/' 'https://$http_host/';
  }
  location /files/ { alias files/; }
  %(locations)s
}
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx.

    Attributes:
        folder: of its configuration and logs; `files` below it has what it serves.
        process: the master.
        origin: scheme, host and port.
    """

    folder: Path
    process: subprocess.Popen[bytes]
    origin: str

    def put(self, name: str, content: bytes) -> None:
        """Serve a file."""
        (self.folder / "files" / name).write_bytes(content)

    def requests(self) -> list[tuple[str, int]]:
        """Return path and status of each request that has ended."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return [(path, int(status)) for _, path, _, status, *_ in (line.split(" ") for line in lines)]

    def compressed(self) -> set[str]:
        """Return the paths that were answered with gzip."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return {line.split(" ")[1] for line in lines if 'gzip "-"' not in line}

    def workers(self) -> set[int]:
        """Return the processes that answer, without those that finish their last requests."""
        command = ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="]
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return {int(line.split()[0]) for line in listed.splitlines() if line.rstrip().endswith("worker process")}

    def reload(self) -> None:
        """Read the configuration again, as `nginx -s reload` does, and return once new workers answer."""
        before = self.workers()
        self.process.send_signal(signal.SIGHUP)
        self._wait_for_others(before)

    def kill_workers(self) -> None:
        """Kill every worker, and return once new ones answer."""
        before = self.workers()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        self._wait_for_others(before)

    def _wait_for_others(self, before: set[int]) -> None:
        end = time.monotonic() + SECONDS
        while not (now := self.workers()) or now & before:
            assert time.monotonic() < end, f"nginx has no new workers: {(self.folder / 'error.log').read_text()}"
            time.sleep(0.02)


@contextmanager
def nginx(folder: Path, http: str, address: str = "127.0.0.1") -> Generator[Nginx]:
    """Run nginx for the duration of the block; skip the test where this machine cannot have it.

    Args:
        folder: an empty one.
        http: directives of the `http` block, in which `LISTEN` is where to listen.
        address: of this machine, to listen on.
    """
    program = debian_program("nginx", "nginx")
    (folder / "files").mkdir()
    port = free_port(address)
    configuration = _CONFIGURATION % (_user(), http.replace("LISTEN", f"{address}:{port}"))
    (folder / "nginx.conf").write_text(configuration)
    command = [program, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
    with running(command, (address, port), folder / "output.log") as process:
        scheme = "https" if " ssl;" in http else "http"
        yield Nginx(folder, process, f"{scheme}://{address}:{port}")


def encrypting(origin: str, certificate: Path, locations: str = "") -> str:
    """Return the directives for an https server before one that only speaks http, which compresses its answers.

    Args:
        origin: of the server behind; its own links become https, too.
        certificate: with its key.
        locations: more of them.
    """
    return _ENCRYPTING % {"origin": origin, "certificate": certificate, "locations": locations}


def _user() -> str:
    """Return who the workers run as where nginx may choose: root, because nobody else may read the tests' folders."""
    return "user root root;" if os.geteuid() == 0 else ""
