package policy

// outcomeRules are the rights on what people say afterwards.
var outcomeRules = []Rule{
	{Action: "outcome.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet lit ce qu'il est devenu, comme elle l'a dit."},
	{Action: "outcome.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit ce que deviennent les projets ; les autres projets n'en savent rien."},
	{Action: "outcome.tell", Relations: []string{"owner", "editor", "helper"}, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet dit ce qu'il devient, y compris qu'il s'arrête."},
	{Action: "outcome.tell", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme note ce qu'un projet est devenu quand elle l'apprend."},
	{Action: "outcome.follow", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme voit ce que sont devenus les projets d'une édition."},
	{Action: "survey.manage", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme prépare les questionnaires d'une édition, les ouvre et en lit les résultats, sans savoir qui a répondu quoi sur la session."},
	{Action: "survey.answer", Relations: []string{Anyone}, Why: "Le lien d'un questionnaire s'ouvre sans connexion : il ne montre que ce qui a été répondu par lui."},
	{Action: "verbatim.code", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme range en thèmes ce que les personnes ont écrit ; hors d'elle, rien ne se lit sous cinq personnes."},
}
