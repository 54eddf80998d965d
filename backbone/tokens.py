"""The tokens of links to a person's own page, and of links that stop its mails: HMACs as those of surveys, for purposes of their own."""

from surveys import tokens

OWN_PAGE, STOP, STORY = b"own-page", b"stop-reminders", b"story-sign-off"


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


def story_token(sign_off):
    """The token of `/story/<token>/`: for one person, one partner and one story, until the version of the contact's link is raised."""
    return tokens.make(STORY, sign_off.pk, sign_off.contact.link_version)


def read_story_token(token):
    """(sign-off id, link version), or None. The caller still compares the version with that of the contact who is asked."""
    return tokens.read(STORY, token)
