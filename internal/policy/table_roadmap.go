package policy

// roadmapRules are the rights on the roadmap of a project: those who carry it write it with
// who goes with them, and the programme.
var roadmapRules = []Rule{
	{Action: "roadmap.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet lit sa feuille de route et ce qui y a changé."},
	{Action: "roadmap.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet lit sa feuille de route, tant que dure le parrainage."},
	{Action: "roadmap.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit la feuille de route de chaque projet."},
	{Action: "roadmap.write", Relations: []string{"owner", "editor"}, On: []string{"project"}, Side: Applicant, States: []string{"active"}, Why: "Qui porte ou écrit le projet tient sa feuille de route."},
	{Action: "roadmap.write", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, States: []string{"active"}, Why: "Qui parraine un projet note avec l'équipe ce qui a été convenu ; chaque changement garde son auteur."},
	{Action: "roadmap.write", Relations: running, On: onProject, Side: Programme, States: []string{"active"}, Why: "L'équipe du programme note avec l'équipe ce qui a été convenu ; chaque changement garde son auteur."},
	{Action: "roadmap.follow", Relations: running, On: []string{"edition", "programme", "agency"}, Side: Programme, Why: "Qui fait vivre une édition voit où en sont les feuilles de route de ses projets."},
	{Action: "news.follow", Relations: running, On: []string{"edition", "programme", "agency"}, Side: Programme, Why: "L'équipe du programme lit les nouvelles que donnent les projets de l'édition."},
	{Action: "news.manage", Relations: []string{"lead", "region"}, On: []string{"edition", "programme", "agency"}, Side: Programme, Why: "Qui conduit l'édition choisit à quel rythme on demande des nouvelles."},
	{Action: "news.tell", Relations: []string{"owner", "editor"}, On: []string{"project"}, Side: Applicant, States: []string{"active"}, Why: "Qui porte ou écrit le projet donne de ses nouvelles, par le lien de son courriel."},
	{Action: "news.answer", Relations: []string{Anyone}, Why: "Le lien d'une demande de nouvelles s'ouvre sans connexion, pour la personne à qui il fut envoyé et tant qu'elle écrit le projet."},
}
