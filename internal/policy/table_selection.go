package policy

// onSelection are the objects around a selection.
var onSelection = []string{"selection", "call", "edition", "programme", "agency"}

// inTheRunning are the states of a file that a committee reads: one that was withdrawn is not read any more.
var inTheRunning = []string{"submitted", "reopened"}

// Those who sit in a committee hold their relation on the selection; a reader holds hers
// on the file, "rapporteur", for as long as it is assigned to her. An outside expert is
// "consulted" on a file, for a time.
var selectionRules = []Rule{
	{Action: "selection.create", Relations: []string{"lead", "region"}, On: onCall, Side: Programme, States: []string{"published", "closed"}, Why: "L'équipe du programme ouvre la sélection d'un appel."},
	{Action: "selection.read", Relations: []string{"lead", "region", "officer"}, On: onSelection, Side: Programme, Why: "L'équipe du programme suit la sélection : qui siège, ce qui avance."},
	{Action: "selection.read", Relations: []string{"chair", "secretary", "member"}, On: []string{"selection"}, Side: Programme, Why: "Qui siège voit la sélection : le comité, les dates, ce qui l'attend."},
	{Action: "selection.read", Relations: []string{"auditor"}, On: []string{"platform"}, Side: Programme, From: Announced, Why: "L'audit lit la sélection après l'annonce, pour une mission."},
	{Action: "selection.manage", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, Why: "L'équipe du programme règle la sélection : dates, grille, comité, ouverture de la lecture."},
	{Action: "selection.clerk", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, Why: "Convoquer, relancer, noter les présences."},
	{Action: "selection.clerk", Relations: []string{"chair", "secretary"}, On: []string{"selection"}, Side: Programme, Why: "Le secrétariat et la présidence convoquent, relancent et notent les présences."},
	{Action: "selection.assign", Relations: []string{"lead"}, On: onSelection, Side: Programme, Until: Deliberation, Why: "La responsable répartit les dossiers entre les membres."},
	{Action: "selection.assign", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, Until: Deliberation, Why: "La présidence répartit les dossiers entre les membres."},
	{Action: "selection.register", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, Why: "Le registre des déports est tenu avec le programme."},
	{Action: "selection.register", Relations: []string{"chair", "secretary"}, On: []string{"selection"}, Side: Programme, Why: "Le registre des déports est tenu par la présidence et le secrétariat."},
	{Action: "selection.register", Relations: []string{"dpo", "auditor"}, On: []string{"platform"}, Side: Programme, From: Announced, Why: "L'audit et la protection des données lisent le registre des déports après l'annonce."},
	{Action: "selection.waive", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, Until: Deliberation, Why: "Seule la présidence lève un déport, avec ses raisons, inscrites au registre."},
	{Action: "selection.sit", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, Until: Deliberation, Why: "Un membre déclare ses conflits, ses compétences, ses présences et ses préférences de lecture."},
	{Action: "seat.answer", Relations: []string{"seat"}, On: []string{"seat"}, Why: "Une personne invitée à siéger lit l'engagement et répond ; rien d'autre ne s'ouvre avant sa réponse."},
	{Action: "opinion.answer", Relations: []string{"expert"}, On: []string{"opinion"}, Why: "Une personne dont on demande l'avis lit la question et l'engagement, répond, et retrouve ce qu'elle a rendu ; le dossier ne s'ouvre qu'après son accord."},
	{Action: "selection.consult", Relations: []string{"lead"}, On: onCall, Side: Programme, From: Evaluation, Until: Deliberation, Why: "La responsable demande un avis à une personne extérieure au comité, pour un temps, et peut y mettre fin."},
	{Action: "selection.consult", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Until: Deliberation, Why: "La présidence demande un avis à une personne extérieure au comité, pour un temps, et peut y mettre fin."},
	{Action: "selection.progress", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, From: Evaluation, Why: "Qui a rendu ses lectures, jamais ce qu'elles disent avant l'heure."},
	{Action: "selection.progress", Relations: []string{"chair", "secretary"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Why: "La présidence et le secrétariat voient qui a rendu ses lectures."},
	{Action: "selection.compare", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Until: Deliberation, Why: "Un membre dit lequel de deux projets il préfère, quand des comparaisons sont ouvertes."},
	{Action: "selection.poll", Relations: []string{"lead"}, On: onSelection, Side: Programme, From: Evaluation, Until: Deliberation, Why: "La responsable ouvre et ferme les comparaisons ; elle voit qui a répondu, jamais quoi."},
	{Action: "selection.poll", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Until: Deliberation, Why: "La présidence ouvre et ferme les comparaisons ; elle voit qui a répondu, jamais quoi."},
	{Action: "selection.ranking", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, From: Evaluation, Why: "L'ordre des comparaisons s'ouvre à l'équipe du programme une fois qu'elles sont fermées."},
	{Action: "selection.ranking", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Why: "L'ordre des comparaisons s'ouvre à la présidence une fois qu'elles sont fermées, sauf les dossiers d'où elle s'est déportée."},
	{Action: "selection.ranking", Relations: []string{"member"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Why: "Le comité voit l'ordre des comparaisons quand il délibère, sauf les dossiers d'où l'on s'est déporté."},
	{Action: "selection.veil", Relations: []string{"lead", "officer"}, On: onSelection, Side: Programme, Why: "La responsable ou l'instruction masque ce qui dirait qui porte un projet à qui ne doit pas le savoir."},
	{Action: "selection.results", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, From: Deliberation, Why: "Les notes, brutes et calibrées, s'ouvrent avec la délibération."},
	{Action: "selection.results", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Why: "Le comité voit les notes quand il délibère, sauf celles des dossiers d'où l'on s'est déporté."},
	{Action: "selection.deliberate", Relations: []string{"chair", "member", "secretary", "deputy"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Until: Deliberation, Why: "Le comité entre dans la salle de délibération."},
	{Action: "selection.deliberate", Relations: []string{"lead"}, On: onSelection, Side: Programme, From: Deliberation, Until: Deliberation, Why: "La responsable assiste à la délibération sans voter."},
	{Action: "selection.attendance", Relations: []string{"chair", "secretary"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Until: Deliberation, Why: "Le secrétariat et la présidence notent qui est dans la salle."},
	{Action: "selection.attendance", Relations: []string{"lead"}, On: onSelection, Side: Programme, From: Deliberation, Until: Deliberation, Why: "La responsable qui assiste à la délibération peut noter les présences."},
	{Action: "selection.convene", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Until: Deliberation, Why: "La présidence règle la délibération et l'ouvre ; les lectures se ferment alors."},
	{Action: "selection.preside", Relations: []string{"chair", "deputy"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Until: Deliberation, Why: "La présidence mène la délibération : ordre, motions, décisions. Elle confie à un autre membre les dossiers d'où elle s'est déportée."},
	{Action: "selection.minutes", Relations: []string{"chair", "secretary", "member"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Why: "Le comité lit son procès-verbal."},
	{Action: "selection.minutes", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, From: Embargo, Why: "Le programme lit le procès-verbal une fois les décisions prises."},
	{Action: "selection.minutes", Relations: []string{"auditor"}, On: []string{"platform"}, Side: Programme, From: Announced, Why: "L'audit lit le procès-verbal après l'annonce."},
	{Action: "selection.sign", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Until: Embargo, Why: "La présidence signe le procès-verbal."},
	{Action: "selection.countersign", Relations: []string{"secretary"}, On: []string{"selection"}, Side: Programme, From: Embargo, Until: Embargo, Why: "Le secrétariat contresigne le procès-verbal que la présidence a signé."},
	{Action: "selection.countersign", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, From: Embargo, Until: Embargo, Why: "Faute de secrétariat, l'équipe du programme contresigne ; qui signe ne contresigne pas."},
	{Action: "selection.announce", Relations: []string{"lead"}, On: onSelection, Side: Programme, From: Embargo, Why: "La responsable annonce, une fois le procès-verbal signé par une autre personne."},
	{Action: "selection.appeals", Relations: []string{"lead"}, On: onSelection, Side: Programme, From: Announced, Why: "La responsable répond aux recours, avec ses raisons."},
	{Action: "selection.decisions", Relations: []string{"lead", "region"}, On: onSelection, Side: Programme, From: Embargo, Why: "Les décisions prises sont sous embargo jusqu'à l'annonce."},
	{Action: "selection.decisions", Relations: []string{"chair", "member", "secretary"}, On: []string{"selection"}, Side: Programme, From: Embargo, Why: "Le comité voit les décisions prises, sauf celles des dossiers d'où l'on s'est déporté."},
	{Action: "selection.decisions", Relations: []string{"auditor"}, On: []string{"platform"}, Side: Programme, From: Announced, Why: "L'audit lit les décisions après l'annonce."},
}

// readingRules are what a selection opens of the files themselves.
var readingRules = []Rule{
	{Action: "application.read", Relations: []string{"rapporteur"}, On: onFile, Side: Programme, From: Evaluation, States: inTheRunning, Needs: []string{"unsealed"}, Mask: []string{"answers", "files"}, Why: "Un membre lit les dossiers qui lui sont confiés, quand la lecture est ouverte."},
	{Action: "application.read", Relations: []string{"rapporteur"}, On: onFile, Side: Programme, From: Evaluation, States: inTheRunning, Needs: []string{"unsealed", "named"}, Mask: []string{"contacts", "identity"}, Why: "Quand la lecture n'est pas à l'aveugle, elle montre aussi qui porte le projet."},
	{Action: "application.read", Relations: []string{"consulted"}, On: onFile, Side: Programme, From: Evaluation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Mask: []string{"answers", "files"}, Why: "Une personne extérieure consultée lit le dossier pour le temps de son avis."},
	{Action: "application.read", Relations: []string{"consulted_answers"}, On: onFile, Side: Programme, From: Evaluation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Mask: []string{"answers"}, Why: "Une personne extérieure à qui l'on n'ouvre que les réponses ne lit pas les pièces jointes."},
	{Action: "application.read", Relations: []string{"consulted", "consulted_answers"}, On: onFile, Side: Programme, From: Evaluation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed", "named"}, Mask: []string{"identity"}, Why: "Quand la lecture n'est pas à l'aveugle, une personne consultée voit aussi qui porte le projet."},
	{Action: "application.read", Relations: []string{"chair"}, On: []string{"selection"}, Side: Programme, From: Evaluation, States: inTheRunning, Needs: []string{"unsealed"}, Mask: []string{"answers", "files", "contacts", "identity", "admissibility"}, Why: "La présidence lit tous les dossiers de la sélection, sauf ceux d'où elle s'est déportée."},
	{Action: "application.read", Relations: []string{"member"}, On: []string{"selection"}, Side: Programme, From: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Mask: []string{"answers", "files"}, Why: "Le comité qui délibère peut ouvrir chaque dossier dont on discute, sauf ceux d'où l'on s'est déporté."},
	{Action: "application.read", Relations: []string{"member"}, On: []string{"selection"}, Side: Programme, From: Deliberation, States: inTheRunning, Needs: []string{"unsealed", "named"}, Mask: []string{"identity"}, Why: "Quand la lecture n'est pas à l'aveugle, le comité voit qui porte le projet."},
	{Action: "application.declare", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, From: Admissibility, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "Un membre voit le titre des dossiers, et rien d'autre, pour dire les liens qu'il a avec eux."},
	{Action: "application.compare", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Mask: []string{"answers"}, Why: "Un membre lit la présentation courte des dossiers qu'il compare, sauf ceux d'où il s'est déporté."},
	{Action: "application.compare", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, From: Evaluation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed", "named"}, Mask: []string{"identity"}, Why: "Quand la lecture n'est pas à l'aveugle, une comparaison ne cache rien de qui porte le projet."},
	{Action: "application.oppose", Relations: []string{"owner", "signatory"}, On: onFile, Side: Applicant, Until: Evaluation, States: []string{"draft", "submitted", "reopened"}, Why: "Un projet peut demander qu'une organisation ou une personne ne lise pas son dossier."},
	{Action: "application.review", Relations: []string{"rapporteur"}, On: onFile, Side: Programme, From: Evaluation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "Un membre évalue les dossiers qui lui sont confiés ; rien ne se change après la décision."},
	{Action: "application.reviews", Relations: []string{"rapporteur"}, On: onFile, Side: Programme, From: Evaluation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "Un membre retrouve sa grille, et celles des autres quand leur heure est venue."},
	{Action: "application.reviews", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, From: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "Le comité qui délibère lit les évaluations, sauf celles des dossiers d'où l'on s'est déporté."},
	{Action: "application.reviews", Relations: []string{"lead"}, On: onCall, Side: Programme, From: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "La responsable lit les évaluations quand le comité délibère, jamais avant."},
	{Action: "application.opinion", Relations: []string{"consulted", "consulted_answers"}, On: onFile, Side: Programme, From: Evaluation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "Une personne extérieure donne l'avis qu'on lui demande, dans le délai."},
	{Action: "application.vote", Relations: []string{"chair", "member"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "Le comité vote dossier par dossier ; on sort pour ceux d'où l'on s'est déporté."},
	{Action: "application.decide", Relations: []string{"chair", "deputy"}, On: []string{"selection"}, Side: Programme, From: Deliberation, Until: Deliberation, States: inTheRunning, Needs: []string{"unsealed"}, Why: "La présidence prononce la décision du comité, avec sa raison."},
	{Action: "application.outcome", Relations: team, On: onFile, Side: Applicant, From: Announced, Why: "L'équipe du projet lit la décision et ses raisons dès l'annonce, sans le nom des évaluateurs."},
	{Action: "application.confirm", Relations: []string{"owner", "signatory"}, On: onFile, Side: Applicant, From: Announced, States: []string{"submitted", "reopened"}, Why: "La porteuse, le porteur ou le signataire accepte ou laisse sa place."},
	{Action: "application.appeal", Relations: []string{"owner", "signatory"}, On: onFile, Side: Applicant, From: Announced, Why: "Une décision se conteste dans le délai affiché."},
}
