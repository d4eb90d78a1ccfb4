"""The version of the cloud: a counter of mutations that readers can wait on, and the lock around moto's state.

moto keeps everything in plain dictionaries without a lock, so one call at a time touches it. It is one process under
Python's own lock anyway: the queue costs nothing and every answer is a consistent picture.
"""

import threading
import time

state_lock = threading.RLock()

_changed = threading.Condition()
_version = 1


def version() -> int:
    return _version


def bump() -> int:
    """Count a mutation and wake whoever waits for one."""
    global _version
    with _changed:
        _version += 1
        _changed.notify_all()
        return _version


def wait_beyond(after: int, seconds: float) -> int:
    """Block until the version is greater than `after` or the time is over; the version then."""
    end = time.monotonic() + seconds
    with _changed:
        while _version <= after:
            left = end - time.monotonic()
            if left <= 0:
                break
            _changed.wait(left)
        return _version
