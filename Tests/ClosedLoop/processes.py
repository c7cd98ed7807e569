"""Programs that end with the run, however it ends."""

import ctypes
import signal
import subprocess

PR_SET_PDEATHSIG = 1
# Looked up here: between fork and exec nothing may be loaded.
PRCTL = ctypes.CDLL(None).prctl


def end_with_parent():
    PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(arguments: list[str], log=None) -> subprocess.Popen:
    """Its messages go to `log`, or where ours go."""
    return subprocess.Popen(arguments, stdout=log, stderr=log, preexec_fn=end_with_parent)
