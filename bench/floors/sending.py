"""Floor of sending: smtplib on one kept connection, mails ready made; and the least time a slow server leaves."""

import smtplib
import time

MAIL = (
    "From: Kim Lee <kim@backbone.example>\r\nTo: Contact <contact@partner.example>\r\nSubject: For Contact\r\n"
    "Date: Mon, 23 Nov 2026 10:00:00 -0000\r\nMessage-ID: <1@backbone.example>\r\nReply-To: kim@backbone.example\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\n" + "x" * 700 + "\r\n"
)
# MAIL, RCPT, DATA and the text.
REPLIES = 4


def rate(port, number):
    """Mails a second over one kept connection."""
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.ehlo()
        began = time.perf_counter()
        for _ in range(number):
            connection.sendmail("kim@backbone.example", ["contact@partner.example"], MAIL)
        return number / (time.perf_counter() - began)


def slow_limit(connections, milliseconds):
    """Mails a second when each reply takes so long and all connections are busy all the time."""
    return connections / (REPLIES * milliseconds / 1000)
