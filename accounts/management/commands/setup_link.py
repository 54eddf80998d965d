from django.core.management.base import BaseCommand, CommandError

from accounts.actions import setup
from accounts.queries import full_address


class Command(BaseCommand):
    help = "Prints the one-time link through which the first director comes in. It works for 24 hours."

    def handle(self, **options):
        try:
            token = setup.make_link()
        except setup.SetupClosed as error:
            raise CommandError(str(error)) from None
        self.stdout.write(full_address("accounts:setup", token))
