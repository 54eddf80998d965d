"""Reading our stylesheets: the classes they know and the colours they set."""

import re
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "static" / "css"


def text_of(*names):
    files = [FOLDER / name for name in names] or sorted(FOLDER.glob("*.css"))
    return re.sub(r"/\*.*?\*/", "", "\n".join(file.read_text() for file in files), flags=re.DOTALL)


def styled_classes(css):
    """Class names in selectors. What stands between `{` and `;` is a declaration and does not count."""
    selectors = re.findall(r"([^{};]+)\{", css)
    return {name for selector in selectors for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector)}


def classes_in(html):
    return {name for value in re.findall(r'\bclass="([^"]*)"', html) for name in value.split()}


def colours(css):
    """Token → (light, dark) for every `--name: light-dark(#……, #……)`."""
    pattern = r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {name: (light, dark) for name, light, dark in re.findall(pattern, css, flags=re.IGNORECASE)}


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2, relative luminance: 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
