"""Reading a tree as text: what every static guard is built from. A guard gets a root folder, so that it can be shown a broken one."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ["permissions", "models", "queries", "actions", "tasks", "forms", "views", "api", "urls", "admin"]
# Modules that Django or a library finds by name; they may use every room of their app.
FRAMEWORK = {"apps", "middleware", "context_processors", "adapter", "management", "templatetags", "migrations"}


@dataclass(frozen=True)
class Finding:
    file: str
    reason: str


def local_apps(root: Path) -> list[str]:
    """LOCAL_APPS as settings write it down, ground first."""
    for node in ast.walk(parse(root / "config/settings.py")):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LOCAL_APPS":
            return ast.literal_eval(node.value)
    raise LookupError("config/settings.py has no LOCAL_APPS")


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def modules(root: Path, *, migrations=False):
    """(app, room, path) of every Python file of our apps; the room is the first part of the path below the app."""
    for app in local_apps(root):
        for path in sorted((root / app).rglob("*.py")):
            parts = path.relative_to(root / app).parts
            room = parts[0].removesuffix(".py")
            if migrations or room != "migrations":
                yield app, room, path


def imports(path: Path):
    """(dotted module, line) of every import in a file, also those inside functions; `from a import b` gives a and a.b."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level + (node.module or ""), node.lineno
            else:
                yield node.module, node.lineno
                for name in node.names:
                    yield f"{node.module}.{name.name}", node.lineno


def name_of(node: ast.AST) -> str:
    """`a.b.c` of a call's function or an attribute chain; the unknown part is left out."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}".lstrip(".")
    return getattr(node, "id", "")


def functions(path: Path):
    return [node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
