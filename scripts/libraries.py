"""Can WeasyPrint lay out text here? Loads each shared library it needs. Runs before anything is installed."""

import ctypes
import sys

NEEDED = {
    "libgobject-2.0-0": "libglib2.0-0",
    "libpango-1.0-0": "libpango-1.0-0",
    "libpangoft2-1.0-0": "libpangoft2-1.0-0",
    "libharfbuzz-subset-0": "libharfbuzz-subset0",
}
FILES = {"libgobject-2.0-0": "libgobject-2.0.so.0", "libpango-1.0-0": "libpango-1.0.so.0",
         "libpangoft2-1.0-0": "libpangoft2-1.0.so.0", "libharfbuzz-subset-0": "libharfbuzz-subset.so.0"}


def missing() -> "list[str]":
    absent = []
    for library, package in NEEDED.items():
        try:
            ctypes.CDLL(FILES[library])
        except OSError:
            absent.append(package)
    return absent


if __name__ == "__main__":
    absent = missing()
    if absent and "--explain" in sys.argv:
        names = " ".join(absent)
        sys.stderr.write("System libraries are missing: " + names + ". Run: sudo scripts/system-packages run\n")
    sys.exit(bool(absent))
