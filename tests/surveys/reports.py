"""Mails that come back, as mail servers write them."""

from surveys.mail.return_path import return_path


def report(
    mailing,
    *,
    status="5.1.1",
    action="failed",
    diagnostic="smtp; 550 5.1.1 no such user",
    to=None,
    people="",
    kind="delivery-status",
    before="",
):
    """A delivery status notification (RFC 3464) about a mailing's mail, as bytes. `people` are further recipients."""
    to = return_path(mailing.pk) if to is None else to
    text = f"""Return-Path: <>
Delivered-To: {to}
{before}From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
	boundary="frontier"

This is a MIME-encapsulated message.

--frontier
Content-Type: text/plain; charset=us-ascii

Your mail could not be delivered.

--frontier
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 3 Aug 2026 10:00:00 +0000

{people}Final-Recipient: rfc822; somebody.else@elsewhere.example
Original-Recipient: rfc822; somebody.else@elsewhere.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.elsewhere.example
Diagnostic-Code: {diagnostic}

--frontier
Content-Type: message/rfc822

From: Kim Lee <mail@backbone.example>
Subject: the mail that was sent

Hello
--frontier--
"""
    return text.replace("\n", "\r\n").encode()
