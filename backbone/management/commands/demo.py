"""Load the demo initiative."""

import time

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from accounts.queries import setup_is_closed
from backbone.actions.demo.beginning import DemoFailed
from backbone.actions.demo.loading import load
from backbone.queries.demo import only_demos


class Command(BaseCommand):
    help = "Loads the demo: an invented initiative with partners, survey rounds and a year of activities."

    def add_arguments(self, parser):
        parser.add_argument(
            "--first-run", action="store_true", help="load it only where nobody has an initiative yet; else say nothing"
        )

    def handle(self, *args, first_run, **options):
        if not settings.DEMO:
            raise CommandError("The demo is for trying Backbone on your own machine: it needs DEBUG=1.")
        if first_run and (setup_is_closed() or not only_demos()):
            return
        began = time.monotonic()
        try:
            initiative = load(say=self.say)
        except DemoFailed as error:
            raise CommandError(str(error)) from error
        if initiative:
            self.say(f"{initiative} was loaded in {time.monotonic() - began:.0f} s.")
        elif not first_run:
            self.say("The demo is already here. Its director can delete it under Settings.")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()
