"""The guards on source: each takes a root folder and returns findings that name a file and a reason."""

import ast
import re
from pathlib import Path

from tests.architecture.source import (
    FRAMEWORK,
    ROOMS,
    Finding,
    functions,
    imports,
    local_apps,
    modules,
    name_of,
    parse,
    relative,
)

LONGEST_ROOM = 400
LONGEST_VIEW = 24
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
# Pure arithmetic: no database, no clock, no web.
PURE = {
    "initiatives": {"quiet"},
    "indicators": {"statistics", "disclosure", "catalogue", "figures"},
    "surveys": {"scoring", "definition", "merge", "tokens", "tabulation", "response_panel", "past", "recurrence"},
    "backbone": {
        "activity_kinds",
        "calendars",
        "counting",
        "decision_times",
        "engagement",
        "entry_files",
        "minutes",
        "money",
        "occurrences",
        "people_range",
        "row_files",
        "stages",
        "time_zones",
    },
    "partners": {"mix", "roster"},
}
IMPURE_IMPORTS = re.compile(r"^(django\.(db|http|core\.cache|shortcuts|utils\.timezone)|time$|requests|smtplib|socket)")
IMPURE_CALLS = {
    "datetime.now",
    "date.today",
    "datetime.date.today",
    "datetime.datetime.now",
    "timezone.now",
    "now",
    "open",
}


def once_per_line(findings: list[Finding]) -> list[Finding]:
    """`from a import b` is seen as a and as a.b: one finding is enough."""
    first = {}
    for finding in findings:
        first.setdefault((finding.file, finding.reason.split(":")[0]), finding)
    return list(first.values())


def floors(root: Path) -> list[Finding]:
    """An app imports only from floors below it; nobody imports config."""
    order = local_apps(root)
    findings = []
    for app, _room, path in modules(root, migrations=True):
        for name, line in imports(path):
            target = name.split(".")[0]
            if target == "config":
                findings.append(Finding(relative(root, path), f"line {line}: imports config, which nobody imports"))
            elif app == "core" and target in order and target != "core":
                findings.append(Finding(relative(root, path), f"line {line}: core imports {name}; it knows no subject"))
            elif target in order and order.index(target) > order.index(app):
                findings.append(Finding(relative(root, path), f"line {line}: {app} imports {name} from a floor above"))
    return once_per_line(findings)


def relations(root: Path) -> list[Finding]:
    """Relations written as strings go down as well, and there are no generic foreign keys."""
    order = local_apps(root)
    findings = []
    for app, _room, path in modules(root):
        for node in ast.walk(parse(path)):
            if not isinstance(node, ast.Call):
                continue
            kind = name_of(node.func).split(".")[-1]
            if kind in {"GenericForeignKey", "GenericRelation"}:
                findings.append(
                    Finding(relative(root, path), f"line {node.lineno}: {kind} hides a relation from the floors")
                )
            if kind not in RELATIONS:
                continue
            texts = [n.value for n in [*node.args, *(k.value for k in node.keywords)] if isinstance(n, ast.Constant)]
            for text in texts:
                target = str(text).split(".")[0]
                if target in order and "." in str(text) and order.index(target) > order.index(app):
                    findings.append(
                        Finding(relative(root, path), f"line {node.lineno}: {app} relates to {text}, a floor above")
                    )
    return findings


def rooms(root: Path) -> list[Finding]:
    """Inside an app, a room imports only rooms left of it; modules that are no room import no room at all."""
    findings = []
    for app, room, path in modules(root):
        if room in FRAMEWORK or room == "__init__":
            continue
        for name, line in imports(path):
            parts = name.split(".")
            if parts[0] != app or len(parts) < 2 or parts[1] not in ROOMS or parts[1] == room:
                continue
            if room.endswith("urls") and parts[1] == "views":
                continue
            if room not in ROOMS:
                reason = f"line {line}: {room} is no room and may not import {name}"
            elif ROOMS.index(parts[1]) > ROOMS.index(room):
                reason = f"line {line}: {room} imports {name}, a room right of it"
            else:
                continue
            findings.append(Finding(relative(root, path), reason))
    return once_per_line(findings)


def room_sizes(root: Path) -> list[Finding]:
    """A file over 400 lines becomes a folder split by noun; utils.py says nothing about what is in it."""
    findings = []
    for _app, _room, path in modules(root):
        lines = len(path.read_text().splitlines())
        if lines > LONGEST_ROOM:
            findings.append(
                Finding(relative(root, path), f"{lines} lines: make it a folder of that name, split by noun")
            )
        if path.stem in {"utils", "helpers", "misc", "common"}:
            findings.append(Finding(relative(root, path), f"{path.name} names no subject"))
    return findings


def views(root: Path) -> list[Finding]:
    """No `.objects` in a view, and no view longer than a screenful: one door, one form, one action, one answer."""
    findings = []
    for _app, room, path in modules(root):
        if room != "views":
            continue
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
                findings.append(
                    Finding(
                        relative(root, path), f"line {node.lineno}: .objects in a view; start at request.initiative"
                    )
                )
        for function in functions(path):
            length = function.end_lineno - function.lineno + 1
            if length > LONGEST_VIEW:
                findings.append(
                    Finding(relative(root, path), f"{function.name} has {length} lines, the bound is {LONGEST_VIEW}")
                )
    return findings


def actions(root: Path) -> list[Finding]:
    """Public actions take keywords only, and `by` comes last."""
    findings = []
    for _app, room, path in modules(root):
        if room != "actions":
            continue
        for function in parse(path).body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            names = [a.arg for a in function.args.kwonlyargs]
            if function.args.args or function.args.posonlyargs:
                findings.append(
                    Finding(relative(root, path), f"{function.name} takes positional arguments; write `*,` first")
                )
            if "by" in names and names[-1] != "by":
                findings.append(Finding(relative(root, path), f"{function.name}: `by` comes last"))
    return findings


def tasks(root: Path) -> list[Finding]:
    """Tasks take ids only, and stay thin."""
    findings = []
    for _app, room, path in modules(root):
        if room != "tasks":
            continue
        for function in parse(path).body:
            if not isinstance(function, ast.FunctionDef) or not function.decorator_list:
                continue
            names = [a.arg for a in [*function.args.args, *function.args.kwonlyargs] if a.arg != "self"]
            for name in names:
                if not name.endswith(("_id", "_ids")):
                    findings.append(Finding(relative(root, path), f"{function.name} takes {name}; a task takes ids"))
            if function.end_lineno - function.lineno > 14:
                findings.append(Finding(relative(root, path), f"{function.name} is long; call one action"))
    return findings


def pure(root: Path) -> list[Finding]:
    """The arithmetic has no database, no clock, no web and no files but its own data."""
    findings = []
    for app, room, path in modules(root):
        if room not in PURE.get(app, ()):
            continue
        for name, line in imports(path):
            if IMPURE_IMPORTS.match(name):
                findings.append(Finding(relative(root, path), f"line {line}: imports {name}, and is meant to be pure"))
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Call) and name_of(node.func) in IMPURE_CALLS:
                findings.append(
                    Finding(
                        relative(root, path), f"line {node.lineno}: calls {name_of(node.func)}, and is meant to be pure"
                    )
                )
    return once_per_line(findings)


# file: why raw SQL is right there
RAW_SQL = {
    "core/statements.py": "runs SQL that was written once, where writing it again costs thirty times the query",
    "core/postgresql/base.py": "has the server prepare what core/statements.py runs",
    "surveys/actions/sending.py": "one UPDATE between every few mails, which the ORM takes longer to write than the database to do",
    "core/views.py": "the health check asks the database for 1",
    "core/management/commands/migrate_locked.py": "an advisory lock has no ORM form",
}


def raw_sql(root: Path, allowed=RAW_SQL) -> list[Finding]:
    """SQL is written through the ORM; an exception is listed with its reason and may not go stale."""
    found = {}
    for _app, _room, path in modules(root):
        for node in ast.walk(parse(path)):
            if not isinstance(node, ast.Call):
                continue
            called = name_of(node.func).split(".")[-1]
            if called in {"raw", "RawSQL", "extra", "cursor", "executescript"} or (
                called == "execute" and not name_of(node.func).startswith("self.")
            ):
                found.setdefault(
                    relative(root, path),
                    f"line {node.lineno}: {called}() is raw SQL; use the ORM or say why in RAW_SQL",
                )
    return _beyond(root, found, allowed, "RAW_SQL")


def _beyond(root, found, allowed, listing):
    """Findings that are not allowed, and, in a whole product, allowances that went stale."""
    findings = [Finding(file, reason) for file, reason in found.items() if file not in allowed]
    if root.joinpath("manage.py").exists():
        findings += [
            Finding(f, f"listed in {listing} and has none: remove it there") for f in set(allowed) - set(found)
        ]
    return findings


def concurrency(root: Path) -> list[Finding]:
    """What SQLite ignores or IMMEDIATE makes dangerous: skip_locked, ATOMIC_REQUESTS; and signals between our apps."""
    findings = []
    for path in [*(p for _a, _r, p in modules(root)), root / "config/settings.py"]:
        text = path.read_text()
        for word, reason in {
            "skip_locked": "ignored on SQLite; claim by a conditional UPDATE",
            "ATOMIC_REQUESTS": "makes every request a writer under IMMEDIATE",
            "@receiver": "signals hide what happens; call the action",
            "signals import": "signals hide what happens; call the action",
        }.items():
            if word in text:
                findings.append(Finding(relative(root, path), f"{word}: {reason}"))
    return findings


TEMPLATE_RULES = {
    r"<script(?![^>]*\ssrc=)": "inline script; the policy forbids it",
    r"<style\b": "inline style sheet; the policy forbids it",
    r"\sstyle\s*=": "inline style; write a class",
    r"\son[a-z]+\s*=": "inline event handler; attach by a data- attribute",
    r"\|\s*safe\b": "|safe trusts a value",
    r"autoescape\s+off": "autoescape off trusts values",
    r"(src|href|action|hx-[a-z]+)\s*=\s*[\"'](https?:)?//": "request to another host",
    r"javascript:": "javascript: address",
}


def templates(root: Path) -> list[Finding]:
    """No inline script or style, nothing trusted, nothing from another host."""
    findings = []
    for path in sorted((root / "templates").rglob("*.html")):
        text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.S)
        for rule, reason in TEMPLATE_RULES.items():
            match = re.search(rule, text)
            if match:
                findings.append(Finding(relative(root, path), f"“{match.group(0)}”: {reason}"))
    return findings


def assets(root: Path) -> list[Finding]:
    """What is committed was written here, and asks no other host for anything."""
    findings = []
    for path in sorted((root / "static").rglob("*")):
        if not path.is_file():
            continue
        if ".min." in path.name or "vendor" in path.parts:
            findings.append(Finding(relative(root, path), "third-party file; install it instead"))
        if path.suffix in {".css", ".js"}:
            text = path.read_text()
            if re.search(r"(url\(|@import|import\s|fetch\()\s*[\"']?(https?:)?//", text):
                findings.append(Finding(relative(root, path), "asks another host"))
            if re.search(r"\b(eval|Function)\(|innerHTML|document\.write", text):
                findings.append(Finding(relative(root, path), "builds code or markup from text"))
    return findings


# file: why a value is trusted there
TRUSTED_MARKUP = {
    "core/markup.py": "a pattern is a constant of the program, and each value is escaped on its way in",
    "core/markdown.py": "the parser knows no HTML, and the sanitiser lets through its own short list of elements",
    "core/templatetags/display.py": "a block of the same page, escaped while it was rendered",
}


def trusted_markup(root: Path, allowed=TRUSTED_MARKUP) -> list[Finding]:
    """mark_safe and SafeString trust a value; format_html and templates escape it. Exceptions are listed and not stale."""
    found = {}
    for _app, _room, path in modules(root):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Call) and name_of(node.func).split(".")[-1] in {"mark_safe", "SafeString"}:
                reason = f"line {node.lineno}: {name_of(node.func)} trusts a value; use format_html or a template"
                found.setdefault(relative(root, path), reason)
    return _beyond(root, found, allowed, "TRUSTED_MARKUP")


GUARDS = [
    floors,
    relations,
    rooms,
    room_sizes,
    views,
    actions,
    tasks,
    pure,
    raw_sql,
    concurrency,
    templates,
    assets,
    trusted_markup,
]
