"""What the tests start from: a user who is signed in, and requests of clients."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.test import TransactionTestCase
from django.utils import timezone

from firm import desk
from teleprocedures import Adhesion, AdhesionForm

IBAN = "FR76 3000 6000 0112 3456 7890 189"
GARAGE = {
    "company_name": "Garage Moreau",
    "organisation": "552100554",
    "services": ["messagerie", "payer-tva"],
    "company_email": "contact@garage.example",
    "bank_accounts": [IBAN],
    "applicant": "third_party",
    "legal_representative": "Anne Moreau",
}
BAKERY = GARAGE | {"company_name": "Boulangerie Petit", "organisation": "443061841", "services": ["payer-cfe"]}


def asked(form: dict[str, Any] = GARAGE, *, ago: timedelta = timedelta(hours=1), key: str = "garage") -> Adhesion:
    """A request that was made a while ago."""
    made = AdhesionForm.from_mapping(form)
    return desk.portal().request_adhesion(desk.space(), made, key=key, at=timezone.now() - ago)


class Signed(TransactionTestCase):
    """A user who is signed in; transactions are real ones."""

    def setUp(self) -> None:
        """Sign in."""
        self.user = get_user_model().objects.create_superuser("camille", password="cabinet")
        self.client.force_login(self.user)
