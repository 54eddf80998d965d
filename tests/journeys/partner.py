"""A partner without a browser: opens the link of a mail and sends each page's own form, as a browser without script does."""

import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from bs4 import BeautifulSoup


class Partner:
    def __init__(self, link):
        self.link = link
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.address, self.page = "", None

    def read(self, address, data=None):
        body = None if data is None else urllib.parse.urlencode(data).encode()
        with self.opener.open(urllib.request.Request(address, body), timeout=60) as response:
            self.address, self.page = response.url, BeautifulSoup(response.read(), "html.parser")

    def send(self, form, **values):
        """Send a form of the page with what it already holds, and `values`."""
        data = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
        self.read(urllib.parse.urljoin(self.address, form["action"]), data | values)

    def begin(self):
        self.read(self.link)
        self.read(urllib.parse.urljoin(self.address, self.page.select_one(".survey-actions a")["href"]))

    def answer(self, answers, pages=None):
        """Go through the questionnaire, all of it or the first `pages` pages, and send what each page asks for."""
        self.begin()
        sent, page = {}, 0
        while (form := self.page.select_one("form.survey")) is not None and page != pages:
            asked = dict.fromkeys(field["name"] for field in form.select("input[type=radio], textarea"))
            here = {name: str(answers[name]) for name in asked if name in answers}
            is_last = form.select_one("button[value=submit]") is not None
            self.send(form, **here, go="submit" if is_last else "next")
            sent, page = sent | here, page + 1
        return sent

    def say_left(self):
        self.read(self.link)
        self.send(self.page.select_one("form[action^='left/']"))

    def opt_out(self, link):
        self.read(link)
        self.send(self.page.select_one("form"))
