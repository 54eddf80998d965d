"""Captured mails, read as a person's mail program reads them."""

import re
from email import message_from_bytes, policy

SURVEY_LINK = re.compile(r"https?://[\w.:]+/s/[A-Za-z0-9_-]{32}/")
UNSUBSCRIBE_LINK = re.compile(r"https?://[\w.:]+/u/[A-Za-z0-9_-]{32}/")
CODE = re.compile(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", re.MULTILINE)


def text_of(taken):
    """Subject and plain text of a mail that the sink took."""
    message = message_from_bytes(taken.content, policy=policy.default)
    return message["Subject"], message.get_body(("plain",)).get_content()


def survey_links(taken):
    """{address: (subject, survey link)} of the invitations among the mails."""
    found = {}
    for mail in taken:
        subject, text = text_of(mail)
        if links := SURVEY_LINK.findall(text):
            found[mail.recipient] = (subject, links[0])
    return found


def one_link(taken, address, pattern):
    """The first match of `pattern` in the newest mail to an address that has one."""
    for mail in reversed(taken):
        if mail.recipient == address and (match := re.search(pattern, text_of(mail)[1])):
            return match.group()
    raise AssertionError(f"No mail to {address} matches {pattern}.")
