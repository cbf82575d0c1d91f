package policy

// Who meets whom follows from who helps which project, which the bookings ask.
var bookingRules = []Rule{
	{Action: "booking.offer", Relations: []string{SignedIn}, Why: "Chacun dit quand on peut le rencontrer, et suit ses propres rendez-vous."},
	{Action: "booking.meet", Relations: []string{SignedIn}, Why: "L'équipe d'un projet et qui l'accompagne prennent rendez-vous ; pour toute autre personne, la page n'existe pas. Des rendez-vous des autres, on ne voit que les créneaux qui ne sont plus libres."},
	{Action: "booking.oversee", Relations: running, On: onProject, Side: Programme, Why: "L'équipe du programme voit les rendez-vous d'un projet et peut en annuler un en disant pourquoi ; ni compte rendu ni adresse de visioconférence."},
	{Action: "booking.follow", Relations: []string{SignedIn}, Why: "Un rendez-vous n'existe que pour qui s'y rencontre : l'équipe du projet et la personne qui l'accompagne."},
}
