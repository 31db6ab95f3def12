"""The firm's own tests: `python manage.py test`, on the database that `FIRM_DATABASE` names."""
