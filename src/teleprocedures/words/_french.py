"""French: how it says days and lists, and its words. English has the same keys in the same order.

The vocabulary is that of impots.gouv.fr and of accounting firms. Errors name services, states, verbs and fields by
their words, and a fact in « » is what somebody typed.

There are places where no line may end. A no-break space stands before a colon, inside « » and between a number and what
it counts. A narrow one stands before a semicolon, an exclamation mark and a question mark. Templates are typed with
plain spaces all the same, for nobody sees the others as he types: `French.typeset` sets them. Apostrophes are straight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, Final

import attrs

from teleprocedures.words._language import MICROSECONDS, MINUTES, NO_BREAK, Language
from teleprocedures.words._values import sentences

NARROW: Final = "\N{NARROW NO-BREAK SPACE}"

_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_COUNTED: Final = "heures?|jours?|mois|caractères?|chiffres?|lettres?|octets?|services?|comptes?|problèmes?|messages?"
# `{count} {count:problème|problèmes}` is a number and what it counts, too.
_NUMBER_AND_UNIT: Final = re.compile(rf"(?<=[0-9}}]) (?=(?:{_COUNTED})\b|\{{[\w-]+:[^{{}}|]*\|)")
_QUOTES: Final = "'\""
_SPACES: Final = (
    (re.compile("«[ \N{NO-BREAK SPACE}]?"), f"«{NO_BREAK}"),
    (re.compile("[ \N{NO-BREAK SPACE}]?»"), f"{NO_BREAK}»"),
    (re.compile(r" (?=:(?:\s|$))"), NO_BREAK),
    (re.compile(r" (?=[;!?](?:\s|$))"), NARROW),
    (re.compile(r"(?<=n°) |(?<=[0-9]) (?=[0-9])"), NO_BREAK),
)


@attrs.frozen
class French(Language):
    """French, as people read it. Errors name services, states, verbs and fields by their words."""

    code: ClassVar[str] = "fr"
    joins: ClassVar[Mapping[str, str]] = MappingProxyType({"and": " et ", "or": " ou "})
    between: ClassVar[str] = f"{NARROW}; "

    def day(self, day: date) -> str:
        """`samedi 1er juin 2024`; no line ends between the number and the month."""
        number = f"{day.day}{'er' if day.day == 1 else ''}"
        return f"{_WEEKDAYS[day.weekday()]} {number}{NO_BREAK}{_MONTHS[day.month - 1]} {day.year}"

    def hour(self, local: datetime, precision: int) -> str:
        """`10 h`, `10 h 30`, `10 h 30 min 5 s`, `10 h 30 min 5,000001 s`."""
        second = "" if precision == MINUTES or not local.second else str(local.second)
        if precision == MICROSECONDS and local.microsecond:
            second = f"{local.second},{local.microsecond:06}"
        parts = [str(local.hour), "h"]
        if second:
            parts += [f"{local.minute:02}", "min", second, "s"]
        elif local.minute:
            parts.append(f"{local.minute:02}")
        return NO_BREAK.join(parts)

    def on(self, day: str, hour: str, *, summer: bool | None) -> str:
        """`dimanche 3 mars 2024 à 10 h 30`."""
        season = "" if summer is None else f" (heure d'{'été' if summer else 'hiver'})"
        return f"{day} à {hour}{season}"

    def until_the(self, moment: str, *, end: bool) -> str:
        """`jusqu'au samedi 1er juin 2024 inclus`, `jusqu'au dimanche 3 mars 2024 à 10 h 30`."""
        return f"jusqu'au {moment}{' inclus' if end else ''}"

    def number(self, count: int) -> str:
        """In digits, in groups of three: `1 000`."""
        return f"{count:,}".replace(",", NARROW)

    def is_plural(self, count: int) -> bool:
        """Whether it is two or more."""
        return abs(count) > 1

    def quote(self, text: str) -> str:
        """`« Messagerie »`."""
        return f"«{NO_BREAK}{text}{NO_BREAK}»"

    def text(self, text: str) -> str:
        """A text as it is; in « », if it comes in the quotes of a program."""
        in_quotes = len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES and text[0] not in text[1:-1]
        return self.quote(text[1:-1]) if in_quotes else text

    def typeset(self, template: str) -> str:
        """A template with its no-break spaces."""
        for amiss, printed in _SPACES:
            template = amiss.sub(printed, template)
        return _NUMBER_AND_UNIT.sub(NO_BREAK, template)


_WRONG: Final = {
    "wrong_type": "« {type} » n'est pas du texte",
    "missing": "rien n'est saisi",
    "too_long": "la saisie compte {length} caractères, ce qui est trop long",
}
_UNSEEN: Final = {
    "not_printable": "un des caractères ne peut pas être imprimé",
    "invisible": "la saisie ne contient que des caractères invisibles",
}
_value: Final = sentences("{what} non valable : {why} ; attendu : {form}", _WRONG)
_line: Final = sentences("{what} non valable : {why} ; attendu : {form}", _WRONG | _UNSEEN)

ERRORS: Final[dict[str, str]] = {
    # --- Time ---
    "instant.malformed": "{name} : {value} n'est ni une date ni une heure ; attendu : une date avec son heure et son"
    " fuseau horaire, par exemple {example}",
    "instant.naive": "{name} : {value} est sans fuseau horaire ; attendu : une date avec son heure et son fuseau"
    " horaire, par exemple {example}",
    "instant.out_of_range": "{name} : {value} sort des années 1 à 9999 en UTC ; attendu : un instant qui y reste, par"
    " exemple {example}",
    "deadline.not_utc": "{name} : {value} n'est pas en UTC ; attendu : {expected}",
    "deadline.out_of_order": "{name} : {value} vient après la fin du délai ; attendu : {expected} au plus tard",
    "deadline.endless": "un délai qui se termine à {value} ne laisse rien après lui ; attendu : une fin antérieure",
    "count.not_allowed": "{value} n'est pas un nombre utilisable ; attendu : un nombre entier de {least} à {most}, par"
    " exemple 48",
    "limit.out_of_range": "{limit} à partir du {near} : le délai sort des années 1 à 9999 ; attendu : un délai qui y"
    " reste",
    "limit.reminder_out_of_range": "{limit} avant le {near} : le rappel sort des années 1 à 9999 ; attendu : un rappel"
    " qui y reste",
    "day.malformed": "{name} : {value} n'est pas un jour ; attendu : une date, ou une date avec son heure et son fuseau"
    " horaire, par exemple {example}",
    "time_zone.unknown": "fuseau horaire inconnu : {value} ; attendu : une clé de l'IANA, par exemple « Europe/Paris »",
    "time_zone.missing": "ce système n'a pas le fuseau horaire {value} ; attendu : que « pip install"
    " tzdata » ait été exécuté",
    # --- The rulebook ---
    "service.malformed": "le code d'un service est un texte, par exemple « payer-tva », et non {value}",
    "service.not_allowed": "le service {value} exige un mandat mais ne sert pas à payer ; attendu : pays=True aussi"
    " (règle 2.14)",
    "service.unknown": "service inconnu : {value} ; attendu : {expected:or}",
    "service.not_in_catalogue": "le service {value} n'est pas au catalogue de {rulebook} ; attendu : {expected:or}",
    "catalogue.repeated": "un catalogue contient chaque code une seule fois, or {value} y figure plusieurs fois",
    "reminder.malformed": "un rappel est un nombre entier d'heures ou de jours, 1 au moins, et non {value}",
    "rulebook.malformed": "la version d'un recueil de règles est un texte sans #, par exemple « 2024-04-03 », et non"
    " {value}",
    "rulebook.no_fingerprint": "un recueil de règles remplace des contenus désignés par leur empreinte, de {expected}"
    " chiffres hexadécimaux, et non par {value}",
    "rulebook.missing_rules": "le recueil {version} doit contenir chaque règle de la procédure une fois ; manquent :"
    " {value}",
    "rulebook.repeated_rules": "le recueil {version} doit contenir chaque règle de la procédure une fois ; en double :"
    " {value}",
    "rulebook.taken_limits": "{value} : {value:nom|noms} d'un délai de la procédure ; attendu : un autre nom",
    "rulebook.hours_for_letter": "le code du courrier se compte à partir d'un jour (A3), et non en {value} ; attendu :"
    " CivilDays ou CivilMonths",
    "rulebook.none_in_force": "aucun recueil de règles n'est en vigueur le {day:day} ; ceux qui existent le sont à"
    " partir du {expected:day or}",
    "rule.unknown": "le recueil {version} n'a pas de règle {value}",
    # --- Cases ---
    "case_id.malformed": "l'identifiant d'un dossier est un texte de 1 à {most} caractères imprimables, sans espace, et"
    " non {value}",
    "argument.wrong_type": "{value} n'est pas {what:thing} ; attendu : {expected:or}",
    "event.cannot_follow": "l'événement {event}, version {version}, ne peut pas suivre ({case:lifecycle} :"
    " {state:state.{case}})",
    "event.wrong_case": "l'événement {event} du dossier {case_id}, version {version}, à {at}, ne peut pas suivre ;"
    " attendu : le dossier {expected}, version {expected_version}, rapporté à {last} ou après",
    "history.empty": "aucun événement à rejouer ; attendu : au moins celui qui ouvre le dossier",
    "history.no_opening": "un historique commence par l'événement qui ouvre un dossier, version 1, et non par {value}",
    "verify.differs": "{path} : {found} est conservé, alors que les événements donnent {expected}",
    "case.contradiction": "{path} ; attendu : {expected:contradiction}",
    "event.needs_history": "l'événement {event}, version {version}, ne suit pas un état du dossier ; attendu : tout"
    " l'historique, à rejouer",
    "history.withdrawal": "la version {version} retire {value:and} ; attendu : des faits entre l'ouverture et"
    " elle-même,"
    " chacun une fois",
    "version.unknown": "aucun événement n'a la version {value} ; attendu : un nombre entier de 2 à {last}",
    "day.not_allowed": "{name} : {value} n'est pas possible ; attendu : un jour, au plus tard le {last:day}",
    "day.out_of_range": "{value} n'est pas un jour à Paris des années 1 à 9999 ; attendu : un jour de ces années",
    "reason.unknown": "{value} n'est pas un motif pour clore un dossier ; attendu : {expected:or}",
    "taken_over.held_and_awaited": "des services activés depuis le {value:day} ne sont pas attendus ; attendu : since=,"
    " ou bien letter=, requested= ou under_way=",
    "key.malformed": "une clé est un texte d'au moins un caractère, et non {value}",
    "letter.not_allowed": "le courrier ne peut pas porter la date indiquée ({value:day}) ; attendu : un jour compris"
    " entre le {first:day} et le {last:day}",
    "renews.not_allowed": "une demande ne peut pas renouveler {value} ; attendu : l'identifiant d'une autre demande",
    "renews.other_company": "une demande pour {expected:siren} ne peut pas être renouvelée pour {value:siren} ; attendu"
    " : la même entreprise",
    "company.several": "une entreprise n'a que ses propres dossiers, et non ceux de {value:siren and} ; attendu : ceux"
    " d'une seule entreprise",
    "quantile.not_allowed": "{value} n'est pas une proportion ; attendu : un nombre supérieur à 0 et d'au plus 1, 0.9"
    " par exemple",
    "payment.companies": "un paiement est celui d'une seule entreprise, et non : {value:siren and} ; attendu : les"
    " demandes d'une seule",
    # --- Plans ---
    "reconcile.space_missing": "espaces activés ici : {value:and} ; attendu : un seul, ou bien space= pour dire lequel",
    "civil_day.malformed": "{value} n'est pas une date ; attendu : par exemple 02/05/2016 ou 2016-05-02",
    "service.missing": "ni service ni compte ; attendu : l'un des deux",
    "account.missing": "un mandat porte sur un compte ; attendu : son IBAN",
    "lead_time.malformed": "{name} : {value} n'est pas une durée prévue ; attendu : un nombre entier de jours, de 0 à"
    " {most}",
    "plan.day_malformed": "{name} : {value} n'est pas un jour pour un calendrier ; attendu : une date, par exemple"
    " date(2024, 12, 15)",
    "at_risk.not_allowed": "{value} à partir du {at} ne mène à aucun instant des années 1 à 9999 ; attendu : une durée,"
    " par exemple timedelta(days=15)",
    "plan.days_missing": "un calendrier a une date à respecter, ou une date de départ ; attendu : pay_by=, held_by= ou"
    " start=",
    "plan.days_not_allowed": "un calendrier a une seule date à respecter ; attendu : pay_by= ou held_by=, et non les"
    " deux",
    "plan.not_open": "un identifiant de dossier ne permet pas de demander {value:service and} ; attendu : des services"
    " de consultation des avis de taxes foncières (règle 2.3)",
    "plan.not_a_payment": "{value:service and} {value:ne sert|ne servent} pas à payer ; attendu : un service « Payer »,"
    " ou held_by=",
    "plan.lead_times_not_allowed": "avec {value} {value:jour|jours} pour le courrier et l'entreprise, le code du"
    " courrier serait inopérant avant d'être saisi (règle {limit}) ; attendu : des durées plus courtes",
    # --- Refusals ---
    "transition.not_allowed": "{trigger:verb.{case}} n'est pas possible ({case:lifecycle} : {state:state.{case}}) ;"
    " {allowed:est possible|sont possibles} : {allowed:verb.{case} and}",
    "transition.ended": "{trigger:verb.{case}} n'est plus possible ({case:lifecycle} : {state:state.{case}}) : plus"
    " rien ne peut changer",
    "deadline.passed": "trop tard le {at} : le délai de la règle {limit} courait {closes:until}",
    "deadline.not_reached": "trop tôt le {at} : le délai court {closes:until}",
    "reminder.not_due": "aucun rappel à faire le {at} : la prochaine échéance est le {expected}",
    "order.future": "le fait est daté du {at}, après le moment où il est rapporté, le {last} ; attendu : cet instant,"
    " ou un instant antérieur",
    "order.before_fact": "le fait est daté du {at}, avant celui qu'il suit, daté du {last} ; attendu : cet instant, ou"
    " un instant postérieur",
    "order.before_telling": "le fait est rapporté le {at}, avant le dernier fait rapporté, le {last} ; attendu : cet"
    " instant, ou un instant postérieur",
    "case.closed": "le dossier est clos depuis le {at} : {reason:reason} ; attendu : un dossier qui ne l'est pas, ou sa"
    " réouverture",
    "case.not_closed": "le dossier n'est pas clos ; attendu : un dossier qui l'est",
    "withdrawal.opening": "l'événement {event}, version {version}, ouvre le dossier et ne se retire pas ; attendu :"
    " clore"
    " le dossier, ouvert par erreur",
    "withdrawal.clock": "l'événement {event}, version {version}, n'a été signalé par personne ; attendu : un fait ; ce"
    " que l'échéance a décidé tombe avec le fait dont il dépend",
    "withdrawal.withdrawal": "l'événement {event}, version {version}, est un retrait ; attendu : signaler de nouveau le"
    " fait",
    "withdrawal.repeated": "l'événement {event}, version {version}, est déjà retiré ; attendu : un fait qui vaut"
    " encore",
    "withdrawal.relied_on": "de l'événement {event}, version {version}, dépendent {relying:and}"
    " ({versions:version|versions} {versions:and}) ; attendu : retirer d'abord le dernier",
    "emailed_code.wrong": "ce n'est pas le code d'activation envoyé par courriel ; attendu : celui qui a été envoyé"
    " pour cette demande",
    "emailed_code.held_elsewhere": "le code d'activation envoyé par courriel est détenu ailleurs, et n'est pas vérifié"
    " ici ; attendu : HELD_ELSEWHERE",
    "emailed_code.held_here": "le code d'activation envoyé par courriel est vérifié ici ; attendu : le code lui-même,"
    " et non HELD_ELSEWHERE",
    "link.wrong": "ce n'est pas le lien de validation ; attendu : celui qui a été envoyé pour cette demande",
    "link.held_elsewhere": "le lien de validation est détenu ailleurs, et n'est pas vérifié ici ; attendu :"
    " HELD_ELSEWHERE",
    "link.held_here": "le lien de validation est vérifié ici ; attendu : le lien lui-même, et non HELD_ELSEWHERE",
    "letter_code.wrong": "ce n'est pas le code d'activation du courrier ; attendu : celui qui a été envoyé pour cette"
    " demande",
    "letter_code.held_elsewhere": "le code d'activation du courrier est détenu ailleurs, et n'est pas vérifié ici ;"
    " attendu : HELD_ELSEWHERE",
    "letter_code.held_here": "le code d'activation du courrier est vérifié ici ; attendu : le code lui-même, et non"
    " HELD_ELSEWHERE",
    "space.not_active": "l'espace {space} n'est pas activé (état : {state:state.space}) ; attendu : un espace activé",
    "space.wrong": "la demande {request} n'a pas été faite depuis l'espace {space} ; attendu : l'espace {expected}",
    "sign_in.refused": "le mot de passe n'est pas celui de l'espace {space}",
    "sign_in.taken_over": "le mot de passe de l'espace {space} n'est pas connu, car l'espace a été repris ; attendu :"
    " se"
    " connecter sur le site",
    "sign_in.unclear": "on ne sait pas si le mot de passe est celui de l'espace {space}, car la vérification répond"
    " « {type} » ; attendu : oui ou non, comme le langage les dit",
    "account.not_allowed": "aucun service de la demande ne sert à payer ({services:service and}) ; attendu : un service"
    " « Payer » pour des coordonnées bancaires",
    "account.repeated": "le compte {account} est déjà déclaré ; attendu : un autre compte",
    "mandate.request_over": "la demande d'adhésion est caduque ; attendu : celle qui la renouvelle",
    "mandate.not_needed": "aucun service de la demande n'exige de mandat ({services:service and}) ; attendu : un"
    " service payé par prélèvement interentreprises (B2B)",
    "mandate.account_unknown": "la demande ne déclare pas le compte {account} ; attendu : {expected:or}",
    "mandate.repeated": "le compte {account} a déjà un mandat ({mandates:and}) ; attendu : un compte sans mandat",
    "signatory.not_allowed": "signature refusée : {signatory:person} ne peut pas signer, seul le représentant légal de"
    " l'entreprise le peut ; attendu : {expected:person}",
    "signatory.unknown": "signature refusée : le nom du représentant légal n'a pas encore été indiqué, et"
    " {signatory:person} ne peut pas signer ; attendu : la signature du représentant légal en cette qualité, ou son nom"
    " d'abord",
    "payment.not_a_payment": "{service:service} ne sert pas à payer ; attendu : un service « Payer », par exemple"
    " {expected:service}",
    "payment.not_held": "l'entreprise n'est pas titulaire du service {service:service}",
    "payment.account_unknown": "le compte {account} n'est pas déclaré ; attendu : {expected:or}",
    "payment.no_mandate": "{service:service} exige un mandat enregistré pour le compte {account}, et aucun n'a été"
    " édité",
    "payment.mandate_lapsed": "{service:service} exige un mandat enregistré pour le compte {account}, et le mandat"
    " {mandate} est caduc",
    "payment.mandate_later": "{service:service} exige un mandat enregistré pour le compte {account}, et le mandat"
    " {mandate} ne l'est qu'à partir du {since}",
    "payment.mandate_on_its_way": "{service:service} exige un mandat enregistré pour le compte {account}, et le mandat"
    " {mandate} ne l'est pas encore (état : {state:state.mandate})",
    # --- The shells ---
    "notification.failed": "la décision est enregistrée, et {count} {count:message reste|messages restent} à envoyer :"
    " {messages}",
    "conflict.version": "le dossier {case_id} en est à la version {found}, et la décision attend {expected} ; attendu :"
    " décider de nouveau d'après ce qui s'y trouve",
    "conflict.claim": "le dossier {case_id} réclame ce qu'un autre dossier en cours a déjà ; attendu : continuer avec"
    " celui-là",
    "sweep.no_case": "ce n'est pas un dossier : « {type} »",
    "line.wrong_type": "« {type} » n'est pas une ligne d'octets ; attendu : un fichier ouvert en mode binaire",
    "scrypt_cost.not_allowed": "scrypt ne peut pas fonctionner avec cost={cost}, block_size={block_size} et"
    " parallelism={parallelism} ; attendu : des nombres entiers à partir de 1, un coût qui soit une puissance de deux à"
    " partir de 2 et inférieure à 2**(16 * block_size), et {most} blocs au plus (cost * block_size * parallelism), en"
    " moins de 2 Gio",
    "scrypt_hash.malformed": "cette empreinte n'est pas de ScryptHasher ; attendu : «"
    " scrypt$cost$blocks$parallelism$salt$digest »",
    "scrypt_hash.too_costly": "cette empreinte est trop coûteuse à vérifier, avec cost={cost}, block_size={block_size}"
    " et parallelism={parallelism} ; attendu : {most} blocs au plus (cost * block_size * parallelism), en moins de 2"
    " Gio",
    "argon2_cost.not_allowed": "des empreintes de {memory} Kio en {passes} {passes:passe|passes} et {lanes}"
    " {lanes:voie|voies} sont trop coûteuses ; attendu : {most} Kio au plus pour toutes les passes, et {most_lanes}"
    " voies au plus",
    "argon2_hash.malformed": "cette empreinte n'est pas d'argon2 ; attendu : « $argon2id$v=19$m=…,t=…,p=…$salt$digest"
    " »",
    "argon2_hash.too_costly": "cette empreinte est trop coûteuse à vérifier, {memory} Kio en {passes}"
    " {passes:passe|passes} et {lanes} {lanes:voie|voies} ; attendu : {most} Kio au plus pour toutes les passes, et"
    " {most_lanes} voies au plus",
    # --- Documents ---
    "codec.no_record": "« {record} » ne s'enregistre pas ; attendu : un dossier, un événement ou un message d'une sorte"
    " connue",
    "codec.secret": "« {record} » porte un code ou un lien ; attendu : secrets=True, pour l'écrire tout de même",
    "codec.not_utf_8": "un texte de « {record} » contient une moitié de caractère ; attendu : un texte que l'UTF-8 sait"
    " écrire",
    "codec.no_document": "ce n'est pas un document ; attendu : un objet JSON, en UTF-8 s'il est encodé",
    "codec.missing": "ce champ manque",
    "codec.repeated_field": "ce champ figure deux fois dans un même objet ; attendu : une seule fois",
    "codec.version": "« {record} » a la version {version} ; attendu : un nombre entier de 1 à {most}",
    "codec.unknown_field": "ce champ est inconnu",
    "codec.unknown_kind": "cette sorte de document est inconnue ; attendu : celle d'un dossier, d'un événement ou d'un"
    " message",
    "codec.other_record": "c'est le document de « {value} » ; attendu : celui d'{expected:thing}",
    "codec.unknown_schema": "ce schéma n'est pas de ceux que cette version lit ; attendu : {expected:or}",
    "codec.not_upgraded": "ce n'est pas un document du schéma {schema} ; attendu : ce que la version d'alors a écrit",
    "codec.wrong_type": "{type} n'a pas sa place ici ; attendu : {expected}",
    "codec.out_of_bounds": "valeur hors des limites ; attendu : {expected}",
    "codec.malformed": "ce n'est ni une date ni un instant ; attendu : par exemple 2024-03-02T09:30:00Z",
    "codec.not_utc": "cet instant n'est pas en UTC ; attendu : par exemple 2024-03-02T09:30:00Z",
    "codec.no_organisation": "ce n'est pas une entreprise ; attendu : « siren: » ou « file: », suivi du numéro",
    "codec.unknown_value": "cette valeur est inconnue ici ; attendu : une de celles qui sont connues",
    "codec.unknown_rulebook": "{value} n'est pas une version des recueils de règles fournis ({expected}) ; attendu :"
    " d'autres recueils, par rulebooks=(…,)",
    "codec.changed_rulebook": "{value} n'a plus ici le contenu ({expected}) sous lequel ce document a été écrit"
    " ({found}) ; fournissez aussi le recueil d'alors, ou donnez une autre version au nouveau et"
    " transférez-y les dossiers",
    "codec.unknown_service": "{value} n'est pas un service des recueils de règles fournis ({expected}) ; attendu :"
    " d'autres recueils, par rulebooks=(…,)",
    "codec.unknown_rule": "{value} n'est pas une règle des recueils fournis ({expected}) ; attendu : d'autres recueils,"
    " par rulebooks=(…,)",
    "codec.contradiction": "attendu : {expected:contradiction}",
    "codec.not_allowed": "ce champ ne peut pas avoir cette valeur ({reason}) ; attendu : celle avec laquelle il a été"
    " écrit",
    # --- Values ---
    "stored.malformed": "ce n'est pas la forme enregistrée de {kind} ; attendu : ce que {kind} enregistre",
    **_value(
        "numéro SIREN",
        "neuf chiffres, par exemple 552 008 443",
        "siren",
        malformed="« {value} » contient autre chose que des chiffres de 0 à 9",
        mistyped="« {value} » contient la lettre O, I ou l à la place d'un chiffre, 0 ou 1",
        siret="« {value} » est un numéro SIRET, dont les neuf premiers chiffres, {siren:siren}, sont le numéro SIREN",
        vat_number="« {value} » est un numéro de TVA français, dont les neuf derniers chiffres, {siren:siren}, sont le"
        " numéro SIREN",
        monaco="« {value} » est un numéro de TVA monégasque, qui ne contient pas de numéro SIREN",
        length="« {value} » compte {length} {length:chiffre|chiffres}",
        zeros="« {value} » ne contient que des zéros, et n'est celui de personne",
        check_digit="la clé de contrôle de « {value} » est fausse",
    ),
    **_value(
        "identifiant de dossier",
        "de 1 à 32 lettres (A à Z) et chiffres",
        "file_number",
        malformed="« {value} » contient un autre caractère",
    ),
    **_value(
        "numéro d'entreprise",
        "un numéro SIREN ou un identifiant de dossier",
        "organisation",
        account="la saisie ressemble à un compte bancaire, qui va ailleurs",
    ),
    **_value(
        "adresse électronique",
        "une adresse telle que contact@example.fr",
        "email",
        no_at_sign="« {value} » ne contient pas de signe @",
        no_local_part="« {value} » n'a rien avant le signe @",
        no_domain="« {value} » n'a rien après le signe @",
        local_part="ce qui précède le signe @ dans « {value} » ne peut pas être une adresse",
        domain="ce qui suit le signe @ dans « {value} » ne peut pas être une adresse",
        no_period="« {value} » n'a pas de point après le signe @",
        reserved="« {value} » a un nom de domaine réservé, qui ne reçoit rien",
    ),
    **_line(
        "nom",
        "de 1 à 100 caractères, dont une lettre au moins",
        "name",
        no_letter="« {value} » n'a pas de lettre",
    ),
    **_value(
        "numéro de téléphone",
        "un numéro du pays, par exemple 01 23 45 67 89, ou un numéro international, par exemple +33 1 23 45 67 89",
        "phone",
        malformed="« {value} » n'est pas un numéro",
        unknown="« {value} » n'est pas attribué dans ce pays ({country})",
        extension="« {value} » comporte un numéro de poste",
    ),
    **_line("voie", "de 1 à 200 caractères", "street"),
    **_line("ville", "de 1 à 200 caractères", "city"),
    **_line(
        "code postal",
        "cinq chiffres en France, par exemple 75019, et de 1 à 16 caractères ailleurs",
        "postal_code",
        malformed="« {value} » n'a pas cinq chiffres",
    ),
    **_value(
        "pays",
        "les deux lettres de son code ISO 3166-1, par exemple FR",
        "country",
        unknown="« {value} » est inconnu",
    ),
    **_value(
        "IBAN",
        "celui d'un pays de la zone SEPA, par exemple FR76 3000 6000 0112 3456 7890 189",
        "iban",
        malformed="« {value} » n'a pas deux lettres, deux chiffres, puis de 11 à 30 lettres et chiffres",
        not_sepa="« {value} » est d'un pays ({country}) hors de la zone SEPA",
        length="« {value} » n'a pas la longueur d'un IBAN de ce pays ({country})",
        structure="« {value} » n'a pas la structure d'un IBAN de ce pays ({country})",
        check_digits="la clé de contrôle de « {value} » est fausse",
        national_check_digits="la clé nationale de « {value} » est fausse (en France, la clé RIB)",
    ),
    **_value(
        "BIC",
        "8 ou 11 lettres et chiffres, par exemple AGRIFRPP",
        "bic",
        malformed="« {value} » a une autre longueur, un autre caractère ou un pays inconnu",
    ),
    **_value(
        "identifiant créancier SEPA (ICS)",
        "un identifiant tel que FR72 ZZZ 123456",
        "creditor_identifier",
        malformed="« {value} » n'a pas deux lettres, deux chiffres, puis de 4 à 31 lettres et chiffres",
        not_sepa="« {value} » est d'un pays ({country}) hors de la zone SEPA",
        length="« {value} » n'a pas la longueur d'un identifiant de ce pays ({country}), {expected:or} caractères",
        check_digits="la clé de contrôle de « {value} » est fausse",
    ),
    **_value(
        "référence unique de mandat (RUM)",
        "de 1 à 35 caractères parmi les lettres (A à Z), les chiffres, les espaces et /-?:().,'+, sans barre oblique au"
        " début, à la fin ni redoublée",
        "mandate_reference",
        malformed="« {value} » contient un autre caractère",
        slash="« {value} » a une barre oblique mal placée",
    ),
    **_value(
        "code d'activation",
        "de 1 à 64 lettres (A à Z) et chiffres, en groupes ou non",
        "activation_code",
        malformed="la saisie, de {length} {length:caractère|caractères}, en contient un autre",
    ),
    "activation_code.too_weak": "un code de {bits} bits a été tiré, que l'on pourrait deviner ; attendu : {least} bits"
    " au moins, par exemple 8 lettres et chiffres",
    **_value(
        "lien de validation",
        "de 1 à 256 lettres (A à Z), chiffres, tirets et tirets bas",
        "link_token",
        malformed="la saisie, de {length} {length:caractère|caractères}, en contient un autre",
    ),
    "link_token.too_weak": "un lien de {bits} bits a été tiré, que l'on pourrait deviner ; attendu : {least} bits au"
    " moins, par exemple 8 lettres et chiffres",
    "secret.wrong_type": "saisie confidentielle non valable : « {type} » n'est pas du texte ; attendu : le texte qui"
    " a été saisi",
    **_value(
        "empreinte",
        "de 1 à 1\N{NARROW NO-BREAK SPACE}000 caractères, tous imprimables, d'un port qui les calcule",
        "hash",
        not_printable="un des caractères ne peut pas être imprimé",
    ),
    "digest.malformed": "empreinte non valable : « {type} » n'est pas de 32 octets ; attendu : 32 octets, écrits en 64"
    " chiffres hexadécimaux",
    "code.wrong_type": "code non valable : « {type} » est d'un autre type ; attendu : un code, un lien, du texte ou"
    " HELD_ELSEWHERE",
    **_value("sel", "un texte propre au dossier", "salt"),
    # --- Words ---
    "words.malformed": "accolades mal placées dans les mots de {key} ; attendu : les faits sous la forme {{nom}}, une"
    " accolade elle-même en double",
    "words.unknown_placeholder": "les mots de {key} citent {value} ; attendu : {expected:or}",
    "link_address.malformed": "l'adresse du lien ne dit pas où va le jeton ; attendu : {expected} dans l'adresse",
    # --- Forms ---
    "form.invalid": "{form:form.name}, {count} {count:problème|problèmes} : {problems}",
    "form.refused": "{form:form.name}, {count} {count:problème|problèmes} : {problems}",
    "field.missing": "champ non rempli",
    "field.unknown": "champ inconnu ; attendu : {expected:or}",
    "fields.wrong_type": "« {type} » n'est pas un ensemble de champs ; attendu : un champ, une valeur, pour chacun",
    "problems.too_many": "les erreurs sont plus nombreuses que celles qui sont énumérées ; attendu : {most} au plus",
    "list.wrong_type": "« {type} » n'est pas une liste ; attendu : une liste de valeurs",
    "services.too_many": "trop de services ; attendu : {most} au plus",
    "services.missing": "aucun service n'est choisi ; attendu : un service au moins",
    "services.not_allowed": "{services:service and} {services:ne peut|ne peuvent} pas être {services:demandé|demandés}"
    " avec un identifiant de dossier ; attendu : un numéro SIREN",
    "company_email.missing": "champ non rempli : {services:service and} {services:exige|exigent} l'adresse électronique"
    " de l'entreprise",
    "bank_accounts.too_many": "trop de comptes bancaires ; attendu : {most} au plus",
    "bank_accounts.missing": "champ non rempli : {services:service and} {services:exige|exigent} les coordonnées"
    " bancaires de l'entreprise, par exemple un IBAN",
    "bank_account.missing_iban": "compte bancaire non valable : le champ « iban » manque ; attendu : un IBAN, ou un"
    " champ « iban » et au besoin un champ « bic »",
    "bank_account.unknown_field": "compte bancaire non valable : il y a d'autres champs ; attendu : un IBAN, ou un"
    " champ « iban » et au besoin un champ « bic »",
    **_value(
        "mot de passe",
        "de 1 à 1\N{NARROW NO-BREAK SPACE}000 caractères, qui ne soient pas tous des espaces",
        "password",
    ),
    **_line("question de confiance", "de 1 à 200 caractères", "security_question"),
    **_value(
        "réponse à la question de confiance",
        "de 1 à 1\N{NARROW NO-BREAK SPACE}000 caractères, qui ne soient pas tous des espaces",
        "security_answer",
    ),
    "contact.wrong_type": "coordonnées non valables : « {type} » est d'un autre type ; attendu : ContactDetails, ou un"
    " champ, une valeur, pour chacune",
    "applicant.unknown": "demandeur inconnu : {value} ; attendu : {expected:or}",
    **_line("nom de l'entreprise", "de 1 à 200 caractères", "company_name"),
    **_line("adresse de l'entreprise", "de 1 à 200 caractères, sur une ligne", "company_address"),
    **_line("titulaire du compte", "de 1 à 200 caractères, sur une ligne", "account_holder"),
    **_line("motif ou source", "de 1 à 200 caractères, sur une ligne", "remark"),
    **_line("nom du créancier", "de 1 à 200 caractères, sur une ligne", "creditor_name"),
    **_line("service gestionnaire", "de 1 à 200 caractères, sur une ligne", "managing_office"),
}
"""What each error says, by its code."""

OTHERS: Final[dict[str, str]] = {
    # --- What errors name ---
    "thing.space": "un espace",
    "thing.form": "un formulaire",
    "thing.state": "un état",
    "thing.case": "un dossier",
    "thing.event": "un événement",
    "thing.message": "un message",
    "thing.adhesion": "une demande d'adhésion",
    "thing.mandate": "un mandat",
    "thing.rulebook": "un recueil de règles",
    "thing.lead_times": "un jeu de délais prévus",
    "thing.kind": "un type de valeur",
    "person.representative": "le représentant légal",
    "person.third_party": "un tiers",
    "contradiction.opening_version": "1 pour l'événement qui ouvre un dossier",
    "contradiction.after_its_origin": "un instant qui ne précède pas celui de l'origine",
    "contradiction.after_it_happened": "un instant qui ne précède pas celui du fait",
    "contradiction.due_while_running": "un instant tant qu'un délai court, sinon rien",
    "contradiction.due_by_the_time_limit": "un rappel du délai, ou le premier instant après son échéance",
    "contradiction.activation_once_validated": "une activation dès que la demande est validée, sinon rien",
    "contradiction.deadline_with_a_token": "un délai s'il y a un lien de validation, sinon rien",
    "contradiction.idle_once_registered": "rien tant que le mandat n'est pas enregistré",
    "contradiction.idle_by_the_rulebook": "un délai si le recueil de règles en fixe un, sinon rien",
    "unknown.account": "concerné",
    "unknown.other": "désignée",
    "unknown.list": "aucun",
    # --- Who does what ---
    "actor.user": "utilisateur",
    "actor.company": "entreprise",
    "actor.legal_representative": "représentant légal",
    "actor.bank": "établissement bancaire",
    "action.enter_emailed_code": "saisir le code d'activation reçu par courriel",
    "action.submit_space_again": "reprendre toute la procédure, en remplissant de nouveau le formulaire de l'espace",
    "action.request_services": "demander l'adhésion à tous les services utiles, en une seule fois",
    "action.know_repeated": "noter que la demande {other} porte déjà sur {services:service and}",
    "action.use_link": "utiliser le lien de validation reçu par courriel",
    "action.watch_letter": "vérifier que le courrier est arrivé, et indiquer le jour qu'il porte (« édité le »)",
    "action.ask_for_code": "demander à l'entreprise le code d'activation du courrier",
    "action.pass_code_on": "communiquer le code d'activation du courrier au tiers qui a demandé les services",
    "action.enter_letter_code": "saisir le code d'activation du courrier",
    "action.renew_adhesion": "renouveler la demande d'adhésion",
    "action.declare_account": "déclarer le compte {account}",
    "action.issue_mandate": "éditer et imprimer le mandat du compte {account}",
    "action.sign_mandate": "signer le mandat imprimé du compte {account}",
    "action.send_mandate": "transmettre le mandat signé à l'établissement bancaire teneur du compte {account}",
    "action.register_mandate": "enregistrer le mandat du compte {account}",
    "action.check_mandate": "vérifier que la banque a enregistré le mandat du compte {account}",
    "action.pay": "payer",
    "action.use_mandate": "éviter la caducité du mandat du compte {account}, par un prélèvement",
    "action.issue_mandate_again": "éditer un nouveau mandat pour le compte {account}",
    # --- Sentences made of others ---
    "step": "{actor} : {action} (règle {rule})",
    "step.by": "{actor} : {action}, {by:until} (règle {rule})",
    "step.unsafe": "{actor} : {action} sans attendre, {by:until} au plus tard : le code a pu cesser de fonctionner"
    " après le {since} (règle {rule})",
    "step.unsafe_mandate": "{actor} : {action} sans attendre, {by:until} au plus tard : le mandat a pu devenir caduc"
    " après le {since} (règle {rule})",
    "step.planned": "{day}, {actor} : {action} (règle {rule})",
    "step.assumed": "{day} (date supposée), {actor} : {action} (règle {rule})",
    "step.estimated": "{actor} : {action}, {by:until} (date estimée, tant que le jour que porte le courrier n'est pas"
    " connu ; règle {rule})",
    "refusal.cited": "{refusal} (règle {rule} : {title})",
    "problem": "{path} : {problem}",
    "refusal.remedy": "{refusal} ; à faire : {steps}",
    # --- Rules, with the time limits of their rulebook ---
    "rule.0.1": "le mode expert s'adresse à ceux qui agissent pour plusieurs personnes morales, ou pour celles qu'ils"
    " représentent",
    "rule.0.2": "les services ne sont accessibles qu'une fois les trois étapes franchies, dans l'ordre",
    "rule.0.3": "les fiches EP2 (espace), SL2 (adhésion) et SL6 (comptes bancaires, mandat) expliquent les étapes",
    "rule.1.1": "l'espace se demande avec une adresse électronique",
    "rule.1.2": "un mot de passe est choisi",
    "rule.1.3": "le nom et le prénom sont tous deux indiqués",
    "rule.1.4": "le numéro SIREN, ou l'identifiant de dossier, est celui de l'entreprise à laquelle appartient"
    " l'utilisateur",
    "rule.1.5": "les coordonnées sont indiquées",
    "rule.1.6": "la question de confiance a reçu sa réponse",
    "rule.1.7": "un code d'activation part aussitôt à l'adresse électronique déclarée",
    "rule.1.8": "la saisie du code active l'espace, qui n'existe qu'à partir de là",
    "rule.1.9": "l'espace s'active sous {space_activation}, dernier instant compris",
    "rule.1.10": "passé le délai de {space_activation}, le code est inopérant",
    "rule.1.11": "passé le délai de {space_activation}, toute la procédure est à reprendre",
    "rule.1.12": "l'espace vient avant toute demande d'adhésion",
    "rule.2.1": "la demande d'adhésion se fait depuis un espace auquel l'utilisateur est connecté",
    "rule.2.2": "la demande indique le numéro SIREN de l'entreprise concernée",
    "rule.2.3": "un identifiant de dossier ne remplace le numéro SIREN que pour consulter les avis de taxes foncières",
    "rule.2.4": "la demande porte sur un service au moins",
    "rule.2.5": "une demande validée en ligne donne lieu à un courrier qui contient un code d'activation",
    "rule.2.6": "le courrier est adressé à l'entreprise concernée, et non au demandeur",
    "rule.2.7": "le service « Messagerie » exige l'adresse électronique de l'entreprise",
    "rule.2.8": "un lien de validation est envoyé à l'adresse électronique de l'entreprise",
    "rule.2.9": "le lien est utilisable pendant {link_use}, dernier instant compris",
    "rule.2.10": "le courrier ne part qu'une fois le lien utilisé",
    "rule.2.11": "un lien qui n'est pas utilisé à temps met fin à la demande, pour la « Messagerie » et pour tous ses"
    " autres services",
    "rule.2.12": "demander tous les services utiles en une seule fois fait gagner du temps",
    "rule.2.13": "un service « Payer » exige les coordonnées bancaires de l'entreprise",
    "rule.2.14": "payer la TVA, la TS, l'IS, la CVAE et le PAS exige un mandat de prélèvement SEPA interentreprises"
    " (B2B)",
    "rule.2.15": "le mandat est imprimé",
    "rule.2.16": "le mandat est signé par le représentant légal de l'entreprise",
    "rule.2.17": "le mandat est transmis à l'établissement bancaire teneur du compte",
    "rule.2.18": "le mandat précède le premier paiement à partir du compte",
    "rule.2.19": "avant le premier paiement, on vérifie que la banque a enregistré le mandat",
    "rule.2.20": "un paiement sans mandat enregistré est rejeté",
    "rule.2.21": "payer la CFE et les TF n'exige pas de mandat transmis à la banque",
    "rule.3.1": "le code du courrier est valable {services_activation}",
    "rule.3.2": "un tiers demande le code à l'entreprise",
    "rule.3.3": "le code active les services demandés dans l'espace d'où vient la demande",
    "rule.3.4": "les services qui ne sont pas activés sous {services_activation} sont à demander de nouveau",
    "rule.3.5": "dès l'activation, on est titulaire des services",
    "rule.A1": "un espace est à activer dès sa création, et activé dès la saisie de son code",
    "rule.A2": "les heures courent depuis l'envoi, en temps écoulé, jusqu'à la dernière microseconde comprise",
    "rule.A3": "les jours se comptent à partir de celui que porte le courrier, jusqu'à la fin du dernier, à Paris ; la"
    " date indiquée est la veille",
    "rule.A4": "un seul code active tous les services d'une demande",
    "rule.A5": "une demande caduque laisse les autres en l'état",
    "rule.A6": "le lien est renvoyé même si une demande antérieure a fait valider l'adresse électronique",
    "rule.A7": "un identifiant de dossier donne accès aux avis de taxes foncières, et à rien d'autre",
    "rule.A8": "l'absence de mandat bloque le paiement, jamais la demande ; il y a un mandat par compte",
    "rule.A9": "payer la CFE et les TF exige tout de même des coordonnées bancaires",
    "rule.A10": "une demande qui porte sur la TVA et la CFE a un seul mandat, et la CFE se paie sans l'attendre",
    "rule.A11": "un délai qui se termine un samedi, un dimanche ou un jour férié n'est pas reporté",
    "rule.A12": "un code erroné est refusé ; le nombre d'essais relève du logiciel hôte",
    "rule.A13": "les codes viennent du générateur fourni ; un identifiant de dossier compte de 1 à 32 lettres (A à Z)"
    " et chiffres",
    "rule.A14": "les délais s'apprécient au jour du fait ; un historique suit l'ordre dans lequel les faits ont été"
    " rapportés",
    "rule.A15": "la caducité est définitive si le code est détenu ici, présumée s'il est détenu ailleurs : un fait la"
    " corrige",
    "rule.A16": "une demande se renouvelle dès que son délai est passé, corrigée ou non ; une demande en cours aussi",
    "rule.A17": "un compte peut être déclaré après la demande ; tout compte déclaré par l'entreprise peut servir à"
    " payer",
    "rule.A18": "un service déjà obtenu ou attendu peut être demandé de nouveau : c'est signalé, et non refusé",
    "rule.A19": "ce qui existait avant d'être suivi est repris tel qu'on l'a vu, sans rien inventer",
    "rule.A20": "un fait signalé par erreur se retire, avec son motif, tant qu'aucun fait ultérieur n'en dépend",
    "rule.A21": "un dossier se clôt avec son motif : rien ne court ni ne se demande, et il peut être rouvert",
    "rule.A22": "un fait dont on ne connaît que le jour est possible si l'un des instants de ce jour, à Paris, l'est",
    "rule.A23": "la date du courrier, ou un code saisi sur le site, prouve que le lien a été utilisé à temps",
    "rule.F1": "un mandat sans prélèvement pendant {mandate_use} est caduc",
    "rule.F2": "le courrier est annoncé sous {letter_announced}",
    "unit.hours": "{count} {count:heure|heures}",
    "unit.days": "{count} {count:jour|jours}",
    "unit.months": "{count} mois",
    "unit.unset": "le délai prévu",
    # --- Services: what there is to click on, on the site ---
    "service.messagerie": "Messagerie",
    "service.payer-tva": "Payer TVA",
    "service.payer-ts": "Déclarer / Payer la Taxe sur les salaires",
    "service.payer-is": "Déclarer / Payer l'Impôt sur les sociétés",
    "service.payer-cvae": "Déclarer / Payer la CVAE",
    "service.payer-pas": "Payer le Prélèvement à la source",
    "service.payer-cfe": "Payer CFE",
    "service.payer-tf": "Payer Taxes foncières",
    "service.consulter-avis-tf": "Consulter les avis de taxes foncières",
    # --- Lifecycles, their states, their verbs ---
    "lifecycle.space": "espace professionnel",
    "lifecycle.adhesion": "demande d'adhésion",
    "lifecycle.activation": "activation des services",
    "lifecycle.mandate": "mandat",
    "state.space.pending": "créé, à activer",
    "state.space.active": "activé",
    "state.space.lapsed": "caduc",
    "state.adhesion.awaiting_email": "en attente de validation de l'adresse électronique",
    "state.adhesion.validated": "validée",
    "state.adhesion.lapsed": "caduque",
    "state.activation.awaiting_code": "en attente du code du courrier",
    "state.activation.active": "services activés",
    "state.activation.lapsed": "caduque",
    "state.mandate.issued": "édité",
    "state.mandate.signed": "signé",
    "state.mandate.sent": "transmis à la banque",
    "state.mandate.registered": "enregistré",
    "state.mandate.lapsed": "caduc",
    "verb.space.create": "envoyer le formulaire de création d'un espace",
    "verb.space.activate": "activer l'espace",
    "verb.space.remind": "envoyer un rappel",
    "verb.space.lapse": "constater la caducité",
    "verb.adhesion.request": "demander des services",
    "verb.adhesion.validate": "valider la demande",
    "verb.adhesion.confirm_company_email": "valider l'adresse électronique de l'entreprise",
    "verb.adhesion.record_letter": "indiquer la date du courrier",
    "verb.adhesion.activate": "activer les services",
    "verb.adhesion.declare_account": "déclarer un compte",
    "verb.adhesion.renew": "renouveler la demande",
    "verb.adhesion.remind": "envoyer un rappel",
    "verb.adhesion.lapse": "constater la caducité",
    "verb.activation.record_letter": "indiquer le jour que porte le courrier",
    "verb.activation.activate": "activer les services",
    "verb.activation.declare_account": "déclarer un compte",
    "verb.activation.renew": "renouveler la demande",
    "verb.activation.remind": "envoyer un rappel",
    "verb.activation.lapse": "constater la caducité",
    "verb.mandate.issue": "éditer un mandat",
    "verb.mandate.name_representative": "nommer le représentant légal",
    "verb.mandate.sign": "constater la signature",
    "verb.mandate.send": "constater la transmission à la banque",
    "verb.mandate.register": "constater l'enregistrement",
    "verb.mandate.record_collection": "indiquer un prélèvement",
    "verb.mandate.remind": "envoyer un rappel",
    "verb.mandate.lapse": "constater la caducité",
    "verb.payment.pay": "payer un impôt",
    # --- Les suites d'étapes que change un autre recueil ---
    "given.email": "l'adresse électronique de l'entreprise",
    "given.account": "un compte bancaire",
    "given.file_number": "un identifiant de dossier",
    "story.about": "{step} ({services:service})",
    "story.given": "{step}, avec {given:and}",
    "story.step": "{at} : {step}",
    "story.end": "{accepts} l'accepte, {refuses} le refuse : {refusal}",
    # --- Forms and their fields ---
    "form.name.SpaceForm": "formulaire de l'espace",
    "form.name.AdhesionForm": "formulaire de la demande d'adhésion",
    "label.email": "adresse électronique",
    "label.password": "mot de passe",
    "label.first_name": "prénom",
    "label.last_name": "nom",
    "label.organisation": "numéro SIREN ou identifiant de dossier",
    "label.contact": "coordonnées",
    "label.phone": "téléphone",
    "label.street": "voie",
    "label.postal_code": "code postal",
    "label.city": "ville",
    "label.country": "pays",
    "label.security_question": "question de confiance",
    "label.security_answer": "réponse à la question de confiance",
    "label.services": "services",
    "label.company_email": "adresse électronique de l'entreprise",
    "label.bank_accounts": "coordonnées bancaires",
    "label.applicant": "qualité du demandeur",
    "label.legal_representative": "représentant légal",
    "label.service": "service",
    "label.since": "activé depuis le",
    "label.account": "compte bancaire",
    "label.reference": "référence du mandat",
    "label.registered": "mandat enregistré le",
    "label.last_collected": "dernier prélèvement le",
    "label.company_name": "nom de l'entreprise",
    "label.company_address": "adresse de l'entreprise",
    "label.whole": "ensemble du formulaire",
    "label.item": "n° {place}",
    # --- Whom and what messages are about ---
    "company.named": "{name} ({number})",
    "company.unknown": "l'entreprise concernée",
    "requester.unknown": "Le demandeur",
    "applicant.unsaid": "dont la qualité n'est pas connue",
    "company.services": "les services de la demande",
    "company.unnamed": "l'entreprise ({number})",
    "number.siren": "SIREN {number}",
    "number.file_number": "identifiant de dossier {number}",
    "requester.named": "{name} ({email})",
    "requester.email": "{email}",
    "finding.taken_over": "{organisation:siren} : {services:service} figure sur le site et n'est pas suivi ici ; à"
    " reprendre",
    "finding.mandate_taken_over": "{organisation:siren} : le mandat du compte {account} n'est pas suivi ici ; à"
    " reprendre",
    "finding.activated": "{organisation:siren} : {services:service} figure sur le site, et son code a été saisi ; à"
    " signaler",
    "finding.not_lapsed": "{organisation:siren} : {services:service}, présumé caduc, figure sur le site ; à signaler",
    "finding.no_longer_shown": "{organisation:siren} : {services:service} est activé ici et ne figure plus sur le site"
    " ;"
    " le client est-il parti, ou un autre titulaire a-t-il pris le relais ?",
    "finding.not_a_client": "{organisation:siren} : {services:service} figure sur le site, et l'entreprise n'est pas de"
    " vos clients ; à qui est-elle ?",
    "finding.closed": "{organisation:siren} : {services:service} figure sur le site, et son dossier est clos ; à"
    " rouvrir"
    " ?",
    "finding.unexplained": "{organisation:siren} : {services:service} figure sur le site, et ce qui est connu ici ne"
    " l'explique pas ; quel jour le code a-t-il été saisi ?",
    "finding.unreadable": "la ligne {row} ne se lit pas : {problems}",
    "reason.client_left": "le client est parti",
    "reason.company_gone": "l'entreprise n'existe plus",
    "reason.another_holder": "un autre titulaire a pris le relais",
    "reason.repeated": "demande faite deux fois",
    "reason.mistake": "dossier ouvert par erreur",
    "reason.other": "autre motif",
    "applicant.representative": "représentant de l'entreprise",
    "applicant.third_party": "tiers agissant pour le compte de l'entreprise",
    "about.space": "Espace professionnel demandé pour {company}.",
    "about.adhesion": "Demande d'adhésion faite pour {company} :\n\n{services:lines}",
    "about.mandate": "Mandat de prélèvement SEPA interentreprises (B2B), pour {company}.",
    "about.mandate_of_account": "Mandat de prélèvement SEPA interentreprises (B2B) du compte {account}, pour"
    " {company}.",
    "about.other": "Dossier suivi pour {company}.",
    "message.you": "vous",
    "message.step": "{actor} : {action}, {by:until} (date estimée ; règle {rule})",
    "message.mark": " (date estimée)",
    "message.rule": " (règle {rule})",
    "message.todo": "À faire :\n\n{steps:lines}",
    "message.estimated": "Cette date est estimée : le jour que porte le courrier (« édité le ») n'est pas encore connu."
    " Indiquez-le dès que vous l'aurez lu, et l'échéance sera fixée (règle A3).",
    "message.reference": "Référence : {case_id}",
    # --- Messages ---
    "message.activation-code-email.subject": "Code d'activation de votre espace professionnel",
    "message.activation-code-email.body": "Bonjour,\n\n"
    "Vous avez demandé un espace professionnel en mode expert, pour {company-in-words}.\n\n"
    "Votre code d'activation :\n\n"
    "    {code}\n\n"
    "Saisissez-le au plus tard le {due-date}{rule-note}. Passé ce délai, il sera inopérant, et toute la procédure sera"
    " à reprendre.\n\n"
    "Si vous n'avez rien demandé, ne tenez pas compte de ce courriel.\n\n"
    "{case-reference}\n",
    "message.confirmation-link-email.subject": "Adresse électronique à valider pour {company-in-words}",
    "message.confirmation-link-email.body": "Bonjour,\n\n"
    "{requester-in-words}, {applicant-in-words}, a demandé l'adhésion {services-in-words:au service en ligne"
    " suivant|aux services en ligne suivants}, pour {company-in-words} :\n\n"
    "{services-in-words:lines}\n\n"
    "Pour valider l'adresse électronique de l'entreprise, utilisez ce lien au plus tard le {due-date}{rule-note} :\n\n"
    "    {confirmation-link}\n\n"
    "Le courrier qui contient le code d'activation ne sera envoyé à l'entreprise qu'une fois le lien utilisé. Si le"
    " lien n'est pas utilisé à temps, la demande sera caduque et devra être renouvelée, pour tous les services (règle"
    " 2.11).\n\n"
    "Si vous ne connaissez pas le demandeur, n'utilisez pas ce lien.\n\n"
    "{case-reference}\n",
    "message.activation-code-letter.subject": "Code d'activation des services en ligne demandés pour"
    " {company-in-words}",
    "message.activation-code-letter.body": "{address-lines}\n\n"
    "Édité le {letter-date}\n\n"
    "Madame, Monsieur,\n\n"
    "{requester-in-words}, {applicant-in-words}, a demandé l'adhésion {services-in-words:au service en ligne"
    " suivant|aux services en ligne suivants}, pour {company-in-words} :\n\n"
    "{services-in-words:lines}\n\n"
    "Code d'activation :\n\n"
    "    {code}\n\n"
    "Ce code est valable {due-date:until}{rule-note}.\n\n"
    "{code-advice}\n\n"
    "Faute d'activation à temps, la demande d'adhésion devra être renouvelée (règle 3.4).\n\n"
    "{case-reference}\n",
    "message.activation-code-letter.third_party": "Communiquez ce code à {requester} : les services s'activent dans"
    " l'espace professionnel d'où vient la demande (règles 3.2 et 3.3).",
    "message.activation-code-letter.representative": "Saisissez ce code dans l'espace professionnel de {requester},"
    " d'où vient la demande (règle 3.3).",
    "message.activation-code-letter.unsaid": "Saisissez ce code dans l'espace professionnel d'où vient la demande"
    " (règle 3.3).",
    "message.reminder-email.subject": "Rappel : à faire au plus tard le {due-date}{estimate-mark}, pour"
    " {company-in-words}",
    "message.reminder-email.body": "Bonjour,\n\n{about-case}\n\n{to-do}\n\n{estimate-note}\n\n{case-reference}\n",
    "message.lapse-notice.subject": "{what-lapsed} pour {company-in-words}",
    "message.lapse-notice.body": "Bonjour,\n\n"
    "{about-case}\n\n"
    "Le délai, qui courait {due-date:until}{rule-note}, est passé. Règle {rule} : {rule-title}.\n\n"
    "{presumption-note}\n\n"
    "{estimate-note}\n\n"
    "{to-do}\n\n"
    "{case-reference}\n",
    "lapsed.space": "Espace caduc",
    "lapsed.adhesion": "Demande d'adhésion caduque",
    "lapsed.mandate": "Mandat caduc",
    "lapsed.other": "Délai passé",
    "presumed.space": "Espace présumé caduc",
    "presumed.adhesion": "Demande d'adhésion présumée caduque",
    "presumed.mandate": "Mandat présumé caduc",
    "presumed.other": "Délai présumé passé",
    "if.1.11": "Cette caducité est présumée, car seul le site fait foi : si le code a été saisi à temps, signalez-le,"
    " et la situation sera corrigée (règle A15).",
    "if.2.11": "Cette caducité est présumée, car seul le site fait foi : si le lien a été utilisé à temps, signalez-le,"
    " et la situation sera corrigée (règle A15).",
    "if.3.4": "Cette caducité est présumée, car seul le site fait foi : si le code a été saisi à temps, ou si le"
    " courrier porte un jour plus tardif, signalez-le, et la situation sera corrigée (règle A15).",
    "if.F1": "Cette caducité est présumée, car seule la banque connaît les prélèvements : s'il y en a eu un"
    " entre-temps, signalez-le, et la situation sera corrigée (règle A15).",
    "if.other": "Cette caducité est présumée : si ce qui était à faire l'a été à temps, signalez-le, et la situation"
    " sera corrigée (règle A15).",
    "message.was_estimated": "Le jour que porte le courrier (« édité le ») n'a pas été indiqué : l'échéance n'était"
    " qu'estimée. L'indiquer suffit à la fixer (règle A3).",
    # --- The printed form of a mandate ---
    "printed.title": "Mandat de prélèvement SEPA interentreprises ({scheme})",
    "printed.band": "À imprimer, à faire signer par le représentant légal et à remettre à\n"
    "l'établissement bancaire teneur du compte AVANT le premier paiement. Vérifier\n"
    "ensuite que la banque a enregistré le mandat sous sa référence : faute\n"
    "d'enregistrement, le paiement est rejeté.",
    "printed.reference": "Référence unique de mandat (RUM)",
    "printed.recurrent": "Type de paiement",
    "printed.recurrent_payment": "récurrent",
    "printed.debtor": "Débiteur",
    "printed.siren": "SIREN",
    "printed.file_number": "Identifiant de dossier",
    "printed.address": "Adresse",
    "printed.holder": "Titulaire du compte",
    "printed.same_holder": "le débiteur",
    "printed.iban": "IBAN du compte à débiter",
    "printed.bic": "BIC",
    "printed.creditor": "Créancier",
    "printed.creditor_identifier": "Identifiant créancier SEPA (ICS)",
    "printed.office": "Service gestionnaire",
    "printed.authorisation": "En signant, le débiteur autorise le créancier à présenter des ordres de\n"
    "prélèvement sur ce compte, et sa banque à les payer en débitant le compte.\n\n"
    "Ce mandat ne vaut qu'entre professionnels (B2B). Une fois le compte débité,\n"
    "un prélèvement ainsi autorisé ne donne droit à aucun remboursement ; jusqu'à\n"
    "son échéance, le débiteur peut demander à sa banque de ne pas le payer.",
    "printed.representative": "Représentant légal",
    "printed.place": "Fait à",
    "printed.date": "Le (JJMMAAAA)",
    "printed.signature": "Signature",
}
"""What people read besides; here rules have their words too."""
