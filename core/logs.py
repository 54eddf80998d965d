"""Log lines that give nothing away: survey links are masked, and a value with a line break stays one line."""

import copy
import logging
import re

# Addresses that open something for whoever knows them: answering, unsubscribing, a person's own page, a story, links made for one person.
SECRET_LINK = re.compile(r"(/(?:s|u|p|own|stop|story|setup|signin)/)[A-Za-z0-9_\-.:=%~]+")
# What a terminal or a log reader takes for a new line or a command.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def mask_links(text: str) -> str:
    return SECRET_LINK.sub(r"\1…", text)


def on_one_line(text: str) -> str:
    """Control characters written out: a line break becomes the two characters \\n."""
    return CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


class MaskSecretLinks(logging.Filter):
    """Replaces the token of a secret link in whatever is logged, arguments and traceback included."""

    def filter(self, record):
        record.msg = mask_links(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask_links(record.exc_text)
        return True


class OneLineFormatter(logging.Formatter):
    """No value can forge a log line: a message is one line, and each line of a traceback begins with a bar."""

    def format(self, record):
        record = copy.copy(record)
        record.msg, record.args = on_one_line(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            lines = re.split(r"\r\n|[\r\n]", record.exc_text)
            record.exc_text = "\n".join(f"  | {on_one_line(line)}" for line in lines)
        return super().format(record)
