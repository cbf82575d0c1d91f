package policy

// A partner holds her relation on the edition, for as long as she is one. Which lines she
// reads follows from what each project consented, line by line.
var synthesisRules = []Rule{
	{Action: "synthesis.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet lit sa fiche de synthèse dès la première ligne."},
	{Action: "synthesis.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme lit la fiche de synthèse quand l'équipe du projet la dit prête, jamais son brouillon."},
	{Action: "synthesis.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet lit sa fiche de synthèse quand elle est prête."},
	{Action: "synthesis.write", Relations: []string{"owner", "editor"}, On: []string{"project"}, Side: Applicant, States: []string{"active"}, Why: "L'équipe du projet écrit sa fiche, garde ou écarte ce qui lui est proposé, et dit quand elle est prête."},
	{Action: "synthesis.share", Relations: team, On: []string{"project"}, Side: Applicant, Why: "Toute l'équipe voit qui lit quelle ligne, l'histoire des accords et ce qui a été exporté."},
	{Action: "synthesis.consent", Relations: []string{"owner"}, On: []string{"project"}, Side: Applicant, Why: "La porteuse ou le porteur choisit, ligne par ligne, quels partenaires lisent, et peut le retirer à tout moment."},
	{Action: "synthesis.receive", Relations: []string{"partner"}, On: []string{"edition"}, Side: Partner, States: []string{"active"}, Why: "Un partenaire de l'édition lit les lignes qui lui sont partagées, et rien d'autre ; un projet qui n'a rien partagé ne se devine pas."},
	{Action: "partner.manage", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme invite les partenaires institutionnels d'une édition, et met fin à leur accès."},
	{Action: "partner.read", Relations: []string{"partner"}, On: []string{"edition"}, Side: Partner, Why: "Un partenaire ouvre la page de ce qui lui est partagé et peut l'emporter ; chaque export est noté et montré aux projets."},

	{Action: "commitment.follow", Relations: []string{"partner"}, On: []string{"edition"}, Side: Partner, Why: "Un partenaire suit ses engagements, et ceux que d'autres ont pris envers les projets qui lui partagent quelque chose."},
	{Action: "commitment.follow", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme suit les engagements des partenaires."},
	{Action: "commitment.make", Relations: []string{"partner"}, On: []string{"edition"}, Side: Partner, Why: "Un partenaire s'engage envers un projet qui lui partage quelque chose, et dit ce qu'il en est."},
	{Action: "commitment.make", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme note un engagement pour un partenaire, par exemple en réunion."},
	{Action: "commitment.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet lit ce que les partenaires lui ont promis."},
	{Action: "commitment.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit ce qui a été promis à chaque projet."},
	{Action: "commitment.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet lit ce qui lui a été promis."},
	{Action: "commitment.confirm", Relations: []string{"owner", "editor"}, On: []string{"project"}, Side: Applicant, Why: "L'équipe du projet confirme qu'un engagement a été tenu."},

	{Action: "proposal.follow", Relations: []string{"partner"}, On: []string{"edition"}, Side: Partner, Why: "Un partenaire suit ses offres et les besoins qui lui sont partagés, jamais les offres des autres."},
	{Action: "proposal.follow", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme suit les offres des partenaires, et voit à quoi personne ne répond."},
	{Action: "proposal.make", Relations: []string{"partner"}, On: []string{"edition"}, Side: Partner, Why: "Un partenaire répond par une offre à un projet qui lui partage quelque chose, la retire, ou en fait un engagement."},
	{Action: "proposal.make", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme note une offre pour un partenaire, par exemple en réunion."},
	{Action: "proposal.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet lit ce que les partenaires lui offrent."},
	{Action: "proposal.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme lit ce qui est offert à chaque projet."},
	{Action: "proposal.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet lit ce qui lui est offert."},
	{Action: "proposal.answer", Relations: []string{"owner", "editor"}, On: []string{"project"}, Side: Applicant, Why: "L'équipe du projet accepte une offre, ou la décline et dit pourquoi."},

	{Action: "assembly.heard", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet sait quand les partenaires se réunissent à son sujet, et lit ce qui lui a été offert ou promis en réunion ; rien n'y nomme un autre projet."},
	{Action: "assembly.heard", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet lit ce qui lui a été offert ou promis en réunion."},
	{Action: "assembly.heard", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme voit la réunion comme le projet la voit."},
	{Action: "assembly.attend", Relations: []string{"partner"}, On: []string{"edition"}, Side: Partner, Why: "Un partenaire suit les réunions où il est nommé : il y lit les lignes qui lui sont partagées, et y dit ce qu'il offre ou promet."},
	{Action: "assembly.attend", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme anime les réunions des partenaires."},
	{Action: "assembly.manage", Relations: running, On: above, Side: Programme, Why: "L'équipe du programme prépare une réunion des partenaires et la conduit ; l'écran commun ne montre que ce que chacun des présents peut lire."},
}
