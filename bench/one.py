"""One measurement in a process of its own: `python -m bench.one name` prints a JSON line per row."""

import signal
import sys
from dataclasses import replace
from importlib import import_module

from bench.stage import NoServer, staged


def main(name):
    try:
        with staged(name) as stage:
            for row in import_module(f"bench.paths.{name}").measure(stage):
                if stage.not_durable:
                    note = f"PostgreSQL runs with {', '.join(stage.not_durable)} off"
                    row = replace(row, sound=False, note="; ".join(filter(None, (row.note, note))))
                print(row.as_json(), flush=True)
    except NoServer as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    # So that what was set up is taken away when somebody stops the bench.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main(sys.argv[1])
