"""The demo's processes: each in a group of its own, started again when it dies, ended with everything it started."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
RESTARTS = 3  # within a minute; then it is not bad luck


def _end_with_parent() -> None:
    """Linux: if the demo itself is killed, its processes get SIGTERM instead of living on unseen."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    patience: float = 10.0  # seconds to end after SIGTERM
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS))

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603  commands of our own
                self.command, env=dict(self.env), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=_end_with_parent)

    def wait(self, *, seconds: float) -> int:
        """Its exit code; not 0 too when it is still at it after `seconds`."""
        try:
            return self.process.wait(seconds) if self.process else 1
        except subprocess.TimeoutExpired:
            return 1

    def died(self) -> int | None:
        return self.process.poll() if self.process else None

    def may_restart(self, *, now: float) -> bool:
        often = len(self.deaths) == RESTARTS and now - self.deaths[0] < 60
        self.deaths.append(now)
        return not often

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if self.log.exists() else ""

    def send(self, sign: signal.Signals) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)

    def ask_to_end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()  # the head alone: a worker's head lets its hands finish

    def end(self) -> None:
        if not self.process:
            return
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            pass
        self.send(signal.SIGKILL)  # whatever is left of the group
        self.process.wait()


def end_all(children: Sequence[Child]) -> None:
    """Web, worker and scheduler together; then, in reverse order of starting, what they needed."""
    needed = ("broker", "mail")
    for child in children:
        if child.name not in needed:
            child.ask_to_end()
    for child in sorted(reversed(children), key=lambda child: child.name in needed):
        child.ask_to_end()
        child.end()


def wait_until(ready: Path, *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready.exists():
            return True
        time.sleep(0.05)
    return False
