package policy

// reportRules are the rights on the report of an edition. A version that its lead opens to
// everybody is read by anyone; one for funders, by those who hold that relation.
var reportRules = []Rule{
	{Action: "report.read", Relations: []string{"lead", "region"}, On: above, Side: Programme, Why: "Qui conduit l'édition lit son bilan, avec les nombres exacts, et le compare à ceux qu'il lui est permis de lire."},
	{Action: "report.manage", Relations: []string{"lead", "region"}, On: above, Side: Programme, Why: "Qui conduit l'édition ajoute ses mots au bilan, masque un chapitre, fige une version et choisit à qui elle s'ouvre."},
	{Action: "report.shared", Relations: []string{Anyone}, Why: "Une version du bilan ouverte à tous se lit par tous, sans nombre de personnes ou de projets inférieur à cinq ; sinon la page n'existe pas."},
	{Action: "report.published", Relations: []string{"funder"}, On: above, Side: Partner, Why: "Qui finance lit la version du bilan qui lui est ouverte, sans nombre de personnes ou de projets inférieur à cinq."},
	{Action: "report.published", Relations: []string{"lead", "region"}, On: above, Side: Programme, Why: "Qui conduit l'édition voit ce que lisent ses financeurs."},
}
