package policy

// onGathering are the objects around a gathering; onProject those around a project.
var (
	onGathering = []string{"gathering", "edition", "programme", "agency"}
	onProject   = []string{"project", "edition", "programme", "agency"}

	running = []string{"lead", "region", "facilitator"}
	present = []string{"participant", "guest"}
)

// Those who take part in a gathering hold their relation on it: "facilitator" for who runs
// it, "guest" for who came by the code on the wall, "participant" for everybody else. What
// each one writes on a board follows from her seat, which the boards ask.
var gatheringRules = []Rule{
	{Action: "project.read", Relations: team, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet voit sa fiche et tout ce que les plateaux y ont déposé."},
	{Action: "project.read", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme suit les projets de l'édition."},
	{Action: "project.edit", Relations: []string{"owner", "editor", "helper"}, On: []string{"project"}, Side: Applicant, Why: "L'équipe d'un projet tient sa fiche à jour."},
	{Action: "project.edit", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme peut corriger la fiche d'un projet."},
	{Action: "project.manage", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme inscrit un projet à la main et invite ses membres."},

	{Action: "gathering.create", Relations: running, On: above, Side: Programme, States: []string{"draft", "published"}, Why: "Une session se prépare dans une édition qui n'est pas close."},
	{Action: "gathering.read", Relations: running, On: onGathering, Side: Programme, Why: "Qui anime ou conduit le programme voit la session dès sa préparation."},
	{Action: "gathering.read", Relations: present, On: []string{"gathering"}, Side: Applicant, Why: "Qui est invité voit où et quand la session a lieu."},
	{Action: "gathering.people", Relations: running, On: onGathering, Side: Programme, Why: "Qui anime voit qui vient, qui est invité, à quel titre."},
	{Action: "gathering.people", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open", "closed"}, Why: "Les personnes présentes se voient entre elles à partir de l'ouverture ; avant, la liste des invitations n'appartient qu'à l'équipe."},
	{Action: "gathering.manage", Relations: running, On: onGathering, Side: Programme, Why: "Inviter, ouvrir, clore, changer un rôle, montrer le code d'entrée : c'est le travail de qui anime."},
	{Action: "gathering.join", Relations: []string{Anyone}, Why: "On entre avec le code affiché sur place ; sans compte, on entre comme personne invitée, le temps de la session."},
	{Action: "gathering.leave", Relations: append([]string{"facilitator"}, present...), On: []string{"gathering"}, Side: Applicant, Why: "Chacun peut quitter une session."},

	{Action: "kit.create", Relations: running, On: above, Side: Programme, States: []string{"draft", "published"}, Why: "Qui anime écrit les trames d'une édition qui n'est pas close."},
	{Action: "kit.read", Relations: running, On: above, Side: Programme, Why: "Qui anime ou conduit le programme lit les trames de l'édition, brouillons compris."},
	{Action: "kit.edit", Relations: running, On: above, Side: Programme, Why: "Qui anime corrige, publie ou range une trame ; les plateaux ouverts gardent la leur."},

	{Action: "board.read", Relations: running, On: onGathering, Side: Programme, Why: "Qui anime voit tous les plateaux de la session."},
	{Action: "board.read", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open", "closed"}, Why: "Les plateaux se lisent dès que la session est ouverte, et après elle pour qui y a participé avec un compte."},
	{Action: "board.write", Relations: running, On: onGathering, Side: Programme, States: []string{"planned", "open"}, Why: "Qui anime prépare les plateaux avant l'ouverture."},
	{Action: "board.write", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "On écrit tant que la session est ouverte ; ce que chacun écrit et où dépend de sa place dans la session."},
	{Action: "board.conduct", Relations: running, On: onGathering, Side: Programme, States: []string{"planned", "open"}, Why: "Ouvrir et fermer des zones, passer à la phase suivante, geler : la conduite des plateaux."},
}
