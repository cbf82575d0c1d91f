package policy

// clearing are those who answer for what the public reads.
var clearing = []string{"lead", "communications"}

// The sheet of a project belongs to its team until its owner agrees, field by field, that it
// be public and whoever answers for the showcase clears it.
var showcaseRules = []Rule{
	{Action: "sheet.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet voit la fiche qu'elle écrit pour la vitrine."},
	{Action: "sheet.read", Relations: []string{"lead", "region", "facilitator", "communications"}, On: onProject, Side: Programme, Why: "L'équipe du programme et la communication relisent les fiches des projets."},
	{Action: "sheet.edit", Relations: []string{"owner", "editor", "helper"}, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet écrit sa fiche et la propose ; le programme n'écrit pas à sa place."},
	{Action: "sheet.agree", Relations: []string{"owner"}, On: []string{"project"}, Side: Applicant, Why: "Qui porte le projet dit, champ par champ et image par image, ce qui peut être public."},
	{Action: "sheet.withdraw", Relations: []string{"owner", "editor"}, On: []string{"project"}, Side: Applicant, Why: "L'équipe retire sa fiche de la vitrine quand elle veut, aussitôt."},
	{Action: "sheet.clear", Relations: clearing, On: onProject, Side: Programme, Why: "Rien n'est public avant que la communication ou la responsable ne l'ait validé."},
	{Action: "showcase.preview", Relations: []string{"lead", "region", "facilitator", "communications"}, On: above, Side: Programme, Why: "La communication voit la page d'une édition avant la levée de l'embargo."},
	{Action: "showcase.manage", Relations: clearing, On: above, Side: Programme, Why: "La communication compose la page d'une édition : texte, images, vidéo, chiffres."},
	{Action: "showcase.open", Relations: []string{"lead"}, On: above, Side: Programme, Why: "Le jour et l'heure où une édition paraît dans la vitrine sont choisis par la responsable."},
	{Action: "resource.manage", Relations: clearing, On: []string{"programme", "agency"}, Side: Programme, Why: "La communication tient les ressources qu'un programme donne à tous."},
}
