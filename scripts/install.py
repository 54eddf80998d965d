"""Install the locked requirements into .venv: with uv where it can be had, else with pip. Run by scripts/setup.sh.

uv does not read pip's configuration, so a machine that reaches its packages another way (a mirror, a folder of wheels) is
asked through `pip config list`. Every file is checked against its hash, whoever installs it and wherever it came from.
"""

import ast
import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(sys.prefix)
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]


def environment(pip_settings: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """The environment for both installers: caches stay inside .venv, and uv is told what pip is told; what is given wins."""
    told = {
        "PIP_CACHE_DIR": str(VENV / "cache" / "pip"),
        "UV_CACHE_DIR": str(VENV / "cache" / "uv"),
        "UV_DEFAULT_INDEX": pip_settings.get("index-url", ""),
        "UV_EXTRA_INDEX_URL": " ".join(pip_settings.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(pip_settings.get("find-links", "").split()),
        "UV_HTTP_TIMEOUT": pip_settings.get("timeout", pip_settings.get("default-timeout", "")),
        "SSL_CERT_FILE": pip_settings.get("cert", ""),
        # pip takes the locked version from whichever index has it; the hashes make that safe.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    return {name: value for name, value in told.items() if value} | given


def pip_settings() -> dict[str, str]:
    """pip's configuration by option name, whichever file, section or variable it came from; the later line wins."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True)
    settings = {}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        settings[key.rsplit(".", 1)[-1]] = ast.literal_eval(value)
    return settings


def uv_program(env: dict[str, str]) -> str | None:
    """Path of uv inside .venv, installed from its own lock; None where that fails (no wheel for this machine, say)."""
    program = Path(sysconfig.get_path("scripts")) / "uv"
    done = subprocess.run([*PIP, "-r", "requirements-installer.txt"], cwd=ROOT, env=env, capture_output=True)
    return str(program) if done.returncode == 0 and program.exists() else None


def install(env: dict[str, str]) -> bool:
    uv = uv_program(env)
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--require-hashes"]
        if subprocess.run([*command, "-r", "requirements-dev.txt"], cwd=ROOT, env=env).returncode == 0:
            return True
    print("uv could not install the packages here; pip does it instead, which takes longer.", flush=True)
    return subprocess.run([*PIP, "-r", "requirements-dev.txt"], cwd=ROOT, env=env).returncode == 0


def main():
    begun = time.monotonic()
    if not install(environment(pip_settings(), dict(os.environ))):
        sys.exit("The packages could not be installed; the lines above say why. Then run again: make setup")
    (VENV / "installed").touch()
    print(f"The packages are installed ({time.monotonic() - begun:.0f} s).")


if __name__ == "__main__":
    main()
