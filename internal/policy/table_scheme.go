package policy

// Schemes belong to an agency; how far a project went with one belongs to the project.
var schemeRules = []Rule{
	{Action: "scheme.read", Relations: []string{SignedIn}, States: []string{"published", "archived"}, Why: "Une fiche publiée se lit par qui se connecte ; archivée, elle se lit encore, sans être proposée."},
	{Action: "scheme.read", Relations: []string{"lead", "region"}, On: []string{"agency"}, Side: Programme, Why: "L'agence lit ses fiches en préparation."},
	{Action: "scheme.manage", Relations: []string{"lead", "region"}, On: []string{"agency"}, Side: Programme, Why: "L'agence tient son catalogue de dispositifs : écrire, publier, vérifier, archiver, importer."},
	{Action: "orientation.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet voit à quoi il a droit et ce qu'il en est advenu."},
	{Action: "orientation.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit l'orientation des projets ; les autres projets n'en savent rien."},
	{Action: "orientation.act", Relations: []string{"owner", "editor", "helper"}, On: []string{"project"}, Side: Applicant, States: []string{"active"}, Why: "L'équipe d'un projet dit ce qu'on sait d'elle, retient ou écarte un dispositif, note ce qu'elle a demandé et obtenu."},
	{Action: "orientation.act", Relations: running, On: onProject, Side: Programme, States: []string{"active"}, Why: "L'équipe du programme propose un dispositif et en note la suite."},
	{Action: "orientation.follow", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme voit ce que l'orientation a donné sur une édition."},
}
