package policy

// A sponsor holds her relation on the project that she goes with, given when she is named and
// taken when another one is; on an edition it only says that she may be named.
var sponsorRules = []Rule{
	{Action: "project.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet voit sa fiche et ce que les plateaux y ont déposé, tant que dure le parrainage."},
	{Action: "sponsor.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet sait qui le parraine."},
	{Action: "sponsor.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet voit qui l'a parrainé avant, et la note de relais qui lui est adressée."},
	{Action: "sponsor.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit qui parraine quoi."},
	{Action: "sponsor.follow", Relations: []string{SignedIn}, Why: "Chacun voit ensemble les projets qu'il parraine, et eux seuls ; la page est vide pour qui n'en parraine aucun, et un relais la lui reprend aussitôt."},
	{Action: "right.left", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet sait combien d'heures d'expertise il lui reste ; les demandes et les mouvements restent à l'équipe et au programme."},
	{Action: "sponsor.manage", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme invite des parrains et marraines, les nomme, et organise un relais."},
}
