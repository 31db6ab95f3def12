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
_QUOTES: Final = "'\""
_CLOCKS: Final = re.compile(r"\((heure [^()]*)\) \(")
_SPACES: Final = (
    (re.compile("«[ \N{NO-BREAK SPACE}]?"), f"«{NO_BREAK}"),
    (re.compile("[ \N{NO-BREAK SPACE}]?»"), f"{NO_BREAK}»"),
    (re.compile(r" (?=:(?:\s|$))"), NO_BREAK),
    (re.compile(r" (?=[;!?](?:\s|$))"), NARROW),
    (re.compile(r"(?<=n°) |(?<=[0-9]) (?=[0-9])"), NO_BREAK),
    (re.compile(rf"(?<=[0-9}}]) (?=(?:{_COUNTED})\b)"), NO_BREAK),
    # `{count} {count:problème|problèmes}` is a number and what it counts, too.
    (re.compile(r"(?P<number>\{(?P<name>[\w-]+)\}) (?=\{(?P=name):[^{}|]*\|)"), rf"\g<number>{NO_BREAK}"),
)


@attrs.frozen
class French(Language):
    """French, as people read it. Errors name services, states, verbs and fields by their words."""

    code: ClassVar[str] = "fr"
    joins: ClassVar[Mapping[str, str]] = MappingProxyType({"and": " et ", "or": " ou "})
    between: ClassVar[str] = f"{NARROW}; "
    midnight: ClassVar[str] = f"24{NO_BREAK}h"

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

    def on(self, day: str, hour: str, *, summer: bool | None, named: bool = False) -> str:
        """`dimanche 3 mars 2024 à 10 h 30`, `… à 10 h 30 (heure de Paris)`."""
        season = "" if summer is None else f" d'{'été' if summer else 'hiver'}"
        clocks = f"{season}{' de Paris' if named else ''}"
        return f"{day} à {hour}{f' (heure{clocks})' if clocks else ''}"

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

    def tidied(self, sentence: str) -> str:
        """A sentence in which what clocks an hour is of does not stand in brackets before other brackets."""
        return _CLOCKS.sub(rf"(\1{self.between}", sentence)

    def typeset(self, template: str) -> str:
        """A template with its no-break spaces."""
        for amiss, printed in _SPACES:
            template = amiss.sub(printed, template)
        return template


_WRONG: Final = {
    "wrong_type": "ce n'est pas du texte, mais {type:type}",
    "missing": "rien n'est saisi",
    "too_long": "la saisie est trop longue ({length} caractères)",
}
_UNSEEN: Final = {
    "not_printable": "un des caractères ne peut pas être imprimé",
    "has_account": "la saisie contient un compte bancaire, que tout le monde lirait. Il a son propre champ",
    "invisible": "la saisie ne contient que des caractères invisibles",
}


def _amiss(why: str, form: str) -> str:
    # What says by itself what to do needs no form besides.
    return why if ". " in why else f"{why}. {form}"


_value: Final = sentences(_amiss, _WRONG)
_line: Final = sentences(_amiss, _WRONG | _UNSEEN)

ERRORS: Final[dict[str, str]] = {
    # --- Time ---
    "instant.malformed": "{name} : {value} n'est pas une date avec son heure. Indiquez une date avec son heure et son"
    " fuseau horaire, par exemple {example}",
    "instant.naive": "{name} : {value} est sans fuseau horaire. Indiquez une date avec son heure et son fuseau horaire,"
    " par exemple {example}",
    "instant.out_of_range": "{name} : {value} sort des années 1 à 9999 en UTC. Indiquez un instant qui y reste, par"
    " exemple {example}",
    "deadline.not_utc": "{name} : {value} n'est pas en UTC. Indiquez {expected}",
    "deadline.out_of_order": "{name} : {value} vient après la fin du délai. Indiquez {expected} au plus tard",
    "deadline.endless": "un délai qui se termine à {value} ne laisse rien après lui. Indiquez une fin antérieure",
    "count.not_allowed": "{value} n'est pas un nombre utilisable. Indiquez un nombre entier de {least} à {most}, par"
    " exemple 48",
    "limit.out_of_range": "{limit} à partir du {near} : le délai sort des années 1 à 9999. Choisissez un délai qui y"
    " reste",
    "limit.reminder_out_of_range": "{limit} avant le {near} : le rappel sort des années 1 à 9999. Choisissez un rappel"
    " qui y reste",
    "day.malformed": "{name} : {value} n'est pas un jour. Indiquez une date, ou une date avec son heure et son fuseau"
    " horaire, par exemple {example}",
    "time_zone.unknown": "{value} n'est pas un fuseau horaire connu. Indiquez une clé de l'IANA, par exemple «"
    " Europe/Paris »",
    "time_zone.missing": "ce système n'a pas le fuseau horaire {value}. Exécutez « pip install tzdata »",
    # --- The rulebook ---
    "service.malformed": "le code d'un service est un texte de 1 à {most} caractères sur une ligne, par exemple"
    " « payer-tva », et non {value}",
    "service.title_malformed": "l'intitulé d'un service est un texte de 1 à {most} caractères sur une ligne, et non"
    " {value}",
    "service.not_allowed": "le service {value} exige un mandat sans servir à payer. Déclarez aussi qu'il sert à payer"
    " (règle 2.14)",
    "service.unknown": "{value} n'est pas un service connu. Les services possibles sont {expected:service code and}",
    "service.not_in_catalogue": "{value} n'est pas un service du catalogue, dans le recueil de règles {rulebook}. Les"
    " services possibles sont {expected:service code and}",
    "catalogue.repeated": "un catalogue contient chaque code une seule fois, or {value} y figure plusieurs fois",
    "reminder.malformed": "un rappel est un nombre entier d'heures ou de jours, 1 au moins, et non {value}",
    "rulebook.malformed": "la version d'un recueil de règles est un texte sans #, par exemple « 2024-04-03 », et non"
    " {value}",
    "forget.key_too_short": "la clé des marques est trop courte. Indiquez {least} caractères ou plus",
    "forget.other_case": "un message est d'un autre dossier ({value}). Ne donnez que ceux du dossier {expected}",
    "forget.not_over": "le dossier de l'entreprise {company:siren} n'est pas terminé ({state:stage.{case}}). Il doit"
    " être caduc ou clos avant d'être oublié",
    "rulebook.same": "le dossier relève déjà du recueil {version}. Indiquez un autre recueil",
    "rulebook.no_limit": "le recueil {version} n'a pas le délai {limit}, qui a été fixé pour le dossier",
    "rulebook.no_fingerprint": "un recueil de règles remplace des contenus désignés par leur empreinte, de {expected}"
    " chiffres hexadécimaux, et non par {value}",
    "rulebook.missing_rules": "le recueil {version} doit contenir chaque règle de la procédure une fois. Manquent :"
    " {value}",
    "rulebook.repeated_rules": "le recueil {version} doit contenir chaque règle de la procédure une fois. En double :"
    " {value}",
    "rulebook.taken_limits": "{value} : {value:nom d'un délai|noms de délais} de la procédure. Choisissez {value:un"
    " autre nom|d'autres noms}",
    "rulebook.hours_for_letter": "le code du courrier se compte à partir d'un jour (A3), et non en {value}. Choisissez"
    " un délai en jours ou en mois",
    "rulebook.none_in_force": "aucun recueil de règles n'est en vigueur le {day:day}. {expected:Entrée|Entrées} en"
    " vigueur : {expected:day}",
    "rule.unknown": "le recueil {version} n'a pas de règle {value}",
    # --- Cases ---
    "case_id.malformed": "l'identifiant d'un dossier est un texte de 1 à {most} caractères imprimables, sans espace, et"
    " non {value}",
    "case_id.repeated": "deux dossiers ont l'identifiant {value}. Donnez à chacun le sien",
    "value.not_built": "cet objet « {type} » est vide. Construisez-le par sa classe",
    "argument.wrong_type": "c'est {value:type}, alors qu'il faut {what:thing} ({expected:or})",
    "event.cannot_follow": "le fait n° {version} ({event:occurrence}) ne peut pas suivre ({case:lifecycle} :"
    " {state:state.{case}})",
    "event.wrong_case": "le fait n° {version} ({event:occurrence}) du dossier {case_id}, signalé à {at}, ne peut pas"
    " suivre. Il faudrait le fait n° {expected_version} du dossier {expected}, signalé à {last} ou après",
    "history.empty": "aucun fait à rejouer. Il faut au moins celui qui ouvre le dossier",
    "history.no_opening": "un historique commence par le fait n° 1, qui ouvre un dossier, et non par {value}",
    "verify.differs": "{path} : {found} est conservé, alors que les faits donnent {expected}",
    "case.contradiction": "{path} : il faudrait {expected:contradiction}",
    "event.needs_history": "le fait n° {version} ({event:occurrence}) ne s'ajoute pas à l'état d'un dossier. Rejouez"
    " tout l'historique",
    "history.withdrawal": "le fait n° {version} retire {value:le fait|les faits} n° {value:and}, alors qu'il ne peut"
    " retirer que des faits entre l'ouverture et lui-même, chacun une fois",
    "version.unknown": "aucun fait n'a le numéro {value}. Indiquez un nombre entier de 2 à {last}",
    "day.not_allowed": "« {name:label} {value:day} » n'est pas possible. Indiquez un jour, au plus tard le {last:day}",
    "day.out_of_range": "{value} n'est pas un jour à Paris des années 1 à 9999. Indiquez un jour de ces années",
    "reason.unknown": "{value} n'est pas un motif pour clore un dossier. Les motifs possibles sont : {expected:reason"
    " or}",
    "taken_over.held_and_awaited": "des services activés depuis le {value:day} ne sont plus attendus. Indiquez depuis"
    " quand ils sont activés, ou bien ce qui est encore attendu",
    "key.malformed": "une clé est un texte d'au moins un caractère, et non {value}",
    "letter.not_allowed": "un courrier ne peut pas être daté du {value:day}. Vérifiez sa date « édité le », comprise"
    " entre le {first:day} et le {last:day}",
    "renews.not_allowed": "une demande ne peut pas renouveler {value}. Indiquez une autre demande",
    "renews.other_company": "une demande faite pour {expected:siren} ne peut pas être renouvelée pour {value:siren}."
    " Renouvelez-la pour la même entreprise",
    "company.several": "une entreprise n'a que ses propres dossiers, et non ceux de {value:siren and}. Indiquez ceux"
    " d'une"
    " seule entreprise",
    "quantile.not_allowed": "{value} n'est pas une proportion. Indiquez un nombre supérieur à 0 et d'au plus 1, 0.9 par"
    " exemple",
    "payment.companies": "un paiement est celui d'une seule entreprise, et non de {value:siren and}. Indiquez les"
    " demandes d'une seule",
    "payment.no_request": "aucune demande de l'entreprise {company:siren} n'est connue. Signalez d'abord celle qui lui"
    " permet de payer",
    # --- Plans ---
    "reconcile.space_missing": "plusieurs espaces sont activés ici ({value:and}). Indiquez lequel",
    "civil_day.malformed": "{value} n'est pas une date. Indiquez-en une, par exemple 02/05/2016 ou 2016-05-02",
    "service.missing": "ni service ni compte n'est indiqué. Indiquez l'un des deux",
    "account.missing": "un mandat porte sur un compte. Indiquez son IBAN",
    "lead_time.malformed": "{name} : {value} n'est pas une durée prévue. Indiquez un nombre entier de jours, de 0 à"
    " {most}",
    "plan.day_malformed": "{name} : {value} n'est pas un jour pour un calendrier. Indiquez une date, par exemple le 15"
    " décembre 2024",
    "at_risk.not_allowed": "{value} à partir du {at} ne mène à aucun instant des années 1 à 9999. Indiquez une durée,"
    " par exemple 15 jours",
    "plan.days_missing": "un calendrier a une date à respecter, ou une date de départ. Indiquez celle du paiement,"
    " celle de l'activation ou celle du départ",
    "plan.days_not_allowed": "un calendrier a une seule date à respecter. Indiquez celle du paiement ou celle de"
    " l'activation, et non les deux",
    "plan.not_open": "un identifiant de dossier ne permet pas de demander {value:service and}. Choisissez des"
    " services de"
    " consultation des avis de taxes foncières (règle 2.3)",
    "plan.not_a_payment": "{value:service and} {value:ne sert|ne servent} pas à payer. Choisissez un service « Payer »,"
    " ou indiquez la date de l'activation",
    "plan.lead_times_not_allowed": "avec {value} {value:jour|jours} pour le courrier et l'entreprise, le code du"
    " courrier serait inopérant avant d'être saisi (règle {limit}). Indiquez des durées plus courtes",
    # --- Refusals ---
    "transition.not_allowed": "action impossible : {trigger:verb.{case} verb} ({state:stage.{case}}) ; possible :"
    " {allowed:verb.{case} verb or}",
    "transition.ended": "action impossible : {trigger:verb.{case} verb} ({state:stage.{case}}) ; {state:ended}",
    "deadline.passed": "trop tard le {at} : le délai de la règle {limit} courait {closes:until}. La démarche est à"
    " reprendre",
    "deadline.not_reached": "trop tôt le {at} : le délai court {closes:until}",
    "reminder.not_due": "aucun rappel à faire le {at} : la prochaine échéance est le {expected}",
    "order.future": "le fait est daté du {at}, après le moment où il est signalé, le {last}. Vérifiez la date du fait",
    "order.before_fact": "le fait est daté du {at}, avant {follows:follows}, qui date du {last}. Vérifiez les deux"
    " dates",
    "order.before_telling": "le fait est signalé le {at}, alors que le précédent l'a été le {last}. Vérifiez la date"
    " du signalement",
    "case.closed": "le dossier est clos depuis le {since} ({reason:reason}). Rouvrez-le d'abord",
    "case.not_closed": "le dossier n'est pas clos : il n'y a rien à rouvrir",
    "withdrawal.opening": "{event:occurrence} ({day:day}) ouvre le dossier et ne se retire pas. S'il a été ouvert par"
    " erreur, il faut clore le dossier",
    "withdrawal.clock": "{event:occurrence} ({day:day}) ne vient pas d'un signalement. Retirez le fait qui en est la"
    " cause : ce que l'échéance a décidé tombera avec lui",
    "withdrawal.withdrawal": "{event:occurrence} ({day:day}) ne se retire pas. Signalez de nouveau le fait retiré",
    "withdrawal.repeated": "{event:occurrence} ({day:day}) est un fait déjà retiré : il n'y a rien à faire",
    "withdrawal.relied_on": "{event:occurrence} ({day:day}) : {relying:occurrence and} en {relying:dépend|dépendent}."
    " Retirez d'abord {relying:ce fait plus récent|le dernier de ces faits}",
    "emailed_code.wrong": "ce n'est pas le code d'activation envoyé par courriel. Saisissez celui qui a été envoyé pour"
    " cette demande",
    "emailed_code.held_elsewhere": "seul le site connaît le code d'activation envoyé par courriel. Signalez qu'il a été"
    " saisi, sans l'indiquer ici",
    "emailed_code.held_here": "le code d'activation envoyé par courriel est vérifié ici. Saisissez le code lui-même",
    "link.wrong": "ce n'est pas le lien de validation. Utilisez celui qui a été envoyé pour cette demande",
    "link.held_elsewhere": "seul le site connaît le lien de validation. Signalez qu'il a été utilisé, sans l'indiquer"
    " ici",
    "link.held_here": "le lien de validation est vérifié ici. Utilisez le lien lui-même",
    "letter_code.wrong": "ce n'est pas le code d'activation du courrier. Saisissez celui qui a été envoyé pour cette"
    " demande",
    "letter_code.held_elsewhere": "seul le site connaît le code d'activation du courrier. Signalez qu'il a été saisi,"
    " sans l'indiquer ici",
    "letter_code.held_here": "le code d'activation du courrier est vérifié ici. Saisissez le code lui-même",
    "space.not_active": "l'espace professionnel (entreprise {company:siren}) est {state:state.space}. Utilisez un"
    " espace activé",
    "space.wrong": "la demande faite pour l'entreprise {company:siren} ({services:service and}) ne vient pas de cet"
    " espace"
    " professionnel. Utilisez l'espace d'où vient la demande",
    "sign_in.refused": "le mot de passe n'est pas celui de cet espace professionnel. Vérifiez la saisie",
    "sign_in.taken_over": "le mot de passe de cet espace professionnel n'est pas connu, car l'espace a été repris."
    " Seul le site peut le vérifier",
    "sign_in.unclear": "on ne sait pas si le mot de passe est celui de cet espace professionnel, car la vérification"
    " répond {type:type}. Elle doit répondre par oui ou par non",
    "account.not_allowed": "aucun service de la demande ne sert à payer ({services:service and}). Les coordonnées"
    " bancaires vont avec un service « Payer »",
    "account.repeated": "le compte {account} est déjà déclaré : il n'y a rien à faire",
    "mandate.request_over": "la demande d'adhésion est caduque. Éditez le mandat pour celle qui la renouvelle",
    "mandate.not_needed": "aucun service de la demande n'exige de mandat ({services:service and}) : aucun n'est à"
    " éditer",
    "mandate.account_unknown": "la demande ne déclare pas le compte {account} (comptes déclarés : {expected:and})."
    " Déclarez-le d'abord dans « Gérer les comptes bancaires »",
    "mandate.repeated": "le compte {account} a déjà un mandat ({mandates:and})",
    "signatory.not_allowed": "signature refusée : {signatory:person} ne peut pas signer. Seul le représentant légal de"
    " l'entreprise, {expected:signer}, le peut",
    "signatory.unknown": "signature refusée : le nom du représentant légal n'a pas encore été indiqué, et"
    " {signatory:person} ne peut pas signer. Indiquez d'abord son nom, ou signalez la signature du représentant légal"
    " sans le nommer",
    "payment.not_a_payment": "{service:service} ne sert pas à payer. Choisissez un service « Payer », par exemple"
    " {expected:service}",
    "payment.not_held": "le service {service:service} n'est pas encore activé dans l'espace professionnel",
    "payment.account_unknown": "le compte {account} n'est pas déclaré (comptes déclarés : {expected:and})."
    " Déclarez-le d'abord dans « Gérer les comptes bancaires »",
    "payment.no_mandate": "{service:service} exige un mandat enregistré pour le compte {account}, et aucun n'a été"
    " édité",
    "payment.mandate_lapsed": "{service:service} exige un mandat enregistré pour le compte {account}, et le mandat"
    " {mandate} est présumé caduc, aucun prélèvement n'ayant été signalé depuis le {idle_since}",
    "payment.mandate_later": "{service:service} exige un mandat enregistré pour le compte {account}, et le mandat"
    " {mandate} ne l'est qu'à partir du {since}",
    "payment.mandate_on_its_way": "{service:service} exige un mandat enregistré pour le compte {account}, or le"
    " mandat {mandate} est seulement {state:state.mandate}",
    # --- The shells ---
    "notification.failed": "la décision est enregistrée, et {count} {count:message reste|messages restent} à envoyer :"
    " {messages:kind and}",
    "conflict.version": "le dossier {case_id} a changé entre-temps (version {found}, et non {expected}). Relisez-le,"
    " et décidez de nouveau",
    "conflict.claim": "le dossier {case_id} demande ce qui existe déjà : {holder}. Continuez avec celui-là",
    "sweep.no_case": "ce n'est pas un dossier, mais {type:type}",
    "line.wrong_type": "une ligne est faite d'octets, or c'est {type:type}. Ouvrez le fichier en mode binaire",
    "scrypt_cost.not_allowed": "scrypt ne peut pas fonctionner avec cost={cost}, block_size={block_size} et"
    " parallelism={parallelism}. Choisissez des nombres entiers à partir de 1, un coût qui soit une puissance de deux à"
    " partir de 2 et inférieure à 2**(16 * block_size), et {most} blocs au plus (cost * block_size * parallelism), en"
    " moins de 2 Gio",
    "scrypt_hash.malformed": "cette empreinte n'est pas de ScryptHasher, qui en fait de la forme «"
    " scrypt$cost$blocks$parallelism$salt$digest »",
    "scrypt_hash.too_costly": "cette empreinte est trop coûteuse à vérifier, avec cost={cost}, block_size={block_size}"
    " et parallelism={parallelism}. La limite est de {most} blocs (cost * block_size * parallelism), en moins de 2 Gio",
    "argon2_cost.not_allowed": "des empreintes de {memory} Kio en {passes} {passes:passe|passes} et {lanes}"
    " {lanes:voie|voies} sont trop coûteuses. La limite est de {most} Kio pour toutes les passes, et de {most_lanes}"
    " voies",
    "argon2_hash.malformed": "cette empreinte n'est pas d'argon2, qui en fait de la forme «"
    " $argon2id$v=19$m=…,t=…,p=…$salt$digest »",
    "argon2_hash.too_costly": "cette empreinte est trop coûteuse à vérifier, {memory} Kio en {passes}"
    " {passes:passe|passes} et {lanes} {lanes:voie|voies}. La limite est de {most} Kio pour toutes les passes, et de"
    " {most_lanes} voies",
    # --- Documents ---
    "codec.no_record": "« {record} » ne s'enregistre pas. Seuls s'enregistrent un dossier, un événement ou un message"
    " d'une sorte connue",
    "codec.secret": "« {record} » porte un code ou un lien. Pour l'écrire tout de même, indiquez secrets=True",
    "codec.not_utf_8": "un texte de « {record} » contient une moitié de caractère, que l'UTF-8 ne sait pas écrire",
    "codec.no_document": "ce n'est pas un document, qui serait un objet JSON, en UTF-8 s'il est encodé",
    "codec.missing": "ce champ manque",
    "codec.repeated_field": "ce champ figure deux fois dans un même objet",
    "codec.version": "« {record} » a la version {version}, qui n'est pas un nombre entier de 1 à {most}",
    "codec.unknown_field": "ce champ est inconnu",
    "codec.unknown_kind": "{value} n'est la sorte d'aucun dossier, événement ou message connu ici. Enregistrez d'abord"
    " celle du dossier, ou lisez ce document avec la version qui l'a écrit",
    "codec.other_record": "c'est le document de « {value} », et non celui d'{expected:thing}",
    "codec.unknown_schema": "ce schéma n'est pas de ceux que cette version lit ({expected:or})",
    "codec.not_upgraded": "ce n'est pas un document du schéma {schema}, tel que la version d'alors l'a écrit",
    "codec.wrong_type": "{type:type} n'a pas sa place ici, où il faut {expected:type}",
    "codec.out_of_bounds": "valeur hors des limites ({expected})",
    "codec.malformed": "ce n'est ni une date ni un instant, tel que 2024-03-02T09:30:00Z",
    "codec.not_utc": "cet instant n'est pas en UTC, tel que 2024-03-02T09:30:00Z",
    "codec.no_organisation": "ce n'est pas une entreprise, qui s'écrit « siren: » ou « file: », suivi du numéro",
    "codec.unknown_value": "cette valeur est inconnue ici",
    "codec.unknown_rulebook": "{value} n'est pas une version des recueils de règles fournis ({expected}). Fournissez-en"
    " d'autres par rulebooks=(…,)",
    "codec.changed_rulebook": "{value} n'a plus ici le contenu ({expected}) sous lequel ce document a été écrit"
    " ({found}). Fournissez aussi le recueil d'alors, ou donnez une autre version au nouveau et transférez-y les"
    " dossiers",
    "codec.unknown_service": "{value} n'est pas un service des recueils de règles fournis ({expected}). Fournissez-en"
    " d'autres par rulebooks=(…,)",
    "codec.unknown_rule": "{value} n'est pas une règle des recueils fournis ({expected}). Fournissez-en d'autres par"
    " rulebooks=(…,)",
    "codec.contradiction": "il faudrait {expected:contradiction}",
    "codec.not_allowed": "ce champ ne peut pas avoir cette valeur ({reason}) : ce n'est pas celle avec laquelle il a"
    " été écrit",
    # --- Values ---
    "stored.malformed": "ce n'est pas la forme enregistrée de {kind}",
    **_value(
        "siren",
        "Saisissez les neuf chiffres du numéro SIREN, par exemple 552 008 443",
        malformed="« {value} » contient autre chose que des chiffres de 0 à 9",
        mistyped="« {value} » contient la lettre O, I ou l à la place du chiffre 0 ou 1. Vérifiez le numéro",
        siret="« {value} » est un numéro SIRET. Ses neuf premiers chiffres, {siren:siren}, sont le numéro SIREN",
        vat_number="« {value} » est un numéro de TVA. Ses neuf derniers chiffres, {siren:siren}, sont le numéro SIREN",
        monaco="« {value} » est un numéro de TVA monégasque, qui ne contient pas de numéro SIREN",
        length="« {value} » compte {length} {length:chiffre|chiffres} au lieu de neuf. Vérifiez le numéro",
        zeros="« {value} » ne contient que des zéros, et n'est le numéro de personne. Vérifiez le numéro",
        check_digit="la clé de contrôle de « {value} » est fausse. Vérifiez le numéro",
    ),
    **_value(
        "file_number",
        "Saisissez de 1 à 32 lettres (A à Z) et chiffres",
        malformed="« {value} » contient un caractère non admis",
    ),
    **_value(
        "organisation",
        "Saisissez un numéro SIREN ou un identifiant de dossier",
        account="la saisie ressemble à un compte bancaire, qui va ailleurs",
    ),
    **_value(
        "email",
        "Saisissez une adresse telle que contact@example.fr",
        no_at_sign="le signe @ manque",
        at_signs="il y a plusieurs signes @",
        no_local_part="rien ne précède le signe @",
        no_domain="rien ne suit le signe @",
        local_part="ce qui précède le signe @ contient un caractère ou un point mal placé",
        domain="ce qui suit le signe @ n'est pas un nom de domaine",
        no_period="il manque un point après le signe @",
        reserved="ce nom de domaine est réservé, et ne reçoit aucun courriel",
    ),
    **_line(
        "name",
        "Saisissez de 1 à 100 caractères, dont une lettre au moins",
        no_letter="« {value} » n'a pas de lettre",
    ),
    **_value(
        "phone",
        "Saisissez un numéro du pays, par exemple 01 23 45 67 89, ou un numéro international, par exemple"
        " +33 1 23 45 67 89",
        malformed="la saisie, « {value} » (A pour une lettre, 9 pour un chiffre, # pour tout autre caractère), n'est"
        " pas un numéro",
        unknown="« {value} » ({length} {length:chiffre|chiffres}) n'est pas attribué dans ce pays ({country})",
        extension="« {value} » comporte un numéro de poste",
    ),
    **_line("street", "Saisissez de 1 à 200 caractères"),
    **_line("city", "Saisissez de 1 à 200 caractères"),
    **_line(
        "postal_code",
        "Saisissez cinq chiffres en France, par exemple 75019, et de 1 à 16 caractères ailleurs",
        malformed="« {value} » n'a pas cinq chiffres",
    ),
    **_value(
        "country",
        "Saisissez les deux lettres de son code ISO 3166-1, par exemple FR",
        unknown="« {value} » est inconnu",
    ),
    **_value(
        "iban",
        "Saisissez celui d'un pays de la zone SEPA, par exemple FR76 3000 6000 0112 3456 7890 189",
        malformed="la saisie, « {value} » (A pour une lettre, 9 pour un chiffre, # pour tout autre caractère ; {length}"
        " {length:caractère|caractères}), n'a pas deux lettres, deux chiffres, puis de 11 à 30 lettres et chiffres",
        not_sepa="« {value} » est d'un pays ({country}) hors de la zone SEPA",
        length="« {value} » compte {length} caractères, et n'a pas la longueur d'un IBAN de ce pays ({country})."
        " Vérifiez le numéro",
        structure="« {value} » n'a pas la structure d'un IBAN de ce pays ({country}). Vérifiez le numéro",
        check_digits="la clé de contrôle de « {value} » est fausse. Vérifiez le numéro",
        national_check_digits="la clé nationale de « {value} » est fausse (en France, la clé RIB). Vérifiez le numéro",
    ),
    **_value(
        "bic",
        "Saisissez 8 ou 11 lettres et chiffres, par exemple AGRIFRPP",
        malformed="« {value} » a une autre longueur, un caractère non admis ou un pays inconnu",
    ),
    **_value(
        "creditor_identifier",
        "Saisissez un identifiant tel que FR72 ZZZ 123456",
        malformed="« {value} » n'a pas deux lettres, deux chiffres, puis de 4 à 31 lettres et chiffres",
        not_sepa="« {value} » est d'un pays ({country}) hors de la zone SEPA",
        length="« {value} » n'a pas la longueur d'un identifiant de ce pays ({country}), {expected:or} caractères",
        check_digits="la clé de contrôle de « {value} » est fausse. Vérifiez l'identifiant",
    ),
    **_value(
        "mandate_reference",
        "Saisissez de 1 à 35 caractères parmi les lettres (A à Z), les chiffres, les espaces et /-?:().,'+, sans barre"
        " oblique au début, à la fin ni redoublée",
        malformed="« {value} » contient un caractère non admis",
        has_account=_UNSEEN["has_account"],
        slash="« {value} » a une barre oblique mal placée",
    ),
    **_value(
        "activation_code",
        "Saisissez de 1 à 64 lettres (A à Z) et chiffres, en groupes ou non",
        malformed="la saisie ({length} {length:caractère|caractères}) contient un caractère non admis",
    ),
    "activation_code.too_weak": "un code de {bits} bits a été tiré, que l'on pourrait deviner. Il en faut {least} au"
    " moins, par exemple 8 lettres et chiffres",
    **_value(
        "link_token",
        "Saisissez de 1 à 256 lettres (A à Z), chiffres, tirets et tirets bas",
        malformed="la saisie ({length} {length:caractère|caractères}) contient un caractère non admis",
    ),
    "link_token.too_weak": "un lien de {bits} bits a été tiré, que l'on pourrait deviner. Il en faut {least} au moins,"
    " par exemple 8 lettres et chiffres",
    "secret.wrong_type": "la saisie confidentielle n'est pas du texte, mais {type:type}",
    **_value(
        "hash",
        "Elle compte de 1 à 1\N{NARROW NO-BREAK SPACE}000 caractères, tous imprimables",
        not_printable="un des caractères ne peut pas être imprimé",
    ),
    "digest.malformed": "l'empreinte n'est pas de 32 octets, mais {type:type}. Elle s'écrit en 64 chiffres"
    " hexadécimaux",
    "code.wrong_type": "ce n'est pas un code, ni un lien, mais {type:type}",
    **_value("salt", "Indiquez un texte propre au dossier"),
    # --- Words ---
    "words.malformed": "accolades mal placées dans les mots de {key}. Les faits s'écrivent {{nom}}, et une accolade"
    " elle-même en double",
    "words.unknown_placeholder": "les mots de {key} citent {value}. Les faits possibles sont {expected:and}",
    "link_address.malformed": "l'adresse du lien ne dit pas où va le jeton. Indiquez {expected} dans l'adresse",
    # --- Forms ---
    "form.invalid": "{form:form.name}, {count} {count:problème|problèmes} :\n{problems:lines}",
    "form.refused": "{form:form.name}, {count} {count:problème|problèmes} :\n{problems:lines}",
    "field.missing": "champ non rempli",
    "field.unknown": "ce champ est inconnu. Les champs possibles sont {expected:label and}",
    "fields.wrong_type": "ce ne sont pas les champs d'un formulaire, mais {type:type}",
    "problems.too_many": "les erreurs sont plus nombreuses que celles qui sont énumérées ({most} au plus)",
    "list.wrong_type": "ce n'est pas une liste, mais {type:type}",
    "services.too_many": "trop de services, {most} au plus",
    "services.missing": "aucun service n'est choisi. Choisissez un service au moins",
    "services.not_allowed": "{services:service and} {services:ne peut|ne peuvent} pas être {services:demandé|demandés}"
    " avec un identifiant de dossier. Indiquez le numéro SIREN",
    "company_email.missing": "champ non rempli, alors que {services:service and} {services:exige|exigent} l'adresse"
    " électronique de l'entreprise",
    "bank_accounts.too_many": "trop de comptes bancaires, {most} au plus",
    "bank_accounts.missing": "champ non rempli, alors que {services:service and} {services:exige|exigent} les"
    " coordonnées bancaires de l'entreprise, par exemple un IBAN",
    "bank_account.missing_iban": "il manque l'IBAN. Indiquez un IBAN, et au besoin un BIC",
    "bank_account.unknown_field": "seuls sont admis un IBAN et, au besoin, un BIC",
    **_value(
        "password",
        "Saisissez de 1 à 1\N{NARROW NO-BREAK SPACE}000 caractères, qui ne soient pas tous des espaces",
    ),
    **_line("security_question", "Saisissez de 1 à 200 caractères"),
    **_value(
        "security_answer",
        "Saisissez de 1 à 1\N{NARROW NO-BREAK SPACE}000 caractères, qui ne soient pas tous des espaces",
    ),
    "contact.wrong_type": "c'est {type:type}, alors qu'il faut un ensemble de champs",
    "applicant.unknown": "{value} n'est pas une qualité connue. Les qualités possibles sont {expected:capacity and}",
    **_line("company_name", "Saisissez de 1 à 200 caractères"),
    **_line("company_address", "Saisissez de 1 à 200 caractères, sur une ligne"),
    **_line("account_holder", "Saisissez de 1 à 200 caractères, sur une ligne"),
    **_line("remark", "Saisissez de 1 à 200 caractères, sur une ligne"),
    **_line("creditor_name", "Saisissez de 1 à 200 caractères, sur une ligne"),
    **_line("managing_office", "Saisissez de 1 à 200 caractères, sur une ligne"),
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
    "thing.answer": "un oui ou un non",
    "thing.portfolio": "un portefeuille",
    "thing.kind": "un type de valeur",
    "kind.ActivationCodeEmail": "courriel du code d'activation",
    "kind.ActivationCodeLetter": "courrier du code d'activation",
    "kind.ConfirmationLinkEmail": "courriel du lien de validation",
    "kind.ReminderEmail": "rappel",
    "kind.LapseNotice": "avis de caducité",
    "person.representative": "le représentant légal",
    "person.third_party": "un tiers",
    "capacity.representative": "représentant légal",
    "capacity.third_party": "tiers",
    "signer.representative": "dont le nom n'est pas indiqué",
    "contradiction.opening_version": "1 pour l'événement qui ouvre un dossier",
    "contradiction.after_its_origin": "un instant qui ne précède pas celui de l'origine",
    "contradiction.after_it_happened": "un instant qui ne précède pas celui du fait",
    "contradiction.due_while_running": "un instant tant qu'un délai court, sinon rien",
    "contradiction.due_by_the_time_limit": "un rappel du délai, ou le premier instant après son échéance",
    "contradiction.activation_once_validated": "une activation dès que la demande est validée, sinon rien",
    "contradiction.deadline_with_a_token": "un délai s'il y a un lien de validation, sinon rien",
    "contradiction.idle_once_registered": "rien tant que le mandat n'est pas enregistré",
    "contradiction.idle_by_the_rulebook": "rien, car le recueil de règles ne fixe pas ce délai",
    "contradiction.named_before_the_signature": "rien une fois le mandat signé, et avant, le représentant en dernier",
    # Ce qui précède un fait : ce que le dossier a connu, ou ce qui l'a amené à cet état.
    "follows.the_opening": "l'ouverture du dossier",
    "follows.the_closing": "la clôture du dossier",
    "follows.the_request": "la demande",
    "follows.the_letter": "l'édition du courrier",
    "follows.the_registration": "l'enregistrement du mandat",
    "follows.what_is_withdrawn": "le signalement de ce qui est retiré",
    "follows.space.pending": "l'envoi du formulaire de l'espace",
    "follows.space.active": "l'activation de l'espace",
    "follows.space.lapsed": "l'envoi du formulaire de l'espace",
    "follows.adhesion.awaiting_email": "la demande",
    "follows.adhesion.lapsed": "la demande",
    "follows.activation.awaiting_code": "la validation de la demande",
    "follows.activation.active": "l'activation des services",
    "follows.activation.lapsed": "la validation de la demande",
    "follows.mandate.issued": "l'édition du mandat",
    "follows.mandate.signed": "la signature du mandat",
    "follows.mandate.sent": "la transmission du mandat",
    "follows.mandate.registered": "l'enregistrement du mandat",
    "follows.mandate.lapsed": "l'enregistrement du mandat",
    "unknown.account": "concerné",
    "unknown.mandate": "sans référence connue",
    "unknown.holder": "un autre dossier en cours",
    "unknown.list": "aucun",
    "opened.conflict.version": "ce dossier est déjà enregistré ({case_id}), et rien ne l'est deux fois. Continuez avec"
    " celui-là",
    "same.letter.not_allowed": "un courrier ne peut pas être daté du {value:day}. Vérifiez sa date « édité le », qui"
    " ne peut être que le {first:day}",
    "type.bool": "oui ou non",
    "type.bytes": "des octets",
    "type.date": "une date",
    "type.datetime": "une date avec son heure",
    "type.dict": "un ensemble de champs",
    "type.float": "un nombre décimal",
    "type.int": "un nombre entier",
    "type.list": "une liste",
    "type.null": "rien",
    "type.object": "un ensemble de champs",
    "type.NoneType": "rien",
    "type.array": "une liste",
    "type.str": "du texte",
    "type.tuple": "une liste",
    "value.siren": "numéro SIREN",
    "value.file_number": "identifiant de dossier",
    "value.organisation": "numéro d'entreprise",
    "value.email": "adresse électronique",
    "value.name": "nom",
    "value.phone": "numéro de téléphone",
    "value.street": "voie",
    "value.city": "ville",
    "value.postal_code": "code postal",
    "value.country": "pays",
    "value.iban": "IBAN",
    "value.bic": "BIC",
    "value.creditor_identifier": "identifiant créancier SEPA (ICS)",
    "value.mandate_reference": "référence unique de mandat (RUM)",
    "value.activation_code": "code d'activation",
    "value.link_token": "lien de validation",
    "value.hash": "empreinte",
    "value.salt": "sel",
    "value.password": "mot de passe",
    "value.security_question": "question de confiance",
    "value.security_answer": "réponse à la question de confiance",
    "value.company_name": "nom de l'entreprise",
    "value.company_address": "adresse de l'entreprise",
    "value.account_holder": "titulaire du compte",
    "value.creditor_name": "nom du créancier",
    "value.managing_office": "service gestionnaire",
    "value.bank_account": "compte bancaire",
    "value.contact": "coordonnées",
    "value.remark": "motif ou source",
    # --- Who does what ---
    "actor.user": "demandeur",
    "actor.company": "entreprise",
    "actor.legal_representative": "représentant légal",
    "actor.bank": "établissement bancaire",
    "actor.named": "{actor} ({name})",
    "action.enter_emailed_code": "saisir, par « Activez votre espace », le code d'activation reçu par courriel",
    "action.submit_space_again": "reprendre toute la procédure, en remplissant de nouveau le formulaire de l'espace",
    "action.request_services": "demander, par « Mes services » puis « J'adhère », l'adhésion à tous les services"
    " utiles en une seule fois",
    "action.know_repeated": "noter qu'une autre demande porte déjà sur {services:service and}",
    "action.use_link": "utiliser le lien de validation reçu par courriel à l'adresse électronique de l'entreprise",
    "action.watch_letter": "vérifier que le courrier est arrivé à l'entreprise, et signaler sa date (« édité le »)",
    "action.chase_letter": "demander à l'entreprise si le courrier, qui aurait dû arriver, est là (si oui, signaler"
    " sa date « édité le » ; sinon, renouveler la demande)",
    "action.ask_for_code": "demander à l'entreprise le code d'activation du courrier",
    "action.pass_code_on": "communiquer le code d'activation du courrier au tiers qui a demandé les services",
    "action.enter_letter_code": "saisir le code d'activation du courrier dans l'espace d'où vient la demande",
    "action.renew_adhesion": "renouveler, par « Mes services » puis « J'adhère », la demande d'adhésion",
    "action.declare_account": "déclarer le compte {account} dans « Gérer les comptes bancaires »",
    "action.issue_mandate": "éditer, dans « Gérer les comptes bancaires », le mandat du compte {account}, et"
    " l'imprimer",
    "action.sign_mandate": "signer le mandat imprimé du compte {account}",
    "action.send_mandate": "transmettre le mandat signé à l'établissement bancaire teneur du compte {account}",
    "action.register_mandate": "enregistrer le mandat du compte {account}",
    "action.check_mandate": "vérifier que la banque a enregistré le mandat du compte {account}",
    "action.pay": "payer depuis le compte {account}",
    "action.use_mandate": "payer par prélèvement avec le mandat du compte {account}, faute de quoi il sera caduc",
    "action.issue_mandate_again": "éditer, dans « Gérer les comptes bancaires », un nouveau mandat pour le compte"
    " {account}, à faire signer et enregistrer"
    " (d'ici l'enregistrement, tout paiement qui exige un mandat sera rejeté)",
    # --- What the representative does himself, for services that he asked for ---
    "representative.enter_letter_code": "saisir, dans l'espace d'où vient la demande, le code d'activation du courrier"
    " que reçoit son entreprise",
    # --- The same, in the words of who reads it ---
    "reader.firm.user": "vous",
    "reader.firm.company": "l'entreprise",
    "reader.firm.legal_representative": "le représentant légal de l'entreprise",
    "reader.firm.bank": "la banque",
    "reader.client.user": "le cabinet",
    "reader.client.company": "vous",
    "reader.client.legal_representative": "votre représentant légal",
    "reader.client.bank": "votre banque",
    "reader.bank.user": "le demandeur",
    "reader.bank.company": "votre client",
    "reader.bank.legal_representative": "le représentant légal de votre client",
    "reader.bank.bank": "vous",
    "reader.firm.use_link": "utiliser le lien de validation qu'elle a reçu par courriel",
    "reader.firm.pass_code_on": "vous communiquer le code d'activation du courrier",
    "reader.client.use_link": "utiliser le lien de validation que vous avez reçu par courriel",
    "reader.client.watch_letter": "vérifier avec vous que le courrier est arrivé, et noter sa date (« édité le »)",
    "reader.client.chase_letter": "vous demander si le courrier, qui aurait dû arriver, est là (sinon, renouveler la"
    " demande)",
    "reader.client.ask_for_code": "vous demander le code d'activation du courrier",
    "reader.client.pass_code_on": "communiquer au cabinet le code d'activation du courrier",
    "reader.client.send_mandate": "transmettre le mandat signé à votre banque, pour le compte {account}",
    "reader.bank.send_mandate": "vous transmettre le mandat signé du compte {account}",
    "reader.bank.check_mandate": "vérifier auprès de vous que le mandat du compte {account} est enregistré",
    # --- Sentences made of others ---
    "doubt.code": "le code a pu expirer",
    "doubt.link": "le lien a pu expirer",
    "doubt.mandate": "le mandat a pu devenir caduc",
    "bare.use_mandate": "payer par prélèvement avec le mandat du compte {account}",
    "otherwise.use_mandate": ", faute de quoi il sera caduc",
    "step": "{actor} : {action}{about}{cited}",
    "step.by": "{actor} : {action}{about}, au plus tard le {by:end paris}{otherwise}{cited}",
    "step.estimated": "{actor} : {action}{about}, au plus tard le {by:end paris}, date estimée{otherwise}{cited}",
    "step.unseen": "{actor} : {action}{about}, au plus tard le {by:end paris}, date estimée, car la date du courrier"
    " n'est pas encore connue{cited}",
    "step.overdue": "{actor} : sans attendre, {action}{about} ; le code, lui, n'est sûr que jusqu'au {by:end}, date"
    " estimée{cited}",
    "step.unsafe": "{actor} : sans attendre, {action}{about} ({doubt} après le {since:end}) ; au plus tard le {by:end"
    " paris}{otherwise}{cited}",
    "step.planned": "{day}, {actor} : {action}{about}{cited}",
    "step.assumed": "{day} (date prévisionnelle), {actor} : {action}{about}{cited}",
    "step.rule": " (règle {rule})",
    "step.about": ", pour {company}",
    "step.about_space": ", pour l'espace professionnel (entreprise de l'utilisateur : {number})",
    "step.of_services": ", pour {services:service and}",
    "step.about_services": ", pour {company}, {services:service and}",
    "refusal.cited": "{refusal} (règle {rule} : {title})",
    "form.cited": "{refusal}\nRègle {rule} : {title}",
    "problem": "{path} : {problem}",
    "refusal.remedy": "{refusal}\nÀ faire, dans l'ordre :\n{steps:lines}",
    # --- Rules, with the time limits of their rulebook ---
    "rule.0.1": "le mode expert s'adresse à ceux qui agissent pour plusieurs personnes morales, ou pour celles qu'ils"
    " représentent",
    "rule.0.2": "les services ne sont accessibles qu'une fois les trois étapes franchies, dans l'ordre",
    "rule.0.3": "les fiches EP2 (espace), SL2 (adhésion) et SL6 (comptes bancaires, mandat) expliquent les étapes",
    "rule.1.1": "l'espace se crée avec une adresse électronique",
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
    "rule.1.11": "toute la procédure est à reprendre si l'espace n'est pas activé sous {space_activation}",
    "rule.1.12": "l'espace vient avant toute demande d'adhésion",
    "rule.2.1": "la demande d'adhésion se fait depuis un espace auquel l'utilisateur est connecté",
    "rule.2.2": "la demande indique le numéro SIREN de l'entreprise concernée",
    "rule.2.3": "un identifiant de dossier ne remplace le numéro SIREN que pour consulter les avis de taxes foncières",
    "rule.2.4": "la demande porte sur un service au moins",
    "rule.2.5": "une demande validée en ligne donne lieu à un courrier qui contient un code d'activation, envoyé par"
    " voie postale",
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
    "rule.A1": "un espace est à activer dès sa demande, et activé dès la saisie de son code",
    "rule.A2": "les heures courent depuis l'envoi, en temps écoulé, dernier instant compris",
    "rule.A3": "les jours se comptent à partir de la date du courrier, jusqu'à la fin du dernier, à Paris ; par"
    " prudence, la date affichée est la veille du dernier jour",
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
    " signalés",
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
    # --- Lifecycles, their states, what a case is in each, their verbs ---
    "lifecycle.space": "espace professionnel",
    "lifecycle.adhesion": "demande d'adhésion",
    "lifecycle.activation": "activation des services",
    "lifecycle.mandate": "mandat",
    "state.space.pending": "à activer",
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
    "stage.space.pending": "espace professionnel à activer",
    "stage.space.active": "espace professionnel activé",
    "stage.space.lapsed": "espace professionnel caduc",
    "stage.space.presumed": "espace professionnel présumé caduc",
    "stage.adhesion.awaiting_email": "demande d'adhésion en attente de validation de l'adresse électronique",
    "stage.adhesion.validated": "demande d'adhésion validée",
    "stage.adhesion.lapsed": "demande d'adhésion caduque",
    "stage.adhesion.presumed": "demande d'adhésion présumée caduque",
    "stage.activation.awaiting_code": "demande d'adhésion en attente du code du courrier",
    "stage.activation.active": "services activés",
    "stage.activation.lapsed": "demande d'adhésion caduque",
    "stage.activation.presumed": "demande d'adhésion présumée caduque",
    "stage.mandate.issued": "mandat édité",
    "stage.mandate.signed": "mandat signé",
    "stage.mandate.sent": "mandat transmis à la banque",
    "stage.mandate.registered": "mandat enregistré",
    "stage.mandate.lapsed": "mandat caduc",
    "stage.mandate.presumed": "mandat présumé caduc",
    "status.closed": "{status}, suivi clos le {day} ({reason:reason})",
    "standing.held": "activé",
    "standing.awaited": "demandé, pas encore activé",
    "standing.lapsed": "demande caduque",
    "standing.never": "jamais demandé",
    "ended.active": "l'activation est déjà faite",
    "ended.lapsed": "le délai est passé : la démarche est à reprendre",
    "verb.activate": "activer les services",
    "verb.space.activate": "activer l'espace",
    "verb.validate": "valider la demande",
    "verb.confirm_company_email": "valider l'adresse électronique de l'entreprise",
    "verb.declare_account": "déclarer un compte",
    "verb.renew": "renouveler la demande",
    "verb.record_letter": "signaler la date du courrier (« édité le »)",
    "verb.name_representative": "indiquer le nom du représentant légal",
    "verb.sign": "signaler la signature du mandat",
    "verb.send": "signaler la transmission du mandat à la banque",
    "verb.register": "signaler l'enregistrement du mandat par la banque",
    "verb.record_collection": "signaler un prélèvement",
    "verb.remind": "envoyer un rappel",
    "verb.lapse": "constater la caducité",
    "verb.close": "clore le dossier",
    "verb.reopen": "rouvrir le dossier",
    "verb.change_rulebook": "appliquer au dossier un autre recueil de règles",
    "verb.withdraw": "retirer un fait",
    "verb.create": "envoyer le formulaire de création d'un espace",
    "verb.request": "demander des services",
    "verb.issue": "éditer un mandat",
    "verb.space.take_over": "reprendre un espace",
    "verb.adhesion.take_over": "reprendre des services",
    "verb.mandate.take_over": "reprendre un mandat",
    "verb.pay": "payer un impôt",
    # --- Pourquoi une démarche est possible ou non, et un historique réexaminé ---
    "question.told_in_order": "signalé après le dernier signalement",
    "question.is_not_to_come": "signalé une fois survenu",
    "question.is_of_the_company": "la demande concerne la même entreprise",
    "question.form_is_complete": "le formulaire de la demande est complet",
    "question.follows_its_fact": "survenu après le fait qui précède",
    "question.is_followed": "le dossier est suivi",
    "question.is_closed": "le dossier est clos",
    "question.is_another_rulebook": "c'est un autre recueil, qui a ce qu'il faut au dossier",
    "question.is_in_the_table": "l'état le permet",
    "question.is_well_formed": "les données fournies sont correctes",
    "question.in_time": "le délai court encore",
    "question.time_is_up": "le délai est passé",
    "question.reminder_is_due": "un rappel est à faire",
    "question.held_elsewhere": "le site ou la banque détient ce qui est attendu",
    "question.opens_the_space": "le code est celui du courriel",
    "question.without_messaging": "il n'y a pas d'adresse électronique à valider",
    "question.token_opens": "le jeton est celui du lien",
    "question.letter_can_bear": "le courrier peut porter cette date",
    "question.from_the_space_that_asked": "la demande vient de cet espace",
    "question.entered_elsewhere": "le code a été saisi sur le site",
    "question.pays": "un service de la demande permet de payer",
    "question.account_is_new": "le compte n'a pas encore été déclaré",
    "question.letter_counts": "la date du courrier compte encore",
    "question.code_still_works": "le code fonctionne encore",
    "question.opens_the_services": "le code est celui du courrier",
    "question.letter_runs_again": "le délai court de nouveau depuis cette date",
    "question.signed_by_the_representative": "le représentant légal signe",
    "question.can_lapse": "un délai est prévu pour les mandats inutilisés",
    "question.used_in_time": "le mandat a été utilisé à temps",
    "question.space_is_active": "l'espace est activé",
    "question.services_are_known": "les services figurent au catalogue",
    "question.renews_another": "la demande n'en renouvelle aucune, ou en renouvelle une autre",
    "question.request_is_live": "la demande n'est pas caduque",
    "question.needs_a_mandate": "un service de la demande exige un mandat",
    "question.account_is_declared": "le compte est déclaré",
    "question.has_no_other_mandate": "le compte n'a pas d'autre mandat",
    "question.services_are_chosen": "un service au moins est choisi",
    "question.file_number_opens_them": "l'identifiant de dossier, s'il y en a un, donne accès à ces services",
    "question.days_are_possible": "les dates sont possibles",
    "question.held_or_awaited": "les services sont soit activés, soit attendus",
    "question.service_pays": "le service permet de payer",
    "question.service_is_held": "le service est activé",
    "question.mandate_is_registered": "le mandat est enregistré, s'il en faut un",
    "question.is_no_opening": "le fait n'ouvre pas le dossier",
    "question.somebody_told_it": "le fait a été signalé par quelqu'un",
    "question.is_no_withdrawal": "le fait n'est pas un retrait",
    "question.stands": "le fait n'a pas été retiré",
    "question.nothing_relies_on_it": "aucun fait suivant n'en dépend",
    "looked.recorded_at": "dernier signalement",
    "looked.since": "depuis",
    "looked.state": "état",
    "looked.closes": "dernier instant utile",
    "looked.due_at": "prochain rappel",
    "looked.held_elsewhere": "détenu ailleurs",
    "looked.services": "services",
    "looked.space_id": "espace",
    "looked.estimated": "estimé",
    "looked.legal_representative": "représentant légal",
    "looked.nothing": "aucun",
    "looked.happened": "survenu",
    "looked.told": "signalé",
    "looked.fact_told": "signalement du fait",
    "looked.closed": "clos",
    "looked.follows": "fait qui précède",
    "looked.given_space": "espace indiqué",
    "looked.edited": "édité",
    "looked.earliest": "au plus tôt",
    "looked.signatory": "signataire",
    "looked.new_rulebook": "nouveau recueil",
    "looked.asks_for": "entreprise du formulaire",
    "looked.requested": "demandé",
    "looked.letter": "date du courrier",
    "looked.seen": "constaté le",
    "looked.registered": "enregistré",
    "looked.last_collected": "dernier prélèvement",
    "looked.under_way": "en cours",
    "looked.account": "compte",
    "looked.accounts": "comptes déclarés",
    "looked.organisation": "entreprise",
    "looked.renews": "demande renouvelée",
    "looked.rulebook": "recueil de règles",
    "looked.service": "service",
    "looked.pays": "permet de payer",
    "looked.needs_mandate": "exige un mandat",
    "looked.pay_day": "paiement prévu",
    "looked.event": "fait",
    "looked.version": "numéro",
    "looked.withdrawn_by": "numéro du retrait",
    "looked.later": "faits suivants, par numéro",
    "looked.said": "{name} {value}",
    "looked.services.said": "{name} {value:service}",
    "looked.service.said": "{name} {value:service}",
    "looked.organisation.said": "{name} {value:siren}",
    "looked.asks_for.said": "{name} {value:siren}",
    "looked.space_id.said": "{name} « {value} »",
    "looked.given_space.said": "{name} « {value} »",
    "looked.renews.said": "{name} « {value} »",
    "answer.yes": "oui",
    "answer.no": "non",
    "answer.not_asked": "non examiné",
    "asked.question": "{question} : {answer} ({rules:règle|règles} {rules})",
    "asked.bare": "{question} : {answer}",
    "asked.looked_at": "{asked} ; {facts}",
    "explained.possible": "{verb} : possible",
    "explained.refused": "{verb} : refusé, {refusal}",
    "judged.refused": "fait n° {version} du dossier {case_id} ({event:occurrence}) : {refusal}",
    "judged.differs": "fait n° {version} du dossier {case_id} ({event:occurrence}) : les règles d'aujourd'hui en font"
    " autre chose ({differs:differs and})",
    "differs..kind": "la nature du fait",
    "differs..deadline": "l'échéance",
    "differs..edited": "la date du courrier",
    "differs..day": "le jour du fait",
    "reality.letter_late": "courriers plus tardifs qu'annoncé : {found} sur {looked_at} (règle {rule})",
    "reality.code_after_its_end": "codes acceptés après l'échéance calculée ici : {found} sur {looked_at} (règle"
    " {rule})",
    "reality.lapse_that_was_none": "caducités présumées qui n'en étaient pas : {found} sur {looked_at} (règle {rule})",
    # --- Stories of what another rulebook changes ---
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
    "label.seen": "vu le",
    "label.requested": "demandé le",
    "label.letter": "courrier édité le",
    "label.registered": "mandat enregistré le",
    "label.last_collected": "dernier prélèvement le",
    "label.company_name": "nom de l'entreprise",
    "label.company_address": "adresse de l'entreprise",
    "label.whole": "ensemble du formulaire",
    "label.item": "n° {place}",
    # --- Whom and what messages are about ---
    "company.named": "{name} ({number})",
    "company.unknown": "l'entreprise concernée",
    "company.services": "les services de la demande",
    "company.unnamed": "l'entreprise ({number})",
    "company.own": "l'entreprise à laquelle vous appartenez ({number})",
    "number.siren": "SIREN {number}",
    "number.file_number": "identifiant de dossier {number}",
    "requester.unknown": "Le demandeur",
    "requester.named": "{name} ({email})",
    "requester.email": "{email}",
    "finding.taken_over": "{company} : {services:service and} {services:figure|figurent} sur le site sans"
    " être {services:suivi|suivis} ici ; à reprendre",
    "finding.mandate_taken_over": "{company} : le mandat du compte {account} n'est pas suivi ici ; à reprendre",
    "finding.activated": "{company} : {services:service and} {services:figure|figurent} sur le site, et le"
    " code a donc été saisi ; à signaler",
    "finding.not_lapsed": "{company} : {services:service and}, {services:présumé caduc|présumés caducs},"
    " {services:figure|figurent} sur le site ; à signaler",
    "finding.no_longer_shown": "{company} : {services:service and}, {services:activé|activés} ici, ne"
    " {services:figure|figurent} plus sur le site ; le client est-il parti, ou un autre titulaire a-t-il pris le"
    " relais ?",
    "finding.not_a_client": "{company} : {services:service and} {services:figure|figurent} sur le site, et"
    " l'entreprise ne fait pas partie de vos clients ; de qui est-elle cliente ?",
    "finding.closed": "{company} : {services:service and} {services:figure|figurent} sur le site, alors que le"
    " dossier est clos ; à rouvrir ?",
    "finding.unexplained": "{company} : {services:service and} {services:figure|figurent} sur le site, ce"
    " que rien n'explique ici ; quel jour le code a-t-il été saisi ?",
    "finding.mandate_used": "{company} : le mandat du compte {account} a servi après la dernière date"
    " connue ici ; à signaler",
    "finding.account_told": "{company} : le compte {account} n'a pas été déclaré ici ; à signaler",
    "finding.account_unexplained": "{company} : le compte {account} figure sur le site, et aucune demande"
    " suivie ici ne peut le déclarer ; quel service sert-il à payer ?",
    "finding.mandate_closed": "{company} : le mandat du compte {account} figure dans la liste, alors que son"
    " dossier est clos ; à rouvrir ?",
    "finding.mandate_unexplained": "{company} : ce que la liste dit du mandat du compte {account} ne s'accorde pas"
    " avec ce qui est connu ici ; de quand date le dernier prélèvement ?",
    "finding.unreadable": "la ligne {row} ne se lit pas : {problems:apart}",
    "refused.unexplained": "{company} : {services:service and} {services:figure|figurent} sur le site, ce"
    " qui ne peut pas être enregistré ; {problems:apart}",
    "refused.mandate_unexplained": "{company} : ce que la liste dit du mandat du compte {account} ne peut pas être"
    " enregistré ; {problems:apart}",
    "reason.client_left": "le client est parti",
    "reason.company_gone": "l'entreprise n'existe plus",
    "reason.another_holder": "un autre titulaire a pris le relais",
    "reason.repeated": "demande faite deux fois",
    "reason.mistake": "dossier ouvert par erreur",
    "reason.other": "autre motif",
    "applicant.representative": "en qualité de représentant légal de l'entreprise",
    "applicant.third_party": "en qualité de tiers agissant pour le compte de l'entreprise",
    "applicant.unsaid": "dont la qualité n'est pas connue",
    "about.space": "Espace professionnel en mode expert ; entreprise à laquelle vous appartenez : {company}.",
    "about.adhesion": "Demande d'adhésion faite pour {company} :\n\n{services:lines}",
    "about.mandate": "Mandat de prélèvement SEPA interentreprises (B2B), pour {company}.",
    "about.mandate_of_account": "Mandat de prélèvement SEPA interentreprises (B2B) du compte {account}, pour"
    " {company}.",
    "about.other": "Dossier suivi pour {company}.",
    "reminder.by": "Rappel : {action}, au plus tard le {by:end paris}{otherwise}",
    "reminder.estimated": "Rappel : {action}, au plus tard le {by:end paris}, date estimée{otherwise}",
    "reminder.overdue": "Rappel : sans attendre, {action} ; le code, lui, n'est sûr que jusqu'au {by:end}, date"
    " estimée",
    "reminder.unsafe": "Sans attendre : {doubt}, dernier délai le {by:end paris} ; {action}{otherwise}",
    "reminder.for_another.by": "Rappel : {actor} doit {action}, au plus tard le {by:end paris}{otherwise}",
    "reminder.for_another.estimated": "Rappel : {actor} doit {action}, au plus tard le {by:end paris}, date"
    " estimée{otherwise}",
    "reminder.for_another.unsafe": "Sans attendre : {doubt}, dernier délai le {by:end paris} ; {actor} doit"
    " {action}{otherwise}",
    "reminder.other": "Rappel, au plus tard le {by:end paris}",
    "message.sent_to": "Le lien a été envoyé à l'adresse {to}.",
    "message.mark": ", date estimée",
    "message.todo": "À faire :\n\n{steps:lines}",
    "message.estimated": "Cette date est estimée, car la date du courrier (« édité le ») n'est pas encore connue. Dès"
    " que vous l'aurez lue, signalez-la dans votre logiciel : l'échéance sera fixée.",
    "message.reference": "Référence : {case_id}",
    # --- Messages ---
    "message.activation-code-email.subject": "Activez votre espace professionnel : votre code d'activation",
    "message.activation-code-email.body": "Bonjour,\n\n"
    "Vous avez demandé un espace professionnel en mode expert.\n\n"
    "Entreprise à laquelle vous appartenez : {company-number}.\n\n"
    "Votre code d'activation :\n\n"
    "    {code}\n\n"
    "Sur le site, choisissez « Activez votre espace » et saisissez ce code au plus tard le {due-date:end paris}. Passé"
    " ce délai, il sera inopérant, et toute la procédure sera à reprendre.\n\n"
    "Si vous n'avez rien demandé, ne tenez pas compte de ce courriel.\n",
    "message.confirmation-link-email.subject": "Adresse électronique à valider pour {company-in-words}",
    "message.confirmation-link-email.body": "Bonjour,\n\n"
    "{requester-in-words}, {applicant-in-words}, a demandé l'adhésion {services-in-words:au service en ligne"
    " suivant|aux services en ligne suivants}, pour {company-in-words} :\n\n"
    "{services-in-words:lines}\n\n"
    "Pour valider l'adresse électronique de l'entreprise, utilisez ce lien au plus tard le {due-date:end paris} :\n\n"
    "    {confirmation-link}\n\n"
    "Le courrier qui contient le code d'activation ne sera envoyé à l'entreprise qu'une fois le lien utilisé. Si le"
    " lien n'est pas utilisé à temps, la demande sera caduque et devra être renouvelée, pour tous les services.\n\n"
    "Si vous ne connaissez pas le demandeur, n'utilisez pas ce lien.\n",
    "message.activation-code-letter.subject": "Code d'activation {services-in-words:du service en ligne demandé|des"
    " services en ligne demandés} pour {company-in-words}",
    "message.activation-code-letter.body": "{address-lines}\n\n"
    "Édité le {letter-date}\n\n"
    "Madame, Monsieur,\n\n"
    "{requester-in-words}, {applicant-in-words}, a demandé l'adhésion {services-in-words:au service en ligne"
    " suivant|aux services en ligne suivants}, pour {company-in-words} :\n\n"
    "{services-in-words:lines}\n\n"
    "Code d'activation :\n\n"
    "    {code}\n\n"
    "Ce code est à saisir au plus tard le {due-date:end}, par prudence la veille de son dernier jour.\n\n"
    "{code-advice}\n\n"
    "Si vous ne connaissez pas le demandeur, ne communiquez pas ce code.\n\n"
    "Faute d'activation à temps, la demande d'adhésion devra être renouvelée.\n",
    "message.activation-code-letter.third_party": "Communiquez ce code à {requester} : les services s'activent dans"
    " l'espace professionnel d'où vient la demande.",
    "message.activation-code-letter.representative": "Saisissez ce code dans l'espace professionnel d'où vient la"
    " demande. Demandeur : {requester}.",
    "message.activation-code-letter.unsaid": "Saisissez ce code dans l'espace professionnel d'où vient la demande.",
    "message.reminder-email.subject": "{reminder-in-words}, pour {company-in-words}",
    "message.reminder-email.body": "Bonjour,\n\n{about-case}\n\n{to-do}\n\n{link-address}\n\n{estimate-note}\n",
    "message.lapse-notice.subject": "{what-lapsed} pour {company-in-words}",
    "message.lapse-notice.body": "Bonjour,\n\n"
    "{about-case}\n\n"
    "Le délai, qui courait {due-date:until paris}, est passé{what-follows}.\n\n"
    "{presumption-note}\n\n"
    "{estimate-note}\n\n"
    "{to-do}\n",
    "lapsed.space": "Espace caduc",
    "lapsed.adhesion": "Demande d'adhésion caduque",
    "lapsed.mandate": "Mandat caduc",
    "lapsed.renewed": "{what}, déjà renouvelée le {day},",
    "lapsed.other": "Délai passé",
    "lapse.rule": " : {title}",
    "lapse.renewed": " ; la demande a déjà été renouvelée le {day}, et il n'y a rien à faire",
    "presumed.space": "Espace présumé caduc",
    "presumed.adhesion": "Demande d'adhésion présumée caduque",
    "presumed.mandate": "Mandat présumé caduc",
    "presumed.other": "Délai présumé passé",
    "if.1.11": "Cette caducité est présumée, car seul le site fait foi. Si le code a été saisi à temps, signalez-le"
    " dans votre logiciel : la situation sera corrigée.",
    "if.2.11": "Cette caducité est présumée, car seul le site fait foi. Si le lien a été utilisé à temps, signalez-le"
    " dans votre logiciel : la situation sera corrigée.",
    "if.3.4": "Cette caducité est présumée, car seul le site fait foi. Si le code a été saisi à temps, ou si la date"
    " du courrier est plus tardive, signalez-le dans votre logiciel : la situation sera corrigée.",
    "if.F1": "Cette caducité est présumée, car seule la banque connaît les prélèvements. S'il y en a eu un"
    " entre-temps, signalez-le dans votre logiciel : la situation sera corrigée.",
    "if.other": "Cette caducité est présumée. Si ce qui était à faire l'a été à temps, signalez-le dans votre logiciel"
    " : la situation sera corrigée.",
    "check.submit_space_again": "vérifier sur le site ; si l'espace n'y a pas été activé à temps, {action}",
    "check.renew_adhesion.2.11": "vérifier sur le site ; si le lien n'a pas été utilisé à temps, {action}",
    "check.renew_adhesion.3.4": "vérifier sur le site ; si le code n'y a pas été saisi à temps, {action}",
    "check.issue_mandate_again": "vérifier auprès de la banque ; s'il n'y a eu aucun prélèvement, {action}",
    "message.was_estimated": "La date du courrier (« édité le ») n'a pas été signalée : l'échéance n'était qu'estimée."
    " La signaler suffit à la fixer.",
    # --- A history in sentences: what happened, when, and when it was told ---
    "told.at_once": "le {at}, {what}",
    "told.late": "le {at}, {what} ; fait signalé le {told}",
    "told.letter": "le {told}, {what}",
    "told.lapse": "constaté le {at} : {what}",
    "told.missed": "constaté le {at} : le délai courait {closes:until}, et {what}",
    "note.renewal": " (renouvellement d'une demande antérieure)",
    "note.text": " ({value})",
    "note.signatory": " ({value})",
    "note.link": " ; le lien de validation, destiné à {to}, est à utiliser au plus tard le {due:end paris}",
    "note.since": " depuis le {value}",
    "note.requested": ", faite le {value}",
    "note.letter": ", dont le courrier a été édité le {value}",
    "note.limit": " d'ici le {value:end}",
    "withdrawn.number": "le fait n° {version} du dossier",
    "withdrawn.fact": "{event:occurrence} ({day:day})",
    "note.reference": " {value}",
    "note.registered": " le {value}",
    "note.collected": ", dont le dernier prélèvement date du {value}",
    "fact.space-requested": "{first_name} {last_name} a demandé un espace professionnel en mode expert (entreprise :"
    " {company-number}) ; le code d'activation, destiné à {email}, est à saisir au plus tard le {due-date:end paris}",
    "fact.space-activated": "le code reçu par courriel a été saisi : l'espace professionnel est activé",
    "fact.space-reminded": "un rappel a été préparé, car la saisie du code reçu par courriel n'avait pas été signalée",
    "fact.space-lapsed": "aucune saisie du code n'a été signalée à temps ; l'espace professionnel est tenu pour caduc",
    "fact.adhesion-requested": "{requester-in-words}, {applicant-in-words}, a demandé l'adhésion à {services:service"
    " and} pour {company-in-words}{renewal-note}{link-note}",
    "fact.adhesion-validated": "la demande a été validée en ligne ; le code du courrier est à saisir au plus tard le"
    " {due-date:end}{estimate-mark}",
    "fact.company-email-confirmed": "l'entreprise a utilisé le lien de validation ; le code du courrier est à saisir"
    " au plus tard le {due-date:end}{estimate-mark}",
    "fact.adhesion-reminded": "un rappel a été préparé, car l'utilisation du lien de validation n'avait pas été"
    " signalée",
    "fact.adhesion-lapsed": "aucune utilisation du lien de validation n'a été signalée à temps ; la demande est tenue"
    " pour caduque, pour tous ses services",
    "fact.letter-recorded": "le courrier, édité le {edited}, a été signalé ; son code est à saisir au plus tard le"
    " {due-date:end}",
    "fact.overdue-letter-recorded": "le courrier, édité le {edited}, a été signalé ; son code n'était plus valable, et"
    " la demande reste caduque",
    "fact.services-activated": "le code du courrier a été saisi : les services sont activés",
    "fact.account-declared": "le compte {account} a été déclaré",
    "fact.activation-reminded": "un rappel a été préparé, car la saisie du code du courrier n'avait pas été signalée",
    "fact.activation-reminded.unseen": "un rappel a été préparé, car la date du courrier n'avait pas été signalée",
    "fact.activation-lapsed": "aucune saisie du code du courrier n'a été signalée à temps ; la demande est tenue pour"
    " caduque",
    "fact.mandate-issued": "le mandat {reference} du compte {account} a été édité pour {company-in-words}",
    "fact.representative-named": "le nom du représentant légal a été indiqué : {name}",
    "fact.mandate-signed": "le représentant légal{signatory-note} a signé le mandat",
    "fact.mandate-sent": "le mandat signé a été transmis à la banque",
    "fact.mandate-registered": "la banque a enregistré le mandat",
    "fact.collection-recorded": "un prélèvement a été fait avec le mandat",
    "fact.overdue-collection-recorded": "un prélèvement a été fait avec le mandat, mais le délai qui en part est"
    " passé aussi : le mandat reste tenu pour caduc",
    "fact.mandate-reminded": "un rappel a été préparé, car le mandat sera caduc sans prélèvement{limit-note}",
    "fact.mandate-lapsed": "aucun prélèvement n'a été signalé à temps ; le mandat est tenu pour caduc",
    "fact.space-taken-over": "l'espace professionnel dont l'utilisateur est {first_name} {last_name} ({email}) a été"
    " repris dans le suivi, tel que vu le {seen} ; source : {source}",
    "fact.services-taken-over": "{services:service and}, déjà {services:activé|activés} pour"
    " {company-in-words}{since-note}, {services:a été repris|ont été repris} dans le suivi, {services:tel que vu|tels"
    " que vus} le {seen} ; source : {source}",
    "fact.request-taken-over": "la demande d'adhésion à {services:service and} pour {company-in-words}, déjà en"
    " cours{requested-note}{letter-note}, a été reprise dans le suivi, telle que vue le {seen} ; source : {source}",
    "fact.mandate-taken-over": "le mandat{reference-note} du compte {account}, déjà enregistré{registered-note} pour"
    " {company-in-words}{collected-note}, a été repris dans le suivi, tel que vu le {seen} ; source : {source}",
    "fact.link-proved-by-letter": "le courrier, édité le {edited}, a été signalé, ce qui prouve que le lien de"
    " validation a été utilisé à temps ; son code est à saisir au plus tard le {due-date:end}",
    "fact.link-proved-by-code": "le code du courrier a été saisi, ce qui prouve que le lien de validation a été"
    " utilisé à temps : les services sont activés",
    "fact.fact-withdrawn": "un fait enregistré par erreur a été retiré : {withdrawn-fact} ; motif : {reason}",
    "fact.case-closed": "le dossier a été clos ; motif : {reason:reason}{text-note}",
    "fact.case-reopened": "le dossier a été rouvert",
    "fact.rulebook-changed": "le dossier a été transféré au recueil de règles {rulebook-version}",
    "occurrence.space-requested": "la demande d'espace professionnel",
    "occurrence.space-activated": "l'activation de l'espace",
    "occurrence.space-reminded": "le rappel du code reçu par courriel",
    "occurrence.space-lapsed": "la caducité de l'espace",
    "occurrence.adhesion-requested": "la demande d'adhésion",
    "occurrence.adhesion-validated": "la validation de la demande",
    "occurrence.company-email-confirmed": "l'utilisation du lien de validation",
    "occurrence.adhesion-reminded": "le rappel du lien de validation",
    "occurrence.adhesion-lapsed": "la caducité de la demande",
    "occurrence.letter-recorded": "le signalement du courrier",
    "occurrence.overdue-letter-recorded": "le signalement d'un courrier dont le code n'est plus valable",
    "occurrence.services-activated": "l'activation des services",
    "occurrence.account-declared": "la déclaration d'un compte",
    "occurrence.activation-reminded": "le rappel du code du courrier",
    "occurrence.activation-lapsed": "la caducité de la demande, faute de code saisi",
    "occurrence.mandate-issued": "l'édition du mandat",
    "occurrence.representative-named": "l'indication du représentant légal",
    "occurrence.mandate-signed": "la signature du mandat",
    "occurrence.mandate-sent": "la transmission du mandat",
    "occurrence.mandate-registered": "l'enregistrement du mandat",
    "occurrence.collection-recorded": "un prélèvement",
    "occurrence.overdue-collection-recorded": "un prélèvement trop ancien",
    "occurrence.mandate-reminded": "le rappel du mandat",
    "occurrence.mandate-lapsed": "la caducité du mandat",
    "occurrence.space-taken-over": "la reprise de l'espace",
    "occurrence.services-taken-over": "la reprise des services",
    "occurrence.request-taken-over": "la reprise de la demande",
    "occurrence.mandate-taken-over": "la reprise du mandat",
    "occurrence.link-proved-by-letter": "le signalement du courrier",
    "occurrence.link-proved-by-code": "l'activation des services",
    "occurrence.fact-withdrawn": "un retrait",
    "occurrence.case-closed": "la clôture du dossier",
    "occurrence.case-reopened": "la réouverture du dossier",
    "occurrence.rulebook-changed": "le changement de recueil de règles",
    # --- The file of diligence ---
    "diligence.title": "Journal des diligences, pour {company}, dans l'ordre des signalements",
    "diligence.title_on": "Journal des diligences, pour {company}, tel qu'il était connu le {day}, dans l'ordre des"
    " signalements",
    "diligence.nothing": "Rien n'est connu.",
    "diligence.nothing_on": "Rien n'était connu ce jour-là.",
    "diligence.event": "{event} ({rules:règle|règles} {rules:and}).",
    "diligence.message": "Le {at}, message préparé pour {to} : « {subject} ».",
    "diligence.message_sent": "Le {at}, message préparé, puis adressé à {to} le {sent} : « {subject} ».",
    "diligence.message_unsent": "Le {at}, message préparé pour {to}, non envoyé : « {subject} ».",
    "diligence.standing_services": "Dossier du {day}, {services:service and} : {status}.",
    "diligence.standing_account": "Dossier du {day}, compte {account} : {status}.",
    "diligence.standing": "Dossier du {day} : {status}.",
    "diligence.of_case_services": "{event} ; dossier du {day}, {services:service and}.",
    "diligence.of_case_account": "{event} ; dossier du {day}, compte {account}.",
    "diligence.of_case": "{event} ; dossier du {day}.",
    "diligence.renewed": "{status} ; demande renouvelée le {day}",
    # --- The messages of a night as one ---
    "digest.subject": "{count} {count:dossier à suivre|dossiers à suivre, le plus urgent} au plus tard le {due:end"
    " paris}{mark}",
    "digest.subject_pressing": "{count} {count:dossier à suivre|dossiers à suivre}, dont {pressing} sans attendre",
    "digest.subject_lapsed": "{count} {count:dossier caduc à traiter|dossiers caducs à traiter}",
    "digest.subject_renewed": "{count} {count:délai passé, rien à faire|délais passés, rien à faire}",
    "digest.body": "Bonjour,\n\n{parts}\n",
    "digest.due": "À faire, du plus urgent au moins urgent :\n\n{lines:lines}",
    "digest.reminder": "au plus tard le {due:end paris}{mark}, pour {about} : {actions:apart}",
    "digest.overdue": "sans attendre, pour {about} : {actions:apart} (le code, lui, n'est sûr que jusqu'au"
    " {due:end}{mark})",
    "digest.pressing": "sans attendre ({doubt} après le {since:end}), et au plus tard le {due:end paris}{mark}, pour"
    " {about} : {actions:apart}",
    "errand": "{actor} doit {action}",
    "errand.by": "{actor} doit {action}",
    "errand.estimated": "{actor} doit {action}",
    "errand.unsafe": "{actor} doit {action}",
    "digest.lapsed": "Délais passés :\n\n{lines:lines}",
    "digest.renewed": "Délais passés de demandes déjà renouvelées, pour lesquelles il n'y a rien à faire :"
    "\n\n{lines:lines}",
    "digest.lapse": "{what}, pour {about} : {action}",
    "digest.lapse_only": "{what}, pour {about}",
    "digest.each": "{count} {count:dossier|dossiers}",
    "digest.about": "{company}",
    "digest.about_services": "{company}, {services:service and}",
    "digest.about_account": "{company}, compte {account}",
    # --- The printed form of a mandate ---
    "printed.title": "Mandat de prélèvement SEPA interentreprises ({scheme})",
    "printed.band": "À imprimer, à faire signer par le représentant légal et à remettre à\n"
    "l'établissement bancaire teneur du compte AVANT le premier paiement. Vérifier\n"
    "ensuite que la banque a enregistré le mandat sous sa référence : faute\n"
    "d'enregistrement, le paiement est rejeté. Si la référence ne vient pas du site,\n"
    "c'est le mandat imprimé par le site qu'il faut remettre à la banque.",
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
    "printed.authorisation": "En signant, le débiteur autorise le créancier à présenter des ordres de\nprélèvement sur"
    " ce compte, et sa banque à les payer en débitant le compte.\n\n"
    "Ce mandat ne vaut qu'entre professionnels (B2B). Une fois le compte débité,\nun prélèvement ainsi autorisé ne"
    " donne droit à aucun remboursement ; jusqu'à\nson échéance, le débiteur peut demander à sa banque de ne pas le"
    " payer.",
    "printed.representative": "Représentant légal",
    "printed.place": "Fait à",
    "printed.date": "Le (JJMMAAAA)",
    "printed.signature": "Signature",
}
"""What people read besides; here rules have their words too."""
