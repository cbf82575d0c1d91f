package policy

// Experts hold the relation "expert" on a programme while it vets them. What an expert may
// do with one request follows from its having been sent to her.
var rightRules = []Rule{
	{Action: "expert.manage", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme choisit les expertes et les experts, les invite et peut retirer l'agrément."},
	{Action: "expert.requests", Relations: []string{SignedIn}, Why: "Chacun voit les demandes d'expertise qui lui ont été envoyées, et elles seules."},
	{Action: "expert.answer", Relations: []string{"expert"}, On: []string{"programme"}, Side: Applicant, Why: "Une personne agréée répond aux demandes ; le retrait de l'agrément arrête aussitôt les nouvelles."},
	{Action: "right.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet voit son droit de tirage et ses demandes."},
	{Action: "right.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit les droits de tirage des projets."},
	{Action: "right.ask", Relations: []string{"owner", "editor", "helper"}, On: []string{"project"}, Side: Applicant, States: []string{"active"}, Why: "L'équipe d'un projet demande l'aide d'experts et choisit parmi ceux qui acceptent."},
	{Action: "right.settle", Relations: []string{"owner", "editor", "helper"}, On: []string{"project"}, Side: Applicant, Why: "L'équipe annule une demande ou dit combien de temps elle a pris, même si le projet a quitté l'édition."},
	{Action: "right.follow", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme suit les fonds de l'édition et ce qu'il en reste."},
	{Action: "right.manage", Relations: []string{"lead", "region"}, On: above, Side: Programme, Why: "Qui conduit le programme inscrit les fonds, accorde, transfère et prolonge les droits de tirage."},
}
