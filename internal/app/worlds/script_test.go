package worlds_test

import (
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// The calls of every world.
const (
	open   call.ID = "appel-ouvert"   // closes in two days
	closed call.ID = "appel-clos"     // closed yesterday
	sealed call.ID = "appel-scelle"   // closed yesterday, unsealed in five days
	far    call.ID = "appel-lointain" // of another agency, open
	late   call.ID = "appel-tardif"   // closed yesterday, nothing in it but what a secret puts there
	chosen call.ID = "appel-choisi"   // closed yesterday, read by a committee
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// observers are those who look, each with what she is in every world. The first
// eight are those of the short profile.
var observers = []struct{ key, is string }{
	{"", "a visitor"},
	{"emil", "somebody who signed in and has nothing"},
	{"dora", "an applicant who has files in the same calls"},
	{"lead", "the lead of the edition"},
	{"officer", "the officer of the edition"},
	{"elsewhere", "the lead of another agency"},
	{"ana", "an applicant with a team, and another organisation"},
	{"barred", "an officer in conflict with Gil's files"},
	{"secretary", "the secretary of the edition"},
	{"region", "the region of the agency"},
	{"communications", "the communications of the edition"},
	{"facilitator", "a facilitator of the edition"},
	{"carl", "a reader of Ana's files"},
	{"admin", "the administrator of the platform"},
	{"auditor", "the auditor of the platform"},
	{"dpo", "the data protection officer"},
	{"chair", "the chair of a committee"},
	{"juror", "a member of the committee"},
	{"recused", "a member who stepped aside from Gil's file"},
	{"clerk", "the secretary of the committee"},
	{"expert", "somebody outside the committee, who may be asked for her opinion"},
}

// cast are the people of every world. Gil and Hana have the secrets and observe nothing.
var cast = map[string]string{
	"emil": "Émil Estran", "dora": "Dora Dune", "lead": "Lise Lande", "officer": "Odile Orme", "elsewhere": "Édith Écluse", "ana": "Ana Anse", "barred": "Bruno Brise",
	"secretary": "Sophie Sable", "region": "Rémi Rade", "communications": "Coline Cap", "facilitator": "Fanny Falaise", "carl": "Carl Crique", "admin": "Adam Amer",
	"auditor": "Aude Aber", "dpo": "Denis Digue", "gil": "Gil Grève", "hana": "Hana Havre",
	"chair": "Céline Chenal", "juror": "Jules Jetée", "recused": "Rita Roche", "clerk": "Sacha Saline", "expert": "Yvonne Yole",
}

// script is what was done in every world, in the order of time.
func script() []act {
	acts := []act{{"people", -30 * day, people}, {"houses", -30*day + hour, houses}, {"calls", -29 * day, calls},
		{"drafts", -10 * day, drafts}, {"deposits", -3 * day, deposits}, {"the last deposit", -2 * day, func(w *world) { w.deposit("gil", "gil "+string(closed)) }}, {"closing", -20 * hour, func(*world) {}}, {"work", -5 * hour, work}, {"committee", -4 * hour, sitting},
		{"evening", -2 * hour, evening}}
	return acts
}

// keysOf is a map's keys in an order that does not change.
var order = []string{"admin", "ana", "auditor", "barred", "carl", "communications", "dora", "dpo", "elsewhere", "emil", "facilitator", "gil", "hana", "lead", "officer", "region", "secretary", "chair", "juror", "recused", "clerk", "expert"}

func people(w *world) {
	for _, key := range order {
		w.person(key, cast[key])
	}
	for _, key := range []string{"admin", "auditor", "dpo"} {
		w.grant(key, key, policy.Platform.Ref)
	}
}

func both(fr string) programme.Words { return programme.Words{FR: fr, EN: fr + " (en)"} }

// houses makes two agencies, each with a programme and an edition, and organisations.
func houses(w *world) {
	for _, h := range []struct{ agency, lead, edition string }{{"Agence du Cap", "lead", "Édition du Cap"}, {"Agence du Large", "elsewhere", "Édition du Large"}} {
		a, err := w.app.Programmes.CreateAgency(w.ctx, w.as("admin"), programme.Agency{Name: both(h.agency), Contact: "contact@agence.invalid"}, false)
		w.must(err)
		w.grant(h.lead, "lead", policy.Ref{Kind: "agency", ID: string(a.ID)})
		p, err := w.app.Programmes.CreateProgramme(w.ctx, w.as(h.lead), programme.Programme{Agency: a.ID, Name: both("Programme de " + h.agency)})
		w.must(err)
		e, err := w.app.Programmes.CreateEdition(w.ctx, w.as(h.lead), programme.NewEdition{Programme: p.ID, Journey: "regional-edition", Name: both(h.edition), Theme: both("Numérique et travail"), Zone: "Europe/Paris", FirstDay: "2027-02-05"})
		w.must(err)
		e.About = both("Une édition.")
		e, err = w.app.Programmes.EditEdition(w.ctx, w.as(h.lead), e)
		w.must(err)
		w.must(w.app.Programmes.PublishEdition(w.ctx, w.as(h.lead), e.ID))
		w.named["agency of "+h.lead], w.named["programme of "+h.lead], w.named["edition of "+h.lead] = string(a.ID), string(p.ID), string(e.ID)
	}
	edition := policy.Ref{Kind: "edition", ID: w.named["edition of lead"]}
	for _, key := range []string{"officer", "secretary", "communications", "facilitator"} {
		w.grant(key, key, edition)
	}
	w.grant("barred", "officer", edition)
	w.grant("region", "region", policy.Ref{Kind: "agency", ID: w.named["agency of lead"]})
	for _, o := range []struct{ by, name string }{{"ana", "Atelier des Anses"}, {"dora", "Dunes associées"}, {"hana", "Havre commun"}} {
		id, err := w.app.Accounts.CreateOrganisation(w.ctx, w.as(o.by), account.Description{Name: o.name, Kind: account.Association, Territory: "region:28"}, "direction")
		w.must(err)
		w.named["organisation of "+o.by] = string(id)
	}
}

func calls(w *world) {
	for _, c := range []struct {
		id            call.ID
		lead          string
		closes, opens time.Duration
	}{{open, "lead", -29 * day, 2 * day}, {closed, "lead", -29 * day, -day}, {sealed, "lead", -29 * day, -day}, {far, "elsewhere", -29 * day, 9 * day}, {late, "lead", -29 * day, -day}, {chosen, "lead", -29 * day, -day}} {
		opening := call.Call{ID: c.id, EditionID: w.named["edition of "+c.lead], Title: form.Localised{"fr": "Titre de l’" + string(c.id), "en": "Title of " + string(c.id)},
			Text: form.Localised{"fr": "Un appel.", "en": "A call."}, Zone: "Europe/Paris", OpensAt: today.Add(c.closes), ClosesAt: today.Add(c.opens), Legal: applicationtest.Legal()}
		if c.id == sealed {
			opening.Sealed, opening.UnsealAt = true, today.Add(5*day)
		}
		w.must(w.openCall(c.lead, opening))
		w.then("after " + string(c.id))
	}
}

func (w *world) openCall(by string, c call.Call) error {
	f, err := form.Parse([]byte(applicationtest.Form))
	if err != nil {
		return err
	}
	if _, err := w.app.Calls.Create(w.ctx, w.as(by), c); err != nil {
		return err
	}
	if _, err := w.app.Calls.SaveForm(w.ctx, w.as(by), c.ID, f, 0); err != nil {
		return err
	}
	_, err = w.app.Calls.Publish(w.ctx, w.as(by), c.ID)
	return err
}

// drafts has Ana, Dora and Gil begin a file in each call of the edition.
func drafts(w *world) {
	for _, by := range []string{"ana", "dora", "gil"} {
		for _, in := range []call.ID{open, closed, sealed} {
			file := by + " " + string(in)
			w.draft(by, file, in, "Projet de "+cast[by])
			w.fill(by, file, "Un campus pour apprendre à plusieurs.")
		}
	}
	for _, by := range []string{"dora", "gil"} {
		w.draft(by, by+" "+string(chosen), chosen, "Projet choisi de "+cast[by])
		w.fill(by, by+" "+string(chosen), "Un campus à choisir.")
	}
	w.draft("dora", "dora far", far, "Projet lointain")
	for _, in := range []call.ID{open, closed, sealed} {
		w.grant("carl", "reader", policy.Ref{Kind: "application", ID: string(w.files["ana "+string(in)])})
		w.grant("hana", "editor", policy.Ref{Kind: "application", ID: string(w.files["gil "+string(in)])})
	}
	w.attach("ana", "ana "+string(closed), "annexe.pdf", "Annexe du projet")
	w.attach("gil", "gil "+string(closed), "annexe.pdf", "Annexe du projet")
}

func deposits(w *world) {
	w.deposit("ana", "ana "+string(closed))
	w.then("Dora deposits")
	w.deposit("dora", "dora "+string(closed))
	w.then("Ana deposits under seal")
	w.deposit("ana", "ana "+string(sealed))
	for _, by := range []string{"dora", "gil"} {
		w.then(by + " deposits what is chosen")
		w.deposit(by, by+" "+string(chosen))
	}
	w.then("Dora deposits early")
	w.deposit("dora", "dora "+string(open))
}

// work is the ordinary life of the two sides.
func work(w *world) {
	label, err := w.app.Screening.AddLabel(w.ctx, w.as("officer"), closed, "À relire", "blue")
	w.must(err)
	w.named["label"] = label.ID
	w.must(w.app.Screening.Tag(w.ctx, w.as("officer"), label.ID, true, w.files["dora "+string(closed)]))
	w.must(w.app.Files.Send(w.ctx, w.as("officer"), w.files["ana "+string(closed)], "Bonjour, votre dossier est bien arrivé."))
	w.then("a comment")
	w.must(w.app.Files.Comment(w.ctx, w.as("ana"), w.files["ana "+string(open)], "summary", "À compléter"))
	w.then("a question")
	q, err := w.app.Calls.Ask(w.ctx, w.as("emil"), open, "Peut-on déposer à plusieurs ?", true)
	w.must(err)
	w.then("its answer")
	_, err = w.app.Calls.Answer(w.ctx, w.as("officer"), open, call.Reply{Question: q.ID, Text: "Oui.", Public: true, Base: q.Version})
	w.must(err)
}

// evening is what others do after every secret: what they are told must not count it.
func evening(w *world) {
	w.write("dora", "dora far", "summary", "Un projet au large.")
	w.draft("dora", "dora second", open, "Un second projet")
	w.write("ana", "ana "+string(open), "summary", "Un campus pour apprendre ensemble.")
	_, err := w.app.Screening.AddLabel(w.ctx, w.as("lead"), closed, "Prioritaire", "green")
	w.must(err)
}
