"""Runs the firm: `python manage.py demo` starts it with clients to look at, and `help` lists the rest."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firm.settings")
    execute_from_command_line(sys.argv)
