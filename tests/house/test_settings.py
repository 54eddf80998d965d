import re

import pytest

from tests.house import processes

GOOD = "k" * 48
SAMPLE = re.search(r"(?m)^SECRET_KEY=(.*)$", (processes.ROOT / ".env.example").read_text()).group(1)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SURVEY_LINK_KEY"])
@pytest.mark.parametrize("value", ["", "short", SAMPLE, SAMPLE + SAMPLE])
def test_without_debug_a_missing_short_or_sample_key_is_refused(tmp_path, name, value):
    keys = {"SECRET_KEY": GOOD, "SURVEY_LINK_KEY": GOOD, name: value}
    code, said = processes.run("up", VAR_DIR=tmp_path, **keys)
    assert code == 1
    assert said.startswith(f"{name} is missing, shorter than 32 characters or the sample. Set the environment variable")
    assert "make run" in said
    assert "Traceback" not in said


def test_without_debug_good_keys_are_taken(tmp_path):
    assert processes.run("check", VAR_DIR=tmp_path, SECRET_KEY=GOOD, SURVEY_LINK_KEY=GOOD)[0] == 0


def test_a_value_that_cannot_be_read_is_named(tmp_path):
    code, said = processes.run("check", VAR_DIR=tmp_path, DEBUG="1", PORT="abc")
    assert (code, said.strip()) == (1, "PORT=abc cannot be read. docs/operations.md says what PORT may be.")


def test_every_setting_has_its_heading_in_the_operations_guide():
    source = (processes.ROOT / "config" / "settings.py").read_text()
    guide = (processes.ROOT / "docs" / "operations.md").read_text()
    read = set(re.findall(r"""env\.(?!read_env|email_url_config)\w+\(\s*"(\w+)\"""", source))
    assert read == set(re.findall(r"(?m)^#### `(\w+)`$", guide))


@pytest.mark.parametrize("value", ["bounces", "a b@example.org", "b" * 16 + "@example.org", "b@example.org>", "b@-"])
def test_return_path_that_cannot_carry_a_signature_is_refused(tmp_path, value):
    keys = {"SECRET_KEY": GOOD, "SURVEY_LINK_KEY": GOOD, "RETURN_PATH": value}
    code, said = processes.run("up", VAR_DIR=tmp_path, **keys)
    assert code == 1
    assert said.startswith("RETURN_PATH (")
    assert "Traceback" not in said
