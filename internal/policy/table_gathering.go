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
	{Action: "gathering.attend", Relations: append([]string{"facilitator"}, present...), On: []string{"gathering"}, Side: Applicant, States: []string{"planned", "open"}, Why: "Chacun dit pour lui-même quand il n'est pas là et ce dont il a besoin ; seuls lui et qui anime le lisent."},
	{Action: "gathering.register", Relations: []string{SignedIn}, States: []string{"planned", "open"}, Why: "Qui se connecte peut demander à venir, quand la session prend des inscriptions ; sinon la page n'existe pas pour qui n'y a pas de place."},
	{Action: "gathering.subscribe", Relations: present, On: []string{"gathering"}, Side: Applicant, Why: "Chacun crée, renouvelle ou retire l'adresse secrète par laquelle son agenda suit ses propres rendez-vous."},
	{Action: "gathering.subscribe", Relations: []string{"facilitator"}, On: []string{"gathering"}, Side: Programme, Why: "Qui anime suit aussi la session dans son agenda."},
	{Action: "calendar.read", Relations: []string{Anyone}, Why: "Une adresse secrète d'agenda s'ouvre sans connexion : elle ne donne que les rendez-vous de la personne qui l'a créée, tant que sa place tient."},

	{Action: "meeting.ask", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "Une équipe demande à rencontrer quelqu'un de la session, ou l'inverse ; l'autre répond oui ou non, sans avoir à dire pourquoi."},
	{Action: "stage.run", Relations: running, On: onGathering, Side: Programme, States: []string{"open"}, Why: "Qui anime lance les pitchs, tient le temps, range les questions, note les besoins entendus."},
	{Action: "stage.run", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "Qui mène une activité la conduit aussi ; le déroulé dit qui mène laquelle."},
	{Action: "pitch.feedback", Relations: append([]string{"facilitator"}, present...), On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "Chacun écrit un retour aux projets des autres ; seule l'équipe du projet le lit."},
	{Action: "pitch.vote", Relations: append([]string{"facilitator"}, present...), On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "Chacun compare deux projets qui ne sont pas le sien, quand le vote est ouvert."},
	{Action: "question.ask", Relations: append([]string{"facilitator"}, present...), On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "Chacun pose une question et soutient celles des autres, en son nom ou sans le dire."},
	{Action: "offer.write", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"planned", "open"}, Why: "Une personne qui vient pour une organisation dit ce que celle-ci propose ; les personnes présentes le lisent."},
	{Action: "gathering.coach", Relations: []string{"facilitator", "participant"}, On: []string{"gathering"}, Side: Applicant, Why: "Qui accompagne un projet écrit ses notes pendant la session et après elle ; l'équipe du projet coche ce qui a été convenu. Lesquels, sa place et le plan le disent."},
	{Action: "gathering.coach", Relations: running, On: onGathering, Side: Programme, Why: "Qui anime tient la liste de ce qui a été convenu ; les notes privées restent à leur auteur."},
	{Action: "gathering.deposit", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "Les personnes présentes déposent photos, croquis et enregistrements pendant la session."},
	{Action: "gathering.deposit", Relations: []string{"facilitator"}, On: []string{"gathering"}, Side: Programme, States: []string{"open", "closed"}, Why: "Qui anime dépose aussi, et range après la session."},
	{Action: "gathering.deposit", Relations: []string{"participant"}, On: []string{"gathering"}, Side: Applicant, States: []string{"closed"}, Why: "Après la clôture, qui a un compte peut encore déposer, et surtout retirer ce qu'il a déposé."},
	{Action: "taster.read", Relations: []string{Anyone}, Why: "La page d'un instant numérique annoncé est publique ; avant l'annonce, seul qui anime la voit."},
	{Action: "taster.figures", Relations: running, On: above, Side: Programme, Why: "Qui anime ou conduit le programme suit combien d'instants ont eu lieu et combien de personnes y sont venues."},

	{Action: "kit.create", Relations: running, On: above, Side: Programme, States: []string{"draft", "published"}, Why: "Qui anime écrit les trames d'une édition qui n'est pas close."},
	{Action: "kit.read", Relations: running, On: above, Side: Programme, Why: "Qui anime ou conduit le programme lit les trames de l'édition, brouillons compris."},
	{Action: "kit.edit", Relations: running, On: above, Side: Programme, Why: "Qui anime corrige, publie ou range une trame ; les plateaux ouverts gardent la leur."},

	{Action: "board.read", Relations: running, On: onGathering, Side: Programme, Why: "Qui anime voit tous les plateaux de la session."},
	{Action: "board.read", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open", "closed"}, Why: "Les plateaux se lisent dès que la session est ouverte, et après elle pour qui y a participé avec un compte."},
	{Action: "board.write", Relations: running, On: onGathering, Side: Programme, States: []string{"planned", "open"}, Why: "Qui anime prépare les plateaux avant l'ouverture."},
	{Action: "board.write", Relations: present, On: []string{"gathering"}, Side: Applicant, States: []string{"open"}, Why: "On écrit tant que la session est ouverte ; ce que chacun écrit et où dépend de sa place dans la session."},
	{Action: "board.conduct", Relations: running, On: onGathering, Side: Programme, States: []string{"planned", "open"}, Why: "Ouvrir et fermer des zones, passer à la phase suivante, geler : la conduite des plateaux."},
}
