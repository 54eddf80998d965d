#!/bin/sh
# Makes .venv with everything in requirements-dev.txt; writes nothing outside the checkout.
# BASE_PYTHON names the Python to use; without it the newest of 3.11 and later on the PATH is taken.
set -eu
cd "$(dirname "$0")/.."

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
base=
for candidate in ${BASE_PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c "$new_enough" 2>/dev/null || continue
    base=$candidate
    # Debian ships venv and ensurepip apart from Python; another Python on the PATH may have them.
    "$candidate" -c 'import venv, ensurepip' 2>/dev/null && break
done
if [ -z "$base" ]; then
    echo "Backbone needs Python 3.11 or newer and found none on the PATH. Install it, or name one: make setup BASE_PYTHON=/path/to/python3." >&2
    exit 1
fi
if ! .venv/bin/python -c "$new_enough" 2>/dev/null || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Making .venv with $($base --version)."
    if ! "$base" -m venv --clear .venv; then
        echo "$base cannot make a virtual environment. On Debian and Ubuntu its package is missing: apt install python3-venv" >&2
        exit 1
    fi
fi
exec .venv/bin/python scripts/install.py
