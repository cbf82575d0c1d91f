package policy

// factoryRules are the rights on factory editions. What a team writes of its framing before
// it submits it is read by that team alone; the board shows titles, days and states.
var factoryRules = []Rule{
	{Action: "factory.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet lit son cadrage, ses étapes de décision et le tableau d'avancement de l'édition."},
	{Action: "factory.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet lit son cadrage déposé et ce qui a été décidé, tant que dure le parrainage."},
	{Action: "factory.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme lit le cadrage une fois déposé, et ce qui a été décidé."},
	{Action: "factory.draft", Relations: team, On: []string{"project"}, Side: Applicant, Why: "Un cadrage en cours d'écriture n'est lu que par l'équipe du projet."},
	{Action: "factory.write", Relations: []string{"owner", "editor"}, On: []string{"project"}, Side: Applicant, States: []string{"active"}, Why: "Qui porte ou écrit le projet rédige son cadrage, le dépose et dit ce qui est livré."},
	{Action: "factory.approve", Relations: []string{"lead", "region"}, On: onProject, Side: Programme, States: []string{"active"}, Why: "Qui conduit l'édition approuve le cadrage ou le renvoie, fixe les étapes et décide à chacune."},
	{Action: "factory.follow", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme suit l'avancement des projets de l'édition."},
	{Action: "crew.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet sait qui vient y travailler, et jusqu'à quand."},
	{Action: "crew.read", Relations: []string{"crew"}, On: []string{"project"}, Side: Partner, Why: "Qui travaille sur un projet pour une durée sait avec qui, pendant cette durée."},
	{Action: "crew.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit qui travaille sur quel projet, et qui a décliné."},
	{Action: "crew.manage", Relations: []string{"lead", "region"}, On: onProject, Side: Programme, States: []string{"active"}, Why: "Qui conduit l'édition demande des personnes du vivier et peut mettre fin à une place."},
	{Action: "crew.answer", Relations: []string{SignedIn}, Why: "Chacun répond aux places qui lui sont proposées, et à elles seules."},
	{Action: "project.read", Relations: []string{"crew"}, On: []string{"project"}, Side: Partner, Why: "Qui travaille sur un projet en voit la fiche, du premier au dernier jour de sa place."},
	{Action: "roadmap.read", Relations: []string{"crew"}, On: []string{"project"}, Side: Partner, Why: "Qui travaille sur un projet lit sa feuille de route, du premier au dernier jour de sa place."},
	{Action: "factory.read", Relations: []string{"crew"}, On: []string{"project"}, Side: Partner, Why: "Qui travaille sur un projet lit son cadrage et le tableau d'avancement, du premier au dernier jour de sa place."},
}
