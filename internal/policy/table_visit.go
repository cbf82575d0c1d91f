package policy

// visitRules are the rights on visits of sponsors. The private note of a visit is in no rule:
// the statement that reads it asks that its reader wrote it.
var visitRules = []Rule{
	{Action: "visit.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet lit ce que sa marraine ou son parrain partage de ses visites ; jamais la note privée, que seule son autrice ou son auteur lit."},
	{Action: "visit.read", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, Why: "Qui parraine un projet lit les visites qui lui ont été faites, et les notes partagées."},
	{Action: "visit.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit les visites faites aux projets ; la note privée lui reste fermée."},
	{Action: "visit.write", Relations: []string{"sponsor"}, On: []string{"project"}, Side: Partner, States: []string{"active"}, Why: "Qui parraine un projet y note ses visites, tant que dure le parrainage."},
}
