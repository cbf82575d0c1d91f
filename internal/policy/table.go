package policy

import "slices"

// The relations people hold, by the kind of object they hold them on.
var (
	team   = []string{"owner", "editor", "reader", "signatory", "helper"}
	onFile = []string{"application"}
	above  = []string{"edition", "programme", "agency"}
	onCall = []string{"call", "edition", "programme", "agency"}

	deposited = []string{"submitted", "reopened", "withdrawn"}
)

// Table is the whole policy, one line a right, in the order of the document.
// Whoever adds a route names an action that stands here.
var Table = slices.Concat(platformRules, programmeRules, callRules, applicationRules, selectionRules, readingRules, approvalRules, gatheringRules, rightRules, schemeRules, bookingRules, sponsorRules,
	roadmapRules, synthesisRules, reportRules, showcaseRules, harvestRules, outcomeRules, factoryRules, visitRules)

var platformRules = []Rule{
	{Action: "site.visit", Relations: []string{Anyone}, Why: "Les pages publiques sont ouvertes à tous."},
	{Action: "account.manage", Relations: []string{SignedIn}, Why: "Chacun gère son compte, ses adresses et ses connexions."},
	{Action: "organisation.read", Relations: []string{SignedIn}, Why: "Le répertoire des organisations sert à tous ceux qui se connectent."},
	{Action: "organisation.create", Relations: []string{SignedIn}, Why: "Chacun peut ajouter une organisation absente du répertoire ; il en tient alors la fiche."},
	{Action: "organisation.edit", Relations: []string{"admin", "region"}, On: []string{"platform", "agency"}, Side: Programme, Why: "Les administrations tiennent à jour les noms et les successions."},
	{Action: "organisation.edit", Relations: []string{"representative"}, On: []string{"organisation"}, Side: Applicant, Why: "Une organisation tient à jour sa propre fiche."},
	{Action: "platform.administer", Relations: []string{"admin"}, On: []string{"platform"}, Side: Programme, Why: "L'administration technique règle la plateforme ; elle ne lit aucun contenu."},
	{Action: "journal.read", Relations: []string{"auditor", "dpo"}, On: []string{"platform"}, Side: Programme, Why: "Le journal est lu par l'audit et la protection des données."},
	{Action: "privacy.requests", Relations: []string{"dpo"}, On: []string{"platform"}, Side: Programme, Why: "La protection des données traite les demandes des personnes : effacement, conservation exigée."},
	{Action: "privacy.register", Relations: []string{"dpo", "auditor"}, On: []string{"platform"}, Side: Programme, Why: "La protection des données et l'audit lisent le registre des traitements dans le détail."},
	{Action: "retention.manage", Relations: []string{"dpo"}, On: []string{"platform"}, Side: Programme, Why: "La protection des données règle les durées de conservation et voit ce qui sera effacé."},
	{Action: "retention.manage", Relations: []string{"lead"}, On: []string{"programme", "agency"}, Side: Programme, Why: "Une responsable règle les durées de son programme dans les bornes, et prolonge un dossier avec une raison."},
	{Action: "outbox.read", Relations: []string{"lead", "region"}, On: above, Side: Programme, Why: "Les courriels en attente sont relus par le programme qui les envoie."},
	{Action: "outbox.edit", Relations: []string{"lead"}, On: above, Side: Programme, Why: "Un courriel peut être corrigé avant de partir."},
}

var programmeRules = []Rule{
	{Action: "agency.read", Relations: []string{Anyone}, Why: "Les agences sont publiques."},
	{Action: "agency.edit", Relations: []string{"admin"}, On: []string{"platform"}, Side: Programme, Why: "L'administration technique ouvre une agence."},
	{Action: "agency.edit", Relations: []string{"lead", "region"}, On: []string{"agency"}, Side: Programme, Why: "Une agence règle sa présentation."},
	{Action: "agency.invite", Relations: []string{"admin"}, On: []string{"platform"}, Side: Programme, Why: "L'administration technique invite la première responsable d'une agence, qui n'en a pas encore."},
	{Action: "agency.invite", Relations: []string{"lead", "region"}, On: []string{"agency"}, Side: Programme, Why: "L'équipe d'une agence invite par rôle, avec une échéance."},
	{Action: "agency.appoint", Relations: []string{"admin"}, On: []string{"platform"}, Side: Programme, Why: "L'administration technique nomme la première responsable d'une agence."},
	{Action: "agency.appoint", Relations: []string{"lead"}, On: []string{"agency"}, Side: Programme, Why: "Une responsable d'agence en nomme une autre, ou met fin à son rôle."},
	{Action: "programme.read", Relations: []string{Anyone}, Why: "Les programmes sont publics."},
	{Action: "programme.start", Relations: []string{SignedIn}, Why: "Les formulaires d'ouverture ne proposent que les agences et les programmes où l'on a un rôle."},
	{Action: "programme.create", Relations: []string{"lead", "region"}, On: []string{"agency"}, Side: Programme, Why: "Une agence crée ses programmes."},
	{Action: "programme.edit", Relations: []string{"lead"}, On: []string{"programme", "agency"}, Side: Programme, Why: "La responsable du programme le décrit."},
	{Action: "journey.read", Relations: []string{"lead", "region", "officer"}, On: []string{"agency"}, Side: Programme, Why: "Une agence voit les parcours qu'elle a faits siens."},
	{Action: "journey.edit", Relations: []string{"lead", "region"}, On: []string{"agency"}, Side: Programme, Why: "Une agence adapte les parcours livrés avant de s'en servir."},
	{Action: "edition.create", Relations: []string{"lead", "region"}, On: []string{"programme", "agency"}, Side: Programme, Why: "Une édition s'ouvre à partir d'un parcours."},
	{Action: "edition.read", Relations: []string{Anyone}, States: []string{"published", "closed"}, Why: "Une édition publiée est publique."},
	{Action: "edition.read", Relations: []string{"lead", "region", "officer", "communications", "facilitator", "secretary", "auditor"}, On: append([]string{"platform"}, above...), Side: Programme, Why: "L'équipe voit l'édition en préparation."},
	{Action: "edition.manage", Relations: []string{"lead", "region"}, On: above, Side: Programme, Why: "L'équipe règle les étapes, les dates et les textes."},
	{Action: "edition.invite", Relations: []string{"lead", "region"}, On: above, Side: Programme, Why: "L'équipe invite par rôle, avec une échéance."},
	{Action: "webhook.manage", Relations: []string{"lead"}, On: above, Side: Programme, Why: "La responsable choisit les programmes extérieurs qui sont prévenus ; ils n'apprennent que ce qu'elle peut savoir."},
	{Action: "edition.appoint", Relations: []string{"lead"}, On: above, Side: Programme, Why: "Seule une responsable en nomme une autre, ou met fin à son rôle."},
}

var callRules = []Rule{
	{Action: "call.read", Relations: []string{Anyone}, States: []string{"published", "closed"}, Why: "Un appel publié est public."},
	{Action: "call.read", Relations: []string{"lead", "region", "officer", "communications", "secretary", "auditor"}, On: append([]string{"platform"}, onCall...), Side: Programme, Why: "L'équipe voit l'appel en préparation."},
	{Action: "call.edit", Relations: []string{"lead", "region"}, On: onCall, Side: Programme, Why: "Le texte, le formulaire et les règles sont écrits par la responsable."},
	{Action: "call.publish", Relations: []string{"lead"}, On: onCall, Side: Programme, Why: "Publier, réviser et prolonger sont des actes de la responsable."},
	{Action: "call.files", Relations: []string{"lead", "region", "officer", "secretary"}, On: onCall, Side: Programme, Why: "L'équipe suit les dossiers ; avant la clôture elle n'en voit que le nombre."},
	{Action: "call.export", Relations: []string{"lead", "region", "officer"}, On: onCall, Side: Programme, From: Admissibility, Needs: []string{"unsealed"}, Why: "Les dossiers déposés s'exportent après la clôture."},
	{Action: "call.import", Relations: []string{"lead"}, On: onCall, Side: Programme, From: Admissibility, Until: Embargo, States: []string{"published"}, Needs: []string{"unsealed"}, Why: "Les dossiers déposés ailleurs s'importent après la clôture ; c'est un acte de la responsable."},
	{Action: "call.export_all", Relations: []string{"exporter"}, On: []string{"call"}, Side: Programme, From: Admissibility, Needs: []string{"unsealed"}, Why: "Tous les dossiers avec leurs pièces ne sortent qu'avec l'accord d'une deuxième personne, pour un jour."},
	{Action: "call.delete", Relations: []string{"lead"}, On: onCall, Side: Programme, States: []string{"draft"}, Why: "Un appel jamais publié se supprime."},
	{Action: "call.delete", Relations: []string{"remover"}, On: []string{"call"}, Side: Programme, Why: "Un appel publié ne se supprime qu'avec l'accord d'une deuxième personne, et s'il n'a aucun dossier."},
	{Action: "call.answer", Relations: []string{"lead", "region", "officer"}, On: onCall, Side: Programme, Why: "L'équipe répond aux questions."},
	{Action: "call.ask", Relations: []string{SignedIn}, From: Open, States: []string{"published"}, Why: "Chacun peut poser une question sur un appel ouvert."},
	{Action: "application.create", Relations: []string{SignedIn}, From: Open, Until: Open, States: []string{"published"}, Why: "Un dossier s'ouvre tant que l'appel est ouvert."},
}

var applicationRules = []Rule{
	{Action: "application.read", Relations: team, On: onFile, Side: Applicant, Mask: []string{"all"}, Why: "L'équipe d'un projet voit tout son dossier."},
	{Action: "application.read", Relations: []string{"lead", "officer", "region"}, On: onCall, Side: Programme, From: Admissibility, States: deposited, Needs: []string{"unsealed"}, Mask: []string{"answers", "contacts", "identity", "files", "thread", "admissibility", "labels"}, Why: "Un dossier déposé s'ouvre à l'équipe du programme après la clôture, jamais un brouillon."},
	{Action: "application.read", Relations: []string{"auditor"}, On: []string{"platform"}, Side: Programme, From: Announced, States: deposited, Needs: []string{"unsealed"}, Mask: []string{"answers", "identity", "files"}, Why: "L'audit lit les dossiers après l'annonce, pour une mission."},
	{Action: "application.read", Relations: []string{"emergency"}, On: onFile, Side: Programme, States: deposited, Needs: []string{"unsealed"}, Mask: []string{"answers", "contacts", "identity", "files", "admissibility"}, Why: "Accès de secours : l'administration technique lit un dossier pendant une heure, avec un motif et l'accord d'une deuxième personne ; l'équipe du projet, la responsable et la déléguée à la protection des données en sont averties. Un brouillon et un dossier scellé restent fermés."},
	{Action: "application.history", Relations: team, On: onFile, Side: Applicant, Why: "L'équipe d'un projet voit tout ce qui a été fait de son dossier."},
	{Action: "application.history", Relations: []string{"lead", "officer", "region"}, On: onCall, Side: Programme, From: Admissibility, States: deposited, Needs: []string{"unsealed"}, Why: "L'équipe du programme voit les dépôts successifs et les actes ; qui évalue ne les voit pas."},
	{Action: "application.history", Relations: []string{"auditor"}, On: []string{"platform"}, Side: Programme, From: Announced, States: deposited, Needs: []string{"unsealed"}, Why: "L'audit lit les dépôts et les actes après l'annonce, pour une mission."},
	{Action: "application.history", Relations: []string{"emergency"}, On: onFile, Side: Programme, States: deposited, Needs: []string{"unsealed"}, Why: "Accès de secours : les dépôts et les actes du dossier, pendant l'heure accordée."},
	{Action: "application.edit", Relations: []string{"owner", "editor", "helper"}, On: onFile, Side: Applicant, States: []string{"draft", "reopened"}, Why: "On écrit à plusieurs tant que le dossier n'est pas déposé."},
	{Action: "application.comment", Relations: team, On: onFile, Side: Applicant, Why: "Les commentaires restent dans l'équipe."},
	{Action: "application.team", Relations: []string{"owner"}, On: onFile, Side: Applicant, Why: "La porteuse ou le porteur invite, change les rôles et transmet le dossier."},
	{Action: "application.submit", Relations: []string{"owner", "signatory"}, On: onFile, Side: Applicant, States: []string{"draft", "reopened"}, Why: "Le dépôt est l'acte de la porteuse, du porteur ou du signataire."},
	{Action: "application.withdraw", Relations: []string{"owner", "signatory"}, On: onFile, Side: Applicant, States: []string{"submitted", "reopened"}, Why: "On peut retirer son dossier."},
	{Action: "application.reopen", Relations: []string{"owner", "signatory"}, On: onFile, Side: Applicant, From: Open, Until: Open, States: []string{"submitted", "withdrawn"}, Why: "Avant la date limite, un dossier déposé ou retiré peut être repris."},
	{Action: "application.delete", Relations: []string{"owner"}, On: onFile, Side: Applicant, States: []string{"draft"}, Why: "Un brouillon peut être supprimé."},
	{Action: "application.correspond", Relations: []string{"owner", "editor", "signatory", "helper"}, On: onFile, Side: Applicant, Why: "L'équipe du projet écrit à celle du programme depuis les pages de son dossier."},
	{Action: "application.thread", Relations: []string{"owner", "editor", "signatory", "helper"}, On: onFile, Side: Applicant, Why: "Le fil relie l'équipe du projet et celle du programme."},
	{Action: "application.thread", Relations: []string{"lead", "officer", "region"}, On: onCall, Side: Programme, From: Admissibility, States: deposited, Needs: []string{"unsealed"}, Why: "Le fil relie l'équipe du projet et celle du programme."},
	{Action: "application.admit", Relations: []string{"lead", "officer"}, On: onCall, Side: Programme, From: Admissibility, Until: Embargo, States: []string{"submitted", "reopened"}, Needs: []string{"unsealed"}, Why: "La recevabilité est prononcée par une personne, après la clôture."},
	{Action: "application.correct", Relations: []string{"lead", "officer"}, On: onCall, Side: Programme, From: Admissibility, Until: Embargo, States: []string{"submitted"}, Needs: []string{"unsealed"}, Why: "Une correction peut être demandée : incorrect, incomplet, périmé."},
	{Action: "application.label", Relations: []string{"lead", "officer", "region"}, On: onCall, Side: Programme, From: Admissibility, States: deposited, Needs: []string{"unsealed"}, Why: "Les étiquettes sont internes à l'équipe du programme."},
	{Action: "receipt.verify", Relations: []string{Anyone}, Why: "Un accusé de réception se vérifie par tous."},
}

// onRequest are the objects around a request: what it is about, and what contains that.
var onRequest = []string{"call", "edition", "programme", "agency"}

var approvalRules = []Rule{
	{Action: "emergency.ask", Relations: []string{"admin"}, On: []string{"platform"}, Side: Programme, Why: "L'administration technique demande un accès de secours à un dossier, avec un motif."},
	{Action: "approval.read", Relations: []string{"asker"}, On: []string{"approval"}, Side: Programme, Why: "On suit ce qu'on a demandé."},
	{Action: "approval.read", Relations: []string{"lead", "region"}, On: onRequest, Side: Programme, Why: "Les responsables voient ce qui est demandé sur leurs appels, et ce qui en a été décidé."},
	{Action: "approval.read", Relations: []string{"dpo", "auditor"}, On: []string{"platform"}, Side: Programme, Why: "La protection des données et l'audit voient toutes les demandes."},
	{Action: "approval.read", Relations: []string{"admin"}, On: []string{"platform"}, Side: Programme, Needs: []string{"emergency"}, Why: "L'administration technique voit les accès de secours."},
	{Action: "approval.decide", Relations: []string{"lead", "region"}, On: onRequest, Side: Programme, States: []string{"waiting"}, Why: "Une deuxième personne décide ; jamais celle qui demande."},
	{Action: "approval.decide", Relations: []string{"dpo"}, On: []string{"platform"}, Side: Programme, States: []string{"waiting"}, Why: "La déléguée à la protection des données peut être la deuxième personne."},
	{Action: "approval.decide", Relations: []string{"admin"}, On: []string{"platform"}, Side: Programme, States: []string{"waiting"}, Needs: []string{"emergency"}, Why: "Une autre personne de l'administration technique peut agréer un accès de secours."},
	{Action: "approval.end", Relations: []string{"asker"}, On: []string{"approval"}, Side: Programme, States: []string{"waiting", "open"}, Why: "On retire sa demande, ou on rend plus tôt ce qu'elle a ouvert."},
	{Action: "approval.end", Relations: []string{"lead", "region"}, On: onRequest, Side: Programme, States: []string{"waiting", "open"}, Why: "Une responsable referme ce qui a été ouvert sur ses appels."},
	{Action: "approval.end", Relations: []string{"dpo"}, On: []string{"platform"}, Side: Programme, States: []string{"waiting", "open"}, Why: "La déléguée à la protection des données referme un accès."},
}
