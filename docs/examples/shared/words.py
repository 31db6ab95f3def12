"""What the night says, in French and in English: one table, with the two languages of each key side by side.

The library's words are kept for what the library says, refusals, rules, days and hours; these are the report's own, and
a few of the library's said shorter, as a firm says them. Templates are those of `Wording`: facts in braces, words that
agree with a number. French is typed with plain spaces, and set with no-break ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import attrs

from teleprocedures import (
    Actor,
    Applicant,
    CodecError,
    InvalidFormError,
    InvalidValueError,
    Problem,
    RefusedError,
    Rule,
    TeleproceduresError,
)
from teleprocedures.wording import ENGLISH, FRENCH, Wording


class Both(NamedTuple):
    """The same in both languages, with the same facts."""

    fr: str
    en: str


WORDS: Final[Mapping[str, Both]] = {
    # --- The library's, said shorter: a firm is who uses the site, and knows its taxes by their initials ---
    f"actor.{Actor.USER}": Both("cabinet", "firm"),
    f"actor.{Actor.COMPANY}": Both("client", "client"),
    f"actor.{Actor.BANK}": Both("banque", "bank"),
    "action.know_repeated": Both(
        "noter que la demande répète un service déjà obtenu ou attendu",
        "know that the request repeats a service that is held or awaited",
    ),
    "action.use_link": Both("utiliser le lien reçu par courriel", "use the link received by e-mail"),
    "action.watch_letter": Both(
        "vérifier l'arrivée du courrier et noter sa date", "check that the letter has come and note its date"
    ),
    "action.chase_letter": Both(
        "retrouver le courrier en retard et noter sa date", "find the letter that is overdue and note its date"
    ),
    "action.ask_for_code": Both("demander le code du courrier au client", "ask the client for the letter's code"),
    "action.pass_code_on": Both("communiquer le code du courrier au cabinet", "pass the letter's code on to the firm"),
    "action.use_mandate": Both(
        "payer par prélèvement avec le mandat ou demander à la banque s'il a servi",
        "pay by direct debit with the mandate or ask the bank whether it was used",
    ),
    "action.enter_letter_code": Both(
        "obtenir du client le code du courrier et le saisir", "get the letter's code from the client and enter it"
    ),
    "action.renew_adhesion": Both("renouveler la demande d'adhésion", "request the services again"),
    "action.issue_mandate": Both("éditer et imprimer un mandat", "issue a mandate and print it"),
    "action.sign_mandate": Both("signer le mandat imprimé", "sign the printed mandate"),
    "action.send_mandate": Both("transmettre le mandat signé à la banque", "send the signed mandate to the bank"),
    "action.register_mandate": Both("enregistrer le mandat", "register the mandate"),
    "action.check_mandate": Both(
        "vérifier que la banque a enregistré le mandat", "check that the bank has registered the mandate"
    ),
    "action.issue_mandate_again": Both("éditer un nouveau mandat", "issue a new mandate"),
    "service.messagerie": Both("Messagerie", "Messagerie"),
    "service.payer-tva": Both("Payer TVA", "Payer TVA"),
    "service.payer-ts": Both("Payer TS", "Payer TS"),
    "service.payer-is": Both("Payer IS", "Payer IS"),
    "service.payer-cvae": Both("Payer CVAE", "Payer CVAE"),
    "service.payer-pas": Both("Payer PAS", "Payer PAS"),
    "service.payer-cfe": Both("Payer CFE", "Payer CFE"),
    "service.payer-tf": Both("Payer TF", "Payer TF"),
    "service.consulter-avis-tf": Both("Consulter avis TF", "Consulter avis TF"),
    "company_email.missing": Both(
        "cellule vide, alors que {services:service and} {services:l'exige|l'exigent}",
        "empty, and {services:service and} {services:needs|need} it",
    ),
    "bank_accounts.missing": Both(
        "cellule vide, alors que {services:service and} {services:l'exige|l'exigent}",
        "empty, and {services:service and} {services:needs|need} it",
    ),
    "services.not_allowed": Both(
        "{services:service and} {services:n'est pas possible|ne sont pas possibles} avec un identifiant de dossier",
        "{services:service and} {services:is|are} not possible with a file number",
    ),
    # --- The library's, said as far as the file knows: who uses the space need not have asked, and no mandate's
    # reference is known ---
    "fact.adhesion-requested": Both(
        "l'adhésion à {services:service and} a été demandée pour {company-in-words} par {applicant:asker}"
        " {legal_representative} ; dossier suivi par {requester-in-words}{renewal-note}{link-note}",
        "{services:service and} {services:was|were} requested for {company-in-words} by {applicant:asker}"
        " {legal_representative}; followed by {requester-in-words}{renewal-note}{link-note}",
    ),
    f"asker.{Applicant.REPRESENTATIVE}": Both("son représentant légal,", "its legal representative,"),
    f"asker.{Applicant.THIRD_PARTY}": Both(
        "le cabinet, en qualité de tiers ; représentant légal :", "the firm, as a third party; legal representative:"
    ),
    "asker.assumed": Both(
        "un demandeur dont la qualité n'est pas connue ({lines:ligne|lignes} {lines:and} du fichier) ; représentant"
        " légal :",
        "somebody in a capacity that is not known ({lines:line|lines} {lines:and} of the file); legal representative:",
    ),
    "unknown.legal_representative": Both("nom inconnu", "no name is known"),
    "fact.mandate-issued": Both(
        "un mandat du compte {account} a été édité pour {company-in-words}",
        "a mandate of the account {account} was issued for {company-in-words}",
    ),
    # --- The night ---
    "progress.played": Both("faits du fichier", "what happened"),
    "progress.swept": Both("délais de la nuit", "the night's pass"),
    "night.title": Both(
        "Nuit du {at} : {requests} {requests:ligne suivie|lignes suivies}, sur {rows} de {file}",
        "The night of {at}: {requests} {requests:row|rows} followed, of {rows} of {file}",
    ),
    "column.company": Both("entreprise", "company"),
    "column.companies": Both("entreprises", "companies"),
    "column.rule": Both("règle", "rule"),
    "column.what": Both("que faire", "what"),
    "column.who": Both("qui", "who"),
    "column.who_does": Both("qui doit agir, et comment", "who must act, and how"),
    "column.by": Both("échéance", "by (in Paris)"),
    "hour.zone": Both("", " in Paris"),
    "column.lapsed": Both("services, ou mandat", "services, or mandate"),
    "column.ended": Both("fin du délai", "time limit ended"),
    "column.sure": Both("caducité", "how sure"),
    "column.line": Both("ligne", "line"),
    "column.column": Both("colonne", "column"),
    "column.number": Both("SIREN ou dossier", "number"),
    "column.services": Both("services demandés", "services asked for"),
    "column.announced": Both("attendu le", "expected on"),
    "column.lost": Both("code sûr jusqu'au", "code safe until"),
    "now.none_but": Both(
        "À faire aujourd'hui ou demain : aucun délai ne se termine, mais un impôt approche.",
        "To do today or tomorrow: no time limit ends, but a tax comes near.",
    ),
    "now.tax": Both(
        "À faire aussi pour {service:service}, à payer {day} : {count} {count:entreprise|entreprises} (voir plus bas).",
        "To do for {service:service} too, to be paid {day}: {count} {count:company|companies} (see below).",
    ),
    "column.tax": Both("impôt", "tax"),
    "column.to_pay": Both("à payer le", "to be paid on"),
    "column.needed": Both("ce qu'il faut", "what it needs"),
    "column.start": Both("échéance", "by"),
    "column.group": Both("où elle en est", "where it stands"),
    "column.day": Both("jour", "day"),
    "column.count": Both("nombre", "count"),
    "column.says": Both("ce qu'elle dit", "what it says"),
    "column.reason": Both("motif", "reason"),
    "more": Both("… et {count} {count:autre|autres} : --all pour tout voir.", "… and {count} more: --all shows them."),
    "names.more": Both("{names} et {count} {count:autre|autres}", "{names} and {count} more"),
    "legend.title": Both("Règles citées", "Rules cited"),
    # --- Today, tomorrow, and the letters ---
    "day.today": Both("aujourd'hui", "today"),
    "day.tomorrow": Both("demain", "tomorrow"),
    "day.the": Both("le {day}", "{day}"),
    "day.of": Both("du {day}", "{day}"),
    "day.working": Both("{day}, en semaine {before}", "{day}, on a weekday by {before}"),
    "day.of_several": Both("{day} ({count})", "{day} ({count})"),
    "day.of_today": Both("d'aujourd'hui", "today"),
    "day.of_tomorrow": Both("de demain", "tomorrow"),
    "now.title": Both(
        "À faire aujourd'hui ou demain : {count} {count:dossier|dossiers}",
        "To do today or tomorrow: {count} {count:case|cases}",
    ),
    "now.none": Both("À faire aujourd'hui ou demain : rien ne se termine.", "To do today or tomorrow: nothing ends."),
    "unfollowed.title": Both(
        "Demandes qui ne sont pas suivies du tout, échéances inconnues : {count} (corriger la ligne)",
        "Not followed at all, with time limits that nobody knows: {count} (mend the row)",
    ),
    "letters.title": Both("Courriers en retard : {count}", "Letters that are overdue: {count}"),
    "letters.title_above": Both(
        "Courriers en retard : {count}, dont {above} déjà plus haut",
        "Letters that are overdue: {count}, {above} of them above already",
    ),
    "letters.expected": Both(
        "{count:Courrier attendu|Courriers attendus} aujourd'hui ou demain : {count}",
        "{count:Letter|Letters} expected today or tomorrow: {count}",
    ),
    "letters.and_expected": Both(
        "{title} ; attendus aujourd'hui ou demain : {count}", "{title}; expected today or tomorrow: {count}"
    ),
    "letters.line": Both("  - arrivée prévue {days}", "  - expected {days}"),
    "letters.note": Both(
        "Demander au client s'il est arrivé, et sa date (« édité le ») ; introuvable, renouveler (règle {rule}).",
        "Ask the client whether it has come, and its date; if it is not found, request again (rule {rule}).",
    ),
    "needed.title": Both(
        "À faire pour les impôts à venir : {count} (jours de calendrier prévus : courrier {letter}, client {company},"
        " banque {bank})",
        "What a coming tax needs: {count} (calendar days planned: letter {letter}, client {company}, bank {bank})",
    ),
    "needed.none": Both("À faire pour les impôts à venir : rien.", "What a coming tax needs: nothing."),
    "needed.groups": Both("  - {groups}", "  - {groups}"),
    "needed.tax": Both("{service:service}, le {day} :", "{service:service}, on {day}:"),
    "needed.line": Both("  - {what}, au plus tard {start} : {names}", "  - {what}, by {start}: {names}"),
    "needed.line_over": Both(
        "  - {what}, sans attendre (jour prévu : {start}) : {names}",
        "  - {what}, at once (planned by {start}): {names}",
    ),
    "needed.line_count": Both(
        "  - {what}, au plus tard {start} (noms : --all)", "  - {what}, by {start} (names: --all)"
    ),
    "needed.overdue": Both(
        "  - le délai prévu est dépassé pour {count} {count:entreprise|entreprises} : à moins d'aller plus"
        " vite que prévu, {count:son|leur} prélèvement {day} sera rejeté ; prévenir {count:le client|les clients},"
        " prévoir un autre moyen de paiement",
        "  - later than planned for {count} {count:company|companies}: unless all goes faster than planned,"
        " the direct debit of {day} is rejected; tell the {count:client|clients}, and pay in another way",
    ),
    "needed.line_late": Both(
        "  - hors délai : {what}, paiement par prélèvement possible {days}",
        "  - late: {what}, payment by direct debit expected {days}",
    ),
    "needed.day_late": Both("à partir {first} : {names}", "from {first} on: {names}"),
    "needed.late": Both(
        "hors délai : {need} (prélèvement possible au jour dit)",
        "later than planned: {need} (direct debit expected on that day)",
    ),
    "needed.renew": Both(
        "{count} {count:demande|demandes} à vérifier ou à renouveler",
        "{count} {count:request|requests} to be checked or made again",
    ),
    "needed.code": Both("{count} {count:code|codes} à saisir", "{count} {count:code|codes} to be entered"),
    "needed.declare": Both(
        "{count} {count:compte|comptes} à déclarer", "{count} {count:account|accounts} to be declared"
    ),
    "needed.issue": Both("{count} {count:mandat|mandats} à éditer", "{count} {count:mandate|mandates} to be issued"),
    "needed.sign": Both(
        "{count} {count:mandat|mandats} à faire signer", "{count} {count:mandate|mandates} to be signed"
    ),
    "needed.send": Both(
        "{count} {count:mandat|mandats} à transmettre à la banque",
        "{count} {count:mandate|mandates} to be sent to the bank",
    ),
    "needed.check": Both(
        "{count} {count:mandat|mandats} à vérifier auprès de la banque",
        "{count} {count:mandate|mandates} to be checked with the bank",
    ),
    "need.renew": Both("demande à vérifier ou à renouveler", "request to be checked or made again"),
    "need.code": Both("code à saisir", "code to be entered"),
    "need.declare": Both("compte à déclarer", "account to be declared"),
    "need.issue": Both("mandat à éditer", "mandate to be issued"),
    "need.sign": Both("mandat à faire signer", "mandate to be signed"),
    "need.send": Both("mandat à transmettre à la banque", "mandate to be sent to the bank"),
    "need.check": Both("mandat à vérifier auprès de la banque", "mandate to be checked with the bank"),
    "unsure.title": Both(
        "Mandats dont le dernier prélèvement n'est pas connu : {count}",
        "Mandates whose last collection is not known: {count}",
    ),
    "unsure.note": Both(
        "Peut-être déjà caducs : noter le dernier prélèvement, ou demander à la banque (règle {rule}).",
        "They may have lapsed: note the last collection, or ask the bank (rule {rule}).",
    ),
    "column.account": Both("compte", "account"),
    "column.since": Both("sûr jusqu'au", "safe until"),
    "sheet.unsure": Both("Mandats à vérifier", "Mandates to check"),
    "end.closed": Both(
        "Dossiers clos, que rien ne rappelle plus : {count}.", "Closed, and asked for nothing any more: {count}."
    ),
    # --- What lapsed ---
    "lapses.title": Both(
        "Caducités constatées cette nuit : {count} {count:dossier|dossiers}",
        "Lapsed this night: {count} {count:case|cases}",
    ),
    "lapses.title_again": Both(
        "Caducités constatées cette nuit : {count} {count:dossier|dossiers}, dont {again} déjà"
        " {again:renouvelé|renouvelés}",
        "Lapsed this night: {count} {count:case|cases}, {again} of them asked for again already",
    ),
    "lapses.none": Both("Caducités constatées cette nuit : aucune.", "Lapsed this night: nothing."),
    "lapses.again_request": Both("{sure}, déjà renouvelée {day}", "{sure}, asked for again: {day}"),
    "lapses.again_mandate": Both("{sure}, remplacé {day}", "{sure}, issued anew: {day}"),
    "unchecked.title": Both(
        "Caducités déjà signalées, toujours à vérifier : {count}", "Told before, and still to be checked: {count}"
    ),
    "sheet.unchecked": Both("Caducités à vérifier", "Lapses to check"),
    "lapses.requests": Both(
        "  - {count} {count:demande|demandes} à vérifier sur le site ({count:activée|activées} : noter la date ;"
        " sinon : renouveler) : {names}",
        "  - {count} {count:request|requests} to be checked on the site (active: note the day; else: request again):"
        " {names}",
    ),
    "lapses.mandates": Both(
        "  - {count} {count:mandat|mandats} à vérifier auprès de la banque ({count:valable|valables} : noter le dernier"
        " prélèvement ; sinon : remplacer) : {names}",
        "  - {count} {count:mandate|mandates} to be checked with the bank (valid: note the last collection; else:"
        " replace): {names}",
    ),
    "lapses.again": Both(
        "  - {count} déjà {count:renouvelé|renouvelés} : {names}",
        "  - {count} asked for again already: {names}",
    ),
    "lapses.detail": Both("{company} ({what} ; délai terminé : {ended})", "{company} ({what}; ended: {ended})"),
    "lapses.mandate": Both("mandat du compte {account}", "mandate of {account}"),
    "lapses.presumed": Both("présumée", "presumed"),
    "lapses.final": Both("définitive", "final"),
    "lapses.note": Both(
        "Une caducité est présumée : un fait accompli à temps et noté plus tard la corrige (règle {rule}).",
        "A lapse is presumed: what was done in time and is noted later corrects it (rule {rule}).",
    ),
    # --- What is at risk, and what else there is to do ---
    "risk.title": Both(
        "Ensuite, {day:until} : {count} {count:dossier|dossiers}", "Then, {day:until}: {count} {count:case|cases}"
    ),
    "risk.none": Both("Ensuite, {day:until} : aucun dossier.", "Then, {day:until}: nothing."),
    "risk.note": Both(
        "Une date estimée se précise en notant dans le fichier la date du courrier (« édité le », règle {rule}).",
        "What is estimated is settled by noting in the file the date of the letter (rule {rule}).",
    ),
    "each.title": Both("{when}, {what}", "{when}, {what}"),
    "each.title_services": Both("{when}, {what} ({services})", "{when}, {what} ({services})"),
    "each.line": Both("  - {line}", "  - {line}"),
    "each.line_at": Both("  - {moment} : {line}", "  - {moment}: {line}"),
    "each.beside": Both(" \N{EN DASH} ", " \N{EN DASH} "),
    "each.company": Both("{name} ({number})", "{name} ({number})"),
    "grouped.title": Both("{what}", "{what}"),
    "grouped.line": Both("  - {days}", "  - {days}"),
    "grouped.line_more": Both(
        "  - {days}, et {count} {count:autre|autres} (--all)",
        "  - {days}, and {count} {count:other|others} (--all)",
    ),
    "grouped.day": Both("{day} : {names}", "{day}: {names}"),
    "weekday": Both("{short}.", "{short}"),
    "when": Both("{day}", "{day}"),
    "when.at_once": Both("sans attendre, le code a pu expirer", "at once, as the code may have ended"),
    "when.link_at_once": Both("sans attendre, le lien a pu expirer", "at once, as the link may have ended"),
    "when.link": Both("{day}", "{day}"),
    "when.estimated": Both("{day} (estimé)", "{day} (estimated)"),
    "when.last": Both("{day} (dernier jour)", "{day} (the last day)"),
    "when.last_estimated": Both("{day} (dernier jour, estimé)", "{day} (the last day, estimated)"),
    "each.line.at_once": Both(
        "  - {line} : code sûr jusqu'au {since}, dernier jour possible {moment}",
        "  - {line}: the code was safe until {since}, the last possible day is {moment}",
    ),
    "each.line.link_at_once": Both(
        "  - {line} : dernier délai possible {moment}", "  - {line}: the last possible hour is {moment}"
    ),
    "moment.link": Both(
        "{hour} au plus tôt ; noter l'heure de la demande", "{hour} at the soonest; note the hour of the request"
    ),
    "by.at_once": Both(
        "sans attendre : le code a pu expirer après le {since} ; dernier jour possible : {by}",
        "at once: the code may have ended after {since}; the last possible day: {by}",
    ),
    "by.link_at_once": Both(
        "sans attendre : le lien a pu expirer ; dernier délai : {by}",
        "at once: the link may have ended; the last possible hour: {by}",
    ),
    "by.link": Both(
        "{by} au plus tôt ; noter l'heure de la demande", "{by} at the soonest; note the hour of the request"
    ),
    "by.estimated": Both("{by} (estimé)", "{by} (estimated)"),
    "by.last": Both("{by} (dernier jour)", "{by} (the last day)"),
    "by.last_estimated": Both("{by} (dernier jour, estimé)", "{by} (the last day, estimated)"),
    "acts.code": Both(
        "cabinet : {before}demander le code et le saisir ; client : le communiquer",
        "firm: {before}ask for the code and enter it; client: pass it on",
    ),
    "acts.code_his": Both(
        "représentant légal : saisir le code du courrier ; cabinet : s'en assurer auprès de lui",
        "legal representative: enter the letter's code; firm: make sure of it with them",
    ),
    "acts.code_named": Both(
        "représentant légal ({name}) : saisir le code du courrier ; cabinet : s'en assurer auprès de lui",
        "legal representative ({name}): enter the letter's code; firm: make sure of it with them",
    ),
    "acts": Both("{actor} : {actions}", "{actor}: {actions}"),
    "acts.link": Both("utiliser le lien reçu à {address}", "use the link sent to {address}"),
    "later.title": Both("Échéances plus lointaines : {count}", "Further ahead: {count}"),
    "later.count": Both(
        "Échéances plus lointaines : {count} {count:dossier|dossiers} (--all pour les voir).",
        "Further ahead: {count} {count:case|cases} (--all shows them).",
    ),
    "besides.title": Both(
        "À faire aussi, sans date proche : {count} (entre parenthèses : les entreprises, ou leur nombre)",
        "To do besides, with no date near: {count} (in brackets: the companies, or how many)",
    ),
    "besides.line": Both("  - {actions}", "  - {actions}"),
    "besides.action": Both("{action} ({companies})", "{action} ({companies})"),
    "besides.companies": Both("{count}", "{count}"),
    "besides.none": Both("À faire aussi : rien.", "To do besides: nothing."),
    # --- Coming tax dates ---
    "coming.title": Both(
        "Impôts à payer (jours de calendrier prévus : {letter} pour le courrier, {company} pour l'entreprise,"
        " {bank} pour la banque)",
        "Taxes to pay (calendar days planned: {letter} for the letter, {company} for the company, {bank} for the bank)",
    ),
    "coming.none": Both(
        "Impôts à payer : aucune date n'est donnée (par exemple : --pay-by {example}).",
        "Taxes to pay: no date is given (for example: --pay-by {example}).",
    ),
    "coming.ahead": Both(
        "{service:service}, le {day} : à demander au plus tard le {start}.",
        "{service:service}, on {day}: to be requested by {start}.",
    ),
    "coming.behind": Both(
        "{service:service}, le {day} : était à demander au plus tard le {start}.",
        "{service:service}, on {day}: the last safe day to request it was {start}.",
    ),
    "coming.past": Both("{service:service}, le {day} : cette date est passée.", "{service:service}, on {day}: past."),
    "coming.missing": Both(
        "{count} {count:entreprise n'a jamais demandé le service|entreprises n'ont jamais demandé le service}",
        "{count} {count:company has|companies have} never asked for the service",
    ),
    "coming.missing_by": Both(
        "{count} {count:entreprise ne l'a jamais demandé|entreprises ne l'ont jamais demandé} (à demander au plus tard"
        " {start})",
        "{count} {count:company has|companies have} never asked for it (to be requested by {start})",
    ),
    "coming.missing_late": Both(
        "{count} {count:entreprise n'a jamais demandé le service|entreprises n'ont jamais demandé le"
        " service}, trop tard pour cette date : paiement par prélèvement possible à partir {days:and}",
        "{count} {count:company has|companies have} never asked for the service, too late for that day:"
        " payment by direct debit expected from {days:and} on",
    ),
    "coming.awaited_none": Both("{count} {count:l'attend|l'attendent}", "{count} {count:awaits|await} it"),
    "coming.awaited_with": Both(
        "{count} {count:l'attend|l'attendent}, dont {registered} avec un mandat enregistré",
        "{count} {count:awaits|await} it, {registered} of them with a registered mandate",
    ),
    "coming.awaited_without": Both(
        "{count} {count:l'attend|l'attendent}, sans mandat enregistré",
        "{count} {count:awaits|await} it, without a registered mandate",
    ),
    "coming.awaited_first": Both(
        "{awaited} (première échéance sûre : {start})", "{awaited} (the first safe day: {start})"
    ),
    "coming.doubt": Both(
        "{count} {count:demande dont le code ou le lien a|demandes dont le code ou le lien a} pu expirer, agir sans"
        " attendre",
        "{count} {count:request|requests} whose code or link may have ended, act at once",
    ),
    "coming.held": Both(
        "{count} {count:l'a|l'ont}, sans pouvoir encore payer",
        "{count} {count:has it, and cannot|have it, and cannot} pay yet",
    ),
    "coming.renew": Both(
        "{count} {count:est présumée l'avoir perdu|sont présumées l'avoir perdu}, à vérifier ou à redemander",
        "{count} {count:is|are} presumed to have lost it, to be checked or requested again",
    ),
    "coming.late": Both(
        "Délai prévu dépassé pour {count} {count:entreprise|entreprises} : paiement par"
        " prélèvement possible à partir {days:and}",
        "Later than planned for {count} {count:company|companies}: payment by direct debit expected from {days:and} on",
    ),
    "coming.unread": Both(
        "{count} dont la ligne est à corriger : ce service n'y est pas suivi (voir les lignes en cause)",
        "{count} whose row is to be mended: this service is not followed of it (see these rows)",
    ),
    "coming.unsure": Both(
        "{count} {count:dépend|dépendent} d'un mandat à vérifier : {names}",
        "{count} {count:depends|depend} on a mandate to be checked: {names}",
    ),
    "coming.ready": Both("{count} {count:peut|peuvent} déjà payer", "{count} can pay already"),
    "group.late": Both(
        "délai prévu dépassé : prélèvement possible à partir du jour dit",
        "later than planned: direct debit expected from the day on",
    ),
    "group.renew": Both("demande à vérifier ou à renouveler", "to be checked or requested again"),
    "group.held": Both("service activé", "held"),
    "group.missing": Both("service jamais demandé", "never asked for"),
    "group.missing_late": Both(
        "service jamais demandé, trop tard : possible à partir du jour dit",
        "never asked for, too late: possible from the day on",
    ),
    "group.awaited_in_time": Both("service attendu", "awaited"),
    "group.awaited_without": Both("service attendu, sans mandat enregistré", "awaited, no registered mandate"),
    "group.awaited_doubt": Both("service attendu, code ou lien peut-être expiré", "awaited, perhaps too late"),
    # --- Where they stand ---
    "stand.title": Both("Où en sont les dossiers", "Where the cases stand"),
    "stand.requests": Both(
        "Demandes : {awaiting_email} en attente du lien de validation, {awaiting_code} en attente du code du courrier,"
        " {active} {active:activée|activées}, {lapsed} {lapsed:caduque|caduques}, {renewed} {renewed:caduque et"
        " renouvelée|caduques et renouvelées}.",
        "Requests: {awaiting_email} waiting for the link to be used, {awaiting_code} waiting for the letter's code,"
        " {active} active, {lapsed} lapsed, {renewed} lapsed and requested again.",
    ),
    "stand.mandates": Both(
        "Mandats : {issued} {issued:édité|édités}, {signed} {signed:signé|signés}, {sent} transmis à la banque,"
        " {registered} {registered:enregistré|enregistrés}, {lapsed} {lapsed:caduc|caducs}.",
        "Mandates: {issued} issued, {signed} signed, {sent} sent to the bank, {registered} registered, {lapsed}"
        " lapsed.",
    ),
    # --- What was wrong ---
    "wrong.title": Both(
        "Valeurs ignorées, le reste de leur ligne étant suivi : {count}, sur {lines} {lines:ligne|lignes}",
        "Values that are ignored, the rest of their rows being followed: {count}, on {lines} {lines:line|lines}",
    ),
    "wrong.of_column": Both(
        "{column} : {reason}",
        "{column}: {reason}",
    ),
    "wrong.colon": Both(" \N{EN DASH} ", ": "),
    "wrong.lines": Both("{lines:ligne|lignes} {lines:and}", "{lines:line|lines} {lines:and}"),
    "wrong.place": Both("{place} ({company})", "{place} ({company})"),
    "wrong.also": Both("  - aussi, {places}", "  - {places} too"),
    "wrong.line": Both("  - {place}, {what}", "  - {place}, {what}"),
    "wrong.unread": Both(
        "{columns:Colonne qui n'est pas lue|Colonnes qui ne sont pas lues} : {columns}",
        "{columns:Column that is not read|Columns that are not read}: {columns}",
    ),
    "judged.title": Both(
        "Faits enregistrés que les règles d'aujourd'hui n'admettraient pas : {count}",
        "Recorded facts that today's rules would not have let pass: {count}",
    ),
    "judged.none": Both(
        "Les règles d'aujourd'hui admettent tous les faits enregistrés qui ont pu être lus.",
        "Today's rules let pass every recorded fact that could be read.",
    ),
    "diligence.none": Both("Aucun dossier n'est suivi pour {company}.", "No case is followed of {company}."),
    "wrong.cited": Both("{reason} (règle {rule})", "{reason} (rule {rule})"),
    "place.(all)": Both("(la ligne)", "(all)"),
    "place.(store)": Both("(la base)", "(store)"),
    "heading.company": Both("entreprise", "company"),
    "heading.siren_or_file_number": Both("SIREN", "siren_or_file_number"),
    "heading.services": Both("services", "services"),
    "heading.company_email": Both("courriel", "company_email"),
    "heading.iban": Both("IBAN", "iban"),
    "heading.third_party": Both("tiers", "third_party"),
    "heading.legal_representative": Both("représentant légal", "legal_representative"),
    "heading.requested": Both("demandé le", "requested"),
    "heading.link_used": Both("lien utilisé le", "link_used"),
    "heading.letter_dated": Both("courrier édité le", "letter_dated"),
    "heading.code_entered": Both("code saisi le", "code_entered"),
    "heading.mandate_issued": Both("mandat édité le", "mandate_issued"),
    "heading.mandate_signed": Both("mandat signé le", "mandate_signed"),
    "heading.mandate_sent": Both("mandat transmis le", "mandate_sent"),
    "heading.mandate_registered": Both("mandat enregistré le", "mandate_registered"),
    "heading.held_since": Both("titulaire depuis", "held_since"),
    "heading.last_collection": Both("dernier prélèvement", "last_collection"),
    "heading.closed": Both("clos", "closed"),
    "cell.missing": Both("cellule vide ; il faut une valeur", "missing: expected a value"),
    "cells.more": Both(
        "la ligne a plus de cellules qu'il n'y a de colonnes", "the row has more cells than there are columns"
    ),
    "cells.fewer": Both(
        "la ligne a moins de cellules qu'il n'y a de colonnes", "the row has fewer cells than there are columns"
    ),
    "cells.too_long": Both("une cellule y est trop longue pour être lue", "one of its cells is too long to be read"),
    "row.repeated": Both("la même demande figure à la ligne {first}", "the same request stands on line {first}"),
    "third_party.missing": Both("cellule vide ; il faut « oui » ou « non »", "missing: expected 'yes' or 'no'"),
    "third_party_assumed.missing": Both(
        "cellule vide, et le cabinet est supposé avoir demandé ; il faut « oui » ou « non »",
        "missing, so the firm is assumed: expected 'yes' or 'no'",
    ),
    "third_party_assumed.unknown": Both(
        "{value} n'est pas une réponse, et le cabinet est supposé avoir demandé ; il faut « oui » ou « non »",
        "{value} is no answer, so the firm is assumed: expected 'yes' or 'no'",
    ),
    "third_party.unknown": Both(
        "{value} n'est pas une réponse ; il faut « oui » ou « non »", "expected 'yes' or 'no', not {value}"
    ),
    "date.malformed": Both(
        "{value} n'est pas une date ; il faut une date telle que {example}",
        "not a date: {value}; expected one such as {example}",
    ),
    "date.not_there": Both("la date {value} n'existe pas", "there is no date {value}"),
    "date.implausible": Both(
        "l'année {year} n'est pas plausible ; il faut une année de {first} à {last}",
        "not a plausible year: {year}; expected {first} to {last}",
    ),
    "moment.malformed": Both(
        "{value} n'est pas une date avec son heure ; il faut par exemple {example}, à l'heure de Paris",
        "not a date and time: {value}; expected one such as {example}, in Paris",
    ),
    "moment.or_day": Both(
        "{value} n'est pas une date ; il faut par exemple {example}, à l'heure de Paris, ou le jour seul",
        "not a date: {value}; expected one such as {example}, in Paris, or the day alone",
    ),
    "company.malformed": Both(
        "« {value} » n'est ni un SIREN de neuf chiffres, ni un identifiant de dossier",
        "neither a SIREN of nine digits nor a file number: '{value}'",
    ),
    "moment.not_one": Both(
        "les horloges changent d'heure à Paris à ce moment-là, et {value} n'est pas un instant unique ; il faut le"
        " décalage horaire en plus, par exemple +01:00",
        "clocks in Paris change then, so {value} is not one instant; expected its offset as well, such as +01:00",
    ),
    "fact.to_come": Both(
        "le fait est daté du {at}, qui est encore à venir ; il faut un instant passé",
        "the fact is of {at}, which has not come yet: expected an instant that has",
    ),
    "mandate.not_issued": Both(
        "il n'y a pas encore de mandat ; remplir aussi la colonne « mandat édité le »",
        "there is no mandate yet: expected mandate_issued as well",
    ),
    "mandate.no_account": Both(
        "le compte de ce mandat n'est pas connu ; corriger aussi la colonne « IBAN »",
        "the account of this mandate is not known: expected the iban as well",
    ),
    "services.unknown": Both(
        "{value} n'est pas un service connu. Les services possibles sont {expected:service and}",
        "unknown service {value}: expected one of {expected:service}",
    ),
    "services.left_out": Both(
        "sans cette donnée, {services:service and} {services:n'est pas suivi|ne sont pas suivis}",
        "without that, {services:service and} {services:is|are} not followed",
    ),
    "services.opened_without": Both(
        "la demande a d'abord été notée sans {services:service and}, qui {services:n'est pas suivi|ne sont pas suivis}"
        " ; il faut une ligne à part, à une autre heure de demande",
        "the request was first recorded without {services:service and}, which {services:is|are} not followed:"
        " expected a row apart, with another hour of the request",
    ),
    # --- Rows of the store that are bad ---
    "row.bad": Both("{id} (table {table}) : {reason}", "{id} ({table}): {reason}"),
    "row.wrong_document": Both(
        "son document est de la sorte « {kind} » ; il faut {expected:document}",
        "its document is of kind {kind}: expected {expected:document}",
    ),
    "document.case": Both("un dossier", "a case"),
    "document.event": Both("un événement", "an event"),
    "document.message": Both("un message", "a message"),
    "row.other_case": Both(
        "son document est celui du dossier {id} ({of:lifecycle}), sa ligne indique : {kind:lifecycle}",
        "its document is that of {of:lifecycle} {id}, its row says {kind:lifecycle}",
    ),
    "row.other_event": Both(
        "son document est l'événement {version} du dossier {of}", "its document is event {version} of {of}"
    ),
    "row.other_message": Both("son document est le message {id}", "its document is the message {id}"),
    "row.other_version": Both(
        "son document en est à la version {found}, sa ligne à la version {version}",
        "its document is at version {found}, its row at version {version}",
    ),
    "row.other_due": Both(
        "échéance d'après son document : {due_at} ; d'après sa ligne : {row_due_at}",
        "due by its document: {due_at}; by its row: {row_due_at}",
    ),
    "unknown.due_at": Both("aucune", "never"),
    "unknown.row_due_at": Both("aucune", "never"),
    "row.other_history": Both(
        "d'après son document, « {path} » vaut {found} ; d'après son historique, {expected}",
        "by its document, {path} is {found}; by its events, {expected}",
    ),
    "unknown.found": Both("rien", "nothing"),
    "unknown.expected": Both("rien", "nothing"),
    "row.unread_event": Both("l'événement {id} de son historique est illisible", "its event {id} cannot be read"),
    "row.apart": Both(
        "son historique va jusqu'à la version {last}, sa ligne en est à la version {version}",
        "its events go to version {last}, its row is at version {version}",
    ),
    "row.gone": Both(
        "son historique va jusqu'à la version {last}, et sa ligne n'est plus là",
        "its events go to version {last}, and its row is not there",
    ),
    "row.message_before_it": Both(
        "son prochain message, {id}, est déjà dans la boîte d'envoi",
        "its next message, {id}, is in the outbox before it",
    ),
    "row.other_instant": Both(
        "d'après son document : fait du {at}, enregistré le {recorded_at} ; sa ligne indique autre chose",
        "by its document: of {at}, recorded on {recorded_at}; its row says something else",
    ),
    "row.sent_at_none": Both(
        "personne ne l'enverra : sa ligne n'indique ni un instant d'envoi, ni qu'il attend",
        "nobody will send it: its row has no instant at which it was sent, and does not say that it waits",
    ),
    "row.of_nobody": Both(
        "elle retient ce que personne d'autre ne peut plus demander, pour un dossier {id} qui n'existe pas",
        "it keeps from all others what it claims, for a case {id} that is not there",
    ),
    "row.raised": Both("une erreur l'a arrêtée : « {error} »", "an error stopped it: {error}"),
    "row.set_aside": Both("le dossier a été écarté : « {words} »", "set aside: {words}"),
    "row.not_the_space": Both(
        "ce n'est pas un espace professionnel ; il faut celui du cabinet", "not a space: expected the firm's"
    ),
    # --- The last lines ---
    "end.messages_none": Both("Messages à envoyer : aucun.", "Messages in the outbox, for the sender: none."),
    "end.messages_old": Both(
        "Messages à envoyer : {count}, aucun de cette nuit.",
        "Messages in the outbox, for the sender: {count}, none of this night.",
    ),
    "end.messages_new": Both(
        "Messages à envoyer : {count}, de cette nuit.",
        "Messages in the outbox, for the sender: {count}, of this night.",
    ),
    "end.messages_both": Both(
        "Messages à envoyer : {new} de cette nuit et {before} d'avant.",
        "Messages in the outbox, for the sender: {new} of this night and {before} of earlier ones.",
    ),
    "end.to_come": Both(
        "Dates du fichier postérieures à cette nuit, qui attendent leur tour : {count}.",
        "Dates of the file that are later than this night, and wait for theirs: {count}.",
    ),
    "end.ahead": Both(
        "L'heure de ce poste a été retardée, ou celle d'un autre avance : un fait est déjà noté au {at}. Ce qui a"
        " changé après cette nuit attend la suivante.",
        "The clock was set back, or another's is ahead: the database has seen {at} already. What changed after this"
        " night waits for a later one.",
    ),
    "end.left": Both(
        "À décider, et laissé à d'autres postes ou à la nuit suivante : {count}.",
        "Due, and left to others who are at it or to the next night: {count}.",
    ),
    "end.by_others": Both(
        "Enregistré par d'autres postes pendant ce temps : {count} {count:événement|événements}.",
        "Recorded by others meanwhile: {count} {count:event|events}.",
    ),
    "end.recorded": Both(
        "Noté cette nuit : {found:and}.",
        "Recorded now: {found:and}.",
    ),
    "end.recorded_facts": Both("{count} {count:fait|faits} du fichier", "{count} {count:fact|facts} of the file"),
    "end.recorded_limits": Both(
        "{count} {count:fin de délai ou rappel|fins de délai ou rappels}",
        "{count} {count:time limit or reminder|time limits or reminders}",
    ),
    "end.well": Both(
        "Rien à faire ni à revoir d'ici demain soir.", "Nothing is to be done or looked at until tomorrow night."
    ),
    "pressing.now": Both(
        "À faire aujourd'hui ou demain : {count}.",
        "To do today or tomorrow: {count}.",
    ),
    "pressing.letters": Both(
        "Courriers à retrouver : {count}.",
        "Letters to be found: {count}.",
    ),
    "pressing.needed": Both(
        "Impôts à venir : {count}.",
        "For a coming tax: {count}.",
    ),
    "pressing.lapses": Both(
        "Caducités à vérifier : {count}.",
        "Lapses to be checked: {count}.",
    ),
    "pressing.unsure": Both(
        "Mandats à vérifier : {count}.",
        "Mandates to be checked: {count}.",
    ),
    "end.pages": Both("{page} (à côté : {others:and})", "{page} (beside it: {others:and})"),
    "end.mend": Both("À corriger : {found}.", "To be mended: {found}."),
    "mend.unfollowed": Both(
        "{count} {count:ligne non suivie|lignes non suivies}", "{count} {count:row|rows} not followed"
    ),
    "mend.wrong": Both("{count} {count:valeur ignorée|valeurs ignorées}", "{count} {count:value|values} ignored"),
    "mend.stored": Both(
        "{count} {count:ligne|lignes} de la base de données", "{count} {count:row|rows} of the database"
    ),
    "mend.judged": Both(
        "{count} {count:fait que les règles d'aujourd'hui n'admettraient|faits que les règles d'aujourd'hui"
        " n'admettraient} pas",
        "{count} {count:fact|facts} that today's rules would not have let pass",
    ),
    "mend.clock": Both("l'heure de ce poste", "the clock"),
    "end.done_by_others": Both(
        "Il ne restait rien à faire ici : d'autres postes s'en sont chargés.",
        "Nothing was left to do here: others did it.",
    ),
    "end.done_before": Both(
        "Rien n'a changé : cette nuit était déjà traitée.", "Nothing has changed: this night was done already."
    ),
    # --- The page, the calendar, the workbook ---
    "page.contents": Both("sommaire", "contents"),
    "picture.title": Both("Ce qui se termine, jour par jour", "What ends, day by day"),
    "picture.label": Both(
        "{count} {count:dossier se termine|dossiers se terminent} {day:until} ; le détail est dans les tableaux qui"
        " suivent",
        "{count} {count:case ends|cases end} {day:until}; the tables below have them one by one",
    ),
    "picture.day": Both("{day} : {count} ({names})", "{day}: {count} ({names})"),
    "agenda.tax": Both("à payer : {service:service}", "to be paid: {service:service}"),
    "sheet.now": Both("Aujourd'hui et demain", "Today and tomorrow"),
    "sheet.unfollowed": Both("Demandes non suivies", "Not followed"),
    "sheet.letters": Both("Courriers en retard", "Letters overdue"),
    "sheet.needed": Both("Pour les impôts à venir", "For coming taxes"),
    "sheet.lapses": Both("Caducités", "Lapsed"),
    "sheet.risk": Both("Sous quinze jours", "Within fifteen days"),
    "sheet.later": Both("Plus tard", "Later"),
    "sheet.taxes": Both("Impôts", "Taxes"),
    "sheet.besides": Both("À faire aussi", "To do besides"),
    "sheet.wrong": Both("Valeurs ignorées", "Ignored"),
    "sheet.judged": Both("Règles d'aujourd'hui", "Today's rules"),
    "sheet.rules": Both("Règles", "Rules"),
    # --- Why nothing can be done ---
    "file.not_found": Both(
        "{file} est introuvable ; il faut un fichier CSV, .xlsx ou .ods",
        "cannot read {file}: no such file; expected CSV, .xlsx or .ods",
    ),
    "file.directory": Both(
        "{file} est un dossier ; il faut un fichier CSV, .xlsx ou .ods",
        "cannot read {file}: a directory; expected CSV, .xlsx or .ods",
    ),
    "file.not_allowed": Both(
        "{file} ne peut pas être lu ; il faut un fichier CSV que vous avez le droit de lire",
        "cannot read {file}: expected a CSV file that you are allowed to read",
    ),
    "file.no_text": Both(
        "{file} n'est pas du texte lisible ; il faut un fichier CSV, .xlsx ou .ods",
        "{file} is no text that can be read: expected CSV, .xlsx or .ods",
    ),
    "file.no_workbook": Both(
        "{file} est un classeur endommagé, ou protégé par un mot de passe ; il faut un classeur qui s'ouvre",
        "{file} is a damaged workbook, or one with a password: expected one that opens",
    ),
    "file.empty": Both(
        "{file} est vide ; il faut les noms des colonnes sur la première ligne",
        "{file} is empty: expected a line of column names",
    ),
    "file.columns": Both(
        "{file} n'a pas {columns:la colonne|les colonnes} {columns:heading} ; {found:trouvée|trouvées} : {found}",
        "{file} lacks {columns:the column|the columns} {columns:heading}; found: {found}",
    ),
    "file.columns_of_sheets": Both(
        "{file} n'a {columns:pas la colonne|pas les colonnes} {columns:heading} dans une même feuille, parmi"
        " {sheets:and} ; {found:trouvée|trouvées} au mieux : {found}",
        "{file} lacks {columns:the column|the columns} {columns:heading} in each of its sheets, {sheets:and}; the best"
        " has: {found}",
    ),
    "file.columns_twice": Both(
        "{file} a plus d'une fois {columns:la colonne|les colonnes} {columns}, où une seule est possible",
        "{file} has more than once {columns:the column|the columns} {columns}: expected once",
    ),
    "file.no_file": Both(
        "{file} n'est pas un fichier, mais un appareil ou un tube ; il faut un fichier CSV, .xlsx ou .ods",
        "cannot read {file}: a device or a pipe; expected CSV, .xlsx or .ods",
    ),
    "file.too_large": Both(
        "{file} est trop grand ; il faut un fichier de {most} Mio au plus",
        "cannot read {file}: too large; expected a file of {most} MiB at most",
    ),
    "file.too_large_unpacked": Both(
        "{file} est trop grand une fois ouvert ; il faut un classeur de {most} Mio au plus, sans cellules répétées à"
        " l'infini, ou un fichier CSV",
        "cannot read {file}: too large once it is open; expected a workbook of {most} MiB at most, without cells that"
        " are repeated without an end, or CSV",
    ),
    "file.no_reader": Both(
        "{file} est un classeur, et {package} n'est pas installé pour le lire ; il faut l'installer, ou un fichier CSV",
        "cannot read {file}: {package}, which reads workbooks, is not installed; expected that it is, or CSV",
    ),
    "file.no_csv": Both(
        "{file} n'est plus du CSV à partir de la ligne {line} ; il faut des guillemets fermés",
        "{file} is no CSV from line {line} on: expected quotes that are closed",
    ),
    "firm.wrong": Both("{file}, ligne {line}, {key} : {reason}", "{file}, line {line}, {key}: {reason}"),
    "firm.no_toml": Both(
        "cette ligne n'a pas la forme attendue ; suivre l'exemple fourni, guillemets compris",
        "no TOML; expected what the shipped example shows",
    ),
    "firm.no_days": Both(
        "{value} n'est pas une durée prévue. Indiquez un nombre entier de jours, de 0 à {most}",
        "not a lead time: {value}; expected whole civil days, 0 to {most}",
    ),
    "firm.line": Both("{file}, ligne {line} : {reason}", "{file}, line {line}: {reason}"),
    "firm.accent": Both(
        "le nom {value} s'écrit sans accent ; il faut {expected}",
        "the name {value} has no accent; expected {expected}",
    ),
    "firm.not_utf_8": Both(
        "{file}, ligne {line} : ce n'est pas de l'UTF-8 ; il faut un fichier enregistré en UTF-8",
        "{file}, line {line}: no UTF-8; expected a file that is saved as UTF-8",
    ),
    "firm.not_read": Both(
        "{file} est introuvable ou illisible ; il faut le fichier du cabinet",
        "{file} is not there or cannot be read; expected the firm's file",
    ),
    "firm.too_large": Both(
        "{file} est trop grand ; il faut un fichier de {most} Kio au plus",
        "cannot read {file}: too large; expected a file of {most} KiB at most",
    ),
    "firm.line_too_long": Both(
        "cette ligne est trop longue ; il faut {most} signes au plus", "too long a line; expected {most} signs at most"
    ),
    "firm.unknown": Both("nom inconnu ; les noms possibles sont {expected:and}", "unknown; expected one of {expected}"),
    "firm.missing": Both(
        "Sans fichier {name} à côté de {file}, le cabinet est celui de l'exemple.",
        "There is no {name} beside {file}: the firm is the example's.",
    ),
    "run.option": Both("{option} : {reason}", "{option}: {reason}"),
    "run.unknown_language": Both(
        "--lang : langue inconnue, {value} ; il faut {expected:or}",
        "--lang: unknown language {value}; expected {expected:or}",
    ),
    "run.unknown_arguments": Both(
        "{value:argument inconnu|arguments inconnus} : {value} ; il faut les options que --help énumère",
        "{value:unknown argument|unknown arguments}: {value}; expected the options that --help lists",
    ),
    "run.malformed_argument": Both(
        "{option} : valeur absente ou superflue ; il faut ce que --help indique",
        "{option}: a value missing, or one too many; expected what --help says",
    ),
    "run.no_database": Both(
        "{option} : nom vide ; il faut un fichier SQLite, ou une URL",
        "{option}: an empty name; expected an SQLite file, or a URL",
    ),
    "run.no_at": Both(
        "{option} : instant vide ; il faut par exemple 2026-03-04T06:00, ou rien du tout pour maintenant",
        "{option}: an empty instant; expected one such as 2026-03-04T06:00, or no option, for now",
    ),
    "run.no_folder": Both(
        "{option} : nom vide ; il faut un dossier où écrire", "{option}: an empty name; expected a folder to write to"
    ),
    "run.pages_over": Both(
        "{option} : {file} est un fichier que la nuit lit ou garde, et la page prendrait sa place ; il faut un autre"
        " dossier",
        "{option}: {file} is a file that the night reads or keeps, and would be replaced; expected another folder",
    ),
    "run.not_installed": Both(
        "{option} : {package} n'est pas installé ; il faut l'installer d'abord",
        "{option}: {package} is not installed; expected that it is",
    ),
    "run.no_pages": Both(
        "tout est enregistré, mais la page, le calendrier et le classeur n'ont pas pu être écrits : « {words} »",
        "all is recorded, and the page, the calendar and the workbook could not be written: {words}",
    ),
    "run.untold": Both(
        "tout est enregistré, mais le rapport n'a pas pu être écrit : « {words} »",
        "all is recorded, and the report could not be written: {words}",
    ),
    "night.to_come": Both(
        "la nuit du {at} est encore à venir : nous sommes le {now}",
        "{at} has not come yet; expected {now} at the latest, which is what the clock says",
    ),
    "night.before": Both(
        "la base a déjà enregistré un fait le {latest} ; il faut une nuit postérieure, ou une autre base",
        "the database has seen {latest} already; expected a later night, or another --database",
    ),
    # --- What fails in a database ---
    "database.unusable": Both(
        "la base de données {database} est inutilisable : {reason}", "the database {database} cannot be used: {reason}"
    ),
    "database.said": Both("{reason} (message de la base : « {words} »)", "{reason} (in its own words: {words})"),
    "database.no_url": Both(
        "ce n'est pas une adresse que ce poste sache ouvrir ; il faut un fichier SQLite, ou une URL telle que"
        " {example}",
        "no URL of a database that can be opened; expected an SQLite file, or a URL such as {example}",
    ),
    "database.no_driver": Both("le pilote {driver} n'est pas installé", "its driver {driver} is not installed"),
    "database.no_connection": Both("pas de connexion avec le serveur", "no connection with its server"),
    "database.not_allowed": Both("l'accès est refusé", "no access"),
    "database.not_there": Both("elle n'existe pas", "no such database"),
    "database.not_opened": Both("le fichier ne s'ouvre pas", "its file does not open"),
    "database.none": Both("le fichier n'est pas une base SQLite", "its file is no SQLite database"),
    "database.foreign": Both(
        "c'est celle d'un autre programme, où rien n'a changé ; il faut une base de ce programme, ou un nouveau nom",
        "it is another program's, and nothing in it was changed; expected one of this program's, or a new name",
    ),
    "database.damaged": Both("elle est endommagée", "it is damaged"),
    "database.full": Both("le disque est plein", "the disk is full"),
    "database.disk": Both("le disque ne lit ou n'écrit plus", "the disk fails"),
    "database.read_only": Both("elle est en lecture seule", "it is read-only"),
    "database.locked": Both("elle est verrouillée par un autre programme", "another program holds it locked"),
    "database.busy": Both("le serveur est saturé", "the server has no room left"),
    "database.stopped": Both("le serveur s'arrête ou démarre", "the server is stopping or starting"),
    "database.failed": Both("une opération a échoué", "an operation failed"),
    "pay_by.malformed": Both(
        "{value} n'est pas un impôt à payer ; il faut un service et une date, par exemple {example}",
        "{value} is no tax to pay; expected a service and a date, such as {example}",
    ),
    "pay_by.not_a_payment": Both(
        "{service:service} ne sert pas à payer ; il faut {expected:or}",
        "{service} pays nothing; expected {expected:or}",
    ),
    # --- The help ---
    "help.usage": Both("utilisation : ", "usage: "),
    "help.options": Both("options\N{NO-BREAK SPACE}", "options"),
    "help.about": Both(
        "Une nuit du portefeuille de demandes d'un cabinet.", "One night of a firm's portfolio of requests."
    ),
    "help.help": Both("montrer cette aide", "show this help"),
    "help.lang": Both("la langue, fr (par défaut) ou en", "the language, fr (the default) or en"),
    "help.csv": Both(
        "le portefeuille, en CSV, .xlsx ou .ods (par défaut, celui qui est fourni)",
        "the portfolio, as CSV, .xlsx or .ods (the shipped one)",
    ),
    "help.firm": Both(
        "le cabinet, ses délais et ses impôts (par défaut, {name} à côté du portefeuille)",
        "the firm, its lead times and its taxes ({name} beside the portfolio)",
    ),
    "help.pages": Both(
        "un dossier où écrire la page, le calendrier et le classeur de la nuit",
        "a folder for the page, the calendar and the workbook of the night",
    ),
    "help.folder": Both("DOSSIER", "FOLDER"),
    "help.database": Both(
        "où les dossiers sont enregistrés : un fichier SQLite (par défaut, à côté du portefeuille ; {default} pour"
        " celui qui est fourni), ou une URL telle que postgresql://user@host/name",
        "where cases are kept: an SQLite file (beside the portfolio; {default} for the shipped one), or a URL such"
        " as postgresql://user@host/name",
    ),
    "help.at": Both(
        "la nuit, à l'heure de Paris à défaut de décalage horaire, et au plus tard maintenant (par défaut, maintenant ;"
        " {night} pour le portefeuille fourni)",
        "the night, in Paris unless it bears an offset: not after now (now; {night} for the shipped portfolio)",
    ),
    "help.pay_by": Both(
        "un service et le jour où l'impôt est à payer, autant de fois qu'il y en a (par exemple, {example})",
        "a service and the day by which its tax is to be paid, as often as there are any (such as {example})",
    ),
    "help.letter": Both(
        "jours prévus pour l'arrivée du courrier ({default})", "days planned for the letter to come ({default})"
    ),
    "help.answer": Both(
        "jours prévus pour la réponse de l'entreprise ({default})", "days planned for the company's answer ({default})"
    ),
    "help.company": Both(
        "le numéro d'une entreprise, dont le journal des diligences est montré à la fin ; autant de fois qu'il y en a",
        "a company's number, whose file of diligence is shown in the end; as often as there are any",
    ),
    "help.bank": Both(
        "jours prévus pour l'enregistrement par la banque ({default})",
        "days planned for the bank's registration ({default})",
    ),
    "help.verify": Both(
        "comparer chaque dossier à son historique, et non seulement ceux de cette nuit",
        "compare every case with its events, and not only those of this night",
    ),
    "help.judge": Both(
        "soumettre tout ce qui est enregistré aux règles d'aujourd'hui, et montrer ce qu'elles n'admettraient pas",
        "ask today's rules of all that is recorded, and show what they would not have let pass",
    ),
    "help.all": Both("tout montrer, aussi long que ce soit", "show everything, however long"),
    "help.status": Both(
        "La commande rend 0 s'il n'y a rien à faire ni à revoir, 1 s'il y a quelque chose à faire ou à"
        " revoir (aujourd'hui ou demain, un courrier en retard, un impôt à venir, une caducité ou un mandat"
        " à vérifier, une ligne erronée), 2 si la nuit n'a pas pu être faite.",
        "The exit status is 0 where nothing is to be done or looked at, 1 where something is (today or"
        " tomorrow, a letter that is overdue, a coming tax, a lapse or a mandate to check, a wrong row), 2"
        " where the night could not be done.",
    ),
    "help.file": Both("FICHIER", "FILE"),
    "help.place": Both("URL_OU_FICHIER", "URL_OR_FILE"),
    "help.instant": Both("INSTANT", "INSTANT"),
    "help.tax": Both("SERVICE=JOUR", "SERVICE=DAY"),
    "help.days": Both("JOURS", "DAYS"),
    "help.number": Both("SIREN_OU_DOSSIER", "NUMBER"),
    "help.language": Both("LANGUE", "LANGUAGE"),
}

LANGUAGES: Final[Mapping[str, Wording]] = {
    # A rule and its number stay on one line.
    "fr": FRENCH.with_words(
        {key: both.fr.replace("règle {", "règle\N{NO-BREAK SPACE}{") for key, both in WORDS.items()}
    ),
    "en": ENGLISH.with_words({key: both.en for key, both in WORDS.items()}),
}
"""The library's words and the report's, by the code of the language; the first one is the default."""
DEFAULT: Final = "fr"


def sentence(text: str) -> str:
    """A reason as a sentence: with a capital, and a full stop."""
    return stopped(f"{text[:1].upper()}{text[1:]}")


def uncapitalised(text: str) -> str:
    """A reason within a sentence: without its capital, if that is not of a name in capitals."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def stopped(text: str) -> str:
    """A text with a full stop, if it ends with no sign of its own."""
    return text if text.endswith((".", "…", "!", "?")) else f"{text}."


def said(wording: Wording, key: str, /, **facts: object) -> str:
    """The words of a key with the facts in them."""
    return wording.sentence(key, **facts)


@attrs.frozen
class Reason:
    """Why something is wrong, as the library's errors say it: a code, which is a key of the table, and its facts."""

    code: str
    facts: Mapping[str, object] = attrs.field(factory=dict)

    def __str__(self) -> str:
        return explained(LANGUAGES["en"], self)


class SaidError(Exception):
    """An error of the job itself, whose words are in the table."""

    def __init__(self, key: str, /, **facts: object) -> None:
        self.reason = Reason(key, facts)
        super().__init__(key)

    def __str__(self) -> str:
        return str(self.reason)


def explained(wording: Wording, why: object, *, has_rules: bool = True) -> str:
    """Why, in words: of the library's where it is the library's error, else of the table. Rules are cited by id."""
    match why:
        case Reason() | CodecError(path="$"):  # a path of no more than that says nothing
            facts = dict(why.facts)
            if "why" in facts:  # a reason within a reason
                facts["reason"] = explained(wording, facts.pop("why"), has_rules=has_rules)
            return said(wording, why.code, **facts)
        case SaidError():
            return explained(wording, why.reason, has_rules=has_rules)
        case InvalidFormError():
            return wording.language.between.join(
                explained(wording, problem, has_rules=has_rules) for problem in why.problems
            )
        case Problem() | RefusedError():
            reason = said(wording, why.code, **why.facts)
            return (
                reason
                if why.rule is None or not has_rules
                else said(wording, "wrong.cited", reason=reason, rule=why.rule.id)
            )
        case TeleproceduresError():
            # A value without its name: what stands before it says what it is of.
            return said(wording, why.code, **why.facts) if isinstance(why, InvalidValueError) else wording.refusal(why)
        case _:
            return str(why)


def rules_of(why: object) -> tuple[Rule, ...]:
    """The rules that the words of a reason cite."""
    if isinstance(why, InvalidFormError):
        return tuple(problem.rule for problem in why.problems if problem.rule is not None)
    rule = why.rule if isinstance(why, Problem | RefusedError) else None
    return () if rule is None else (rule,)
