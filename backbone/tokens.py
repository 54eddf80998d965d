"""The tokens of links to a person's own page, and of links that stop its mails: HMACs as those of surveys, for purposes of their own."""

from surveys import tokens

OWN_PAGE, STOP = b"own-page", b"stop-reminders"


def own_page_token(contact):
    """The token of `/own/<token>/`: the same in all mails, until the version of the contact's link is raised."""
    return tokens.make(OWN_PAGE, contact.pk, contact.link_version)


def read_own_page_token(token):
    """(contact id, link version), or None. The caller still compares the version with the contact's."""
    return tokens.read(OWN_PAGE, token)


def stop_token(contact):
    """The token of `/stop/<token>/`. It has no version: whoever holds an old mail may always stop them."""
    return tokens.make(STOP, contact.pk, 0)


def read_stop_token(token):
    """The contact's id, or None."""
    found = tokens.read(STOP, token)
    return found[0] if found else None
