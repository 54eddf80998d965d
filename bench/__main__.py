"""`python -m bench [name…]`: a JSON line per row as it is measured, then the table. BENCH_SCALE=0.1 for a quick look."""

import json
import os
import signal
import subprocess
import sys
import tempfile

from bench.report import table

NAMES = ("answering", "storing", "sending", "closing", "dashboard", "starting", "importing", "exporting")


def main(wanted):
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        sys.exit(f"There is no measurement {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    rows, failed = [], []
    with tempfile.TemporaryDirectory(prefix="backbone-bench-static-") as static:
        for name in wanted or NAMES:
            measured, code = _measured(name, static)
            rows += measured
            if code:
                failed.append(name)
    print(f"\n{table(rows)}" if rows else "")
    if failed:
        print(f"\nNot measured, see above: {', '.join(failed)}.")
    sys.exit(1 if failed or not all(row["ok"] for row in rows) else 0)


def _measured(name, static):
    """(rows, exit code) of one measurement, each line passed on as it comes."""
    rows = []
    command = [sys.executable, "-m", "bench.one", name]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"STATIC_ROOT": static}
    ) as process:
        try:
            for line in process.stdout:
                print(line, end="", flush=True)
                if line.startswith("{"):
                    rows.append(json.loads(line))
        except BaseException:
            process.terminate()
            raise
    return rows, process.returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main(sys.argv[1:])
