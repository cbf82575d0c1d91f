package worlds_test

import (
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/screening"
)

// secret is what two worlds differ by. To add one: a line in secrets, with who may
// know it; every route, search, list, export, feed and mail is then compared by itself.
type secret struct {
	name  string
	after string // the act of the script that it follows
	// plant does it in a world. When varies is set it is done in both worlds, with
	// other words: what is secret is then what it says, not that it is.
	plant  func(w *world, told bool)
	varies bool
	knows  []string // the observers who may know: none of the others may see a byte of it
	words  []string // looked for in every search
}

// entitled says whether an observer may know.
func (s secret) entitled(key string) bool { return slices.Contains(s.knows, key) }

// Those who read every line of the journal know that something was done, never what it
// says; of a deposit they have the digest, which commits to it without telling it.
var reading = []string{"auditor", "dpo"}

// Those who follow the files of a call know how many there are, never what a draft says.
var following = []string{"lead", "officer", "barred", "secretary", "region", "auditor", "dpo"}

// The programme's side of a deposited file, once its call is closed. Bruno's conflict closes Gil's to him.
var programmeSide = []string{"lead", "officer", "region", "auditor", "dpo"}

// pick is the word of a secret in one of its two worlds. They are equally long, so
// that no size tells them apart.
func pick(told bool, secret, ordinary string) string {
	if told {
		return secret
	}
	return ordinary
}

func secrets() []secret {
	return slices.Concat(drafted, deposited, around, selected, shared, reviewed, deliberated, announced, compared, joined, gathered, boarded, pictured, carried, hosted, staged, received, noted, righted, oriented, reported, summed)
}

// drafted are the secrets of files that are being written.
var drafted = []secret{
	{name: "a draft exists", after: "work", knows: following, words: []string{"zostère", "gil"}, plant: func(w *world, _ bool) {
		w.draft("gil", "secret", open, "Herbier de zostère")
		w.fill("gil", "secret", "Une zostère par plage.")
		w.attach("gil", "secret", "zostere.pdf", "La zostère")
	}},
	{name: "what a draft is called", after: "work", varies: true, words: []string{"zostère", "goémon"}, plant: func(w *world, told bool) {
		w.draft("gil", "secret", open, pick(told, "Herbier de zostères", "Herbier de goémons!"))
	}},
	{name: "what a draft answers", after: "drafts", varies: true, words: []string{"brimborion"}, plant: func(w *world, told bool) {
		w.write("gil", "gil "+string(open), "summary", pick(told, "Un brimborion de plage.", "Un coquillage de plage."), "staff", int64(len(pick(told, "douze", "treize"))))
	}},
	{name: "a co-author's comment", after: "work", knows: reading, words: []string{"salicorne"}, plant: func(w *world, _ bool) {
		w.must(w.app.Files.Comment(w.ctx, w.as("hana"), w.files["gil "+string(open)], "summary", "La salicorne manque."))
	}},
	{name: "what a comment says", after: "work", varies: true, words: []string{"salicorne"}, plant: func(w *world, told bool) {
		w.must(w.app.Files.Comment(w.ctx, w.as("hana"), w.files["gil "+string(open)], "summary", pick(told, "La salicorne manque.", "Le titre manque encore")))
	}},
	{name: "an attachment of a draft", after: "work", knows: reading, words: []string{"bigorneau"}, plant: func(w *world, _ bool) {
		w.attach("gil", "gil "+string(open), "bigorneau.pdf", "Le bigorneau")
	}},
	{name: "the name of an attachment", after: "work", varies: true, words: []string{"bigorneau"}, plant: func(w *world, told bool) {
		w.attach("gil", "gil "+string(open), pick(told, "bigorneau.pdf", "coquilles.pdf"), "La même page")
	}},
	{name: "two texts of a draft that somebody must choose from", after: "work", knows: reading, words: []string{"varech"}, plant: func(w *world, _ bool) {
		w.write("hana", "gil "+string(open), "summary", "Le varech d'abord.")
		_, err := w.app.Files.Save(w.ctx, w.as("gil"), w.files["gil "+string(open)], []application.Edit{{Field: "summary", Base: 1, Value: "Le varech ensuite."}})
		w.must(err)
	}},
	{name: "an invitation to a draft", after: "work", knows: reading, words: []string{"invitee@personnes.invalid", "bernique"}, plant: func(w *world, _ bool) {
		w.must(w.app.Files.Invite(w.ctx, w.as("gil"), w.files["gil "+string(open)], "invitee@personnes.invalid", "editor", "Bernique !"))
	}},
	{name: "somebody's place in a draft's team", after: "work", knows: reading, plant: func(w *world, _ bool) {
		w.grant("hana", "signatory", policy.Ref{Kind: "application", ID: string(w.files["gil "+string(open)])})
	}},
	{name: "a file deposited before the close", after: "work", knows: following, words: []string{"gil"}, plant: func(w *world, _ bool) { w.deposit("gil", "gil "+string(open)) }},
	{name: "what a file deposited before the close says", after: "the last deposit", varies: true, knows: reading, words: []string{"anémone"}, plant: func(w *world, told bool) {
		w.must(w.app.Files.Rename(w.ctx, w.as("gil"), w.files["gil "+string(open)], pick(told, "L'anémone de plage", "Le galet de plage!")))
		w.fill("gil", "gil "+string(open), pick(told, "Une anémone.", "Un  galets."))
		w.deposit("gil", "gil "+string(open))
	}},
	{name: "a draft that was deleted", after: "drafts", knows: following, words: []string{"oursin"}, plant: func(w *world, _ bool) {
		w.draft("gil", "secret", open, "Oursin")
		w.must(w.app.Files.Delete(w.ctx, w.as("gil"), w.files["secret"]))
	}},
	{name: "a file withdrawn before the close", after: "work", knows: following, plant: func(w *world, _ bool) {
		w.deposit("gil", "gil "+string(open))
		_, err := w.app.Files.Withdraw(w.ctx, w.as("gil"), w.files["gil "+string(open)])
		w.must(err)
	}},
}

// deposited are the secrets of files whose call is closed.
var deposited = []secret{
	{name: "a file from which an officer is kept by a conflict", after: "the last deposit", knows: append([]string{"secretary"}, programmeSide...), words: []string{"pétoncle", "gil"}, plant: func(w *world, _ bool) {
		w.draft("gil", "secret", late, "Pétoncle")
		w.fill("gil", "secret", "Un pétoncle.")
		w.deposit("gil", "secret")
		w.exclude("barred", "secret")
	}},
	{name: "what a sealed file says", after: "the last deposit", varies: true, knows: reading, words: []string{"oursin"}, plant: func(w *world, told bool) {
		w.must(w.app.Files.Rename(w.ctx, w.as("gil"), w.files["gil "+string(sealed)], pick(told, "Un oursin de mer", "Un caillou usé.")))
		w.fill("gil", "gil "+string(sealed), pick(told, "Un oursin de mer", "Un caillou usé."))
		w.deposit("gil", "gil "+string(sealed))
	}},
	{name: "what a deposited file says", after: "deposits", varies: true, knows: append([]string{"barred"}, programmeSide...), words: []string{"homard"}, plant: func(w *world, told bool) {
		w.fill("gil", "gil "+string(closed), pick(told, "Un homard bleu.", "Un crabes vert."))
	}},
	{name: "a label of the programme's team", after: "work", knows: append([]string{"barred", "secretary"}, programmeSide...), words: []string{"douteux"}, plant: func(w *world, _ bool) {
		l, err := w.app.Screening.AddLabel(w.ctx, w.as("officer"), closed, "Douteux", "red")
		w.must(err)
		w.must(w.app.Screening.Tag(w.ctx, w.as("officer"), l.ID, true, w.files["ana "+string(closed)]))
	}},
	{name: "a verdict before it is announced", after: "work", knows: append([]string{"barred", "secretary"}, programmeSide...), words: []string{"hors délai"}, plant: func(w *world, _ bool) {
		w.must(w.app.Screening.Admit(w.ctx, w.as("officer"), w.files["ana "+string(closed)], screening.Verdict{Verdict: screening.Inadmissible, Reason: "Hors délai"}, 0))
	}},
	{name: "the correspondence of another file", after: "work", knows: append([]string{"barred"}, programmeSide...), words: []string{"espadon"}, plant: func(w *world, _ bool) {
		w.must(w.app.Files.Send(w.ctx, w.as("officer"), w.files["gil "+string(closed)], "L'espadon est-il à vous ?"))
		w.must(w.app.Files.Send(w.ctx, w.as("gil"), w.files["gil "+string(closed)], "L'espadon est à nous."))
	}},
	{name: "a correction asked of another file", after: "work", knows: append([]string{"barred", "secretary"}, programmeSide...), words: []string{"calmar"}, plant: func(w *world, _ bool) {
		w.must(w.app.Screening.AskCorrection(w.ctx, w.as("officer"), w.files["gil "+string(closed)], application.Correction{Kind: application.Incomplete, Fields: []string{"summary"}, Message: "Le calmar ?", DueAt: today.Add(4 * day)}))
	}},
	{name: "that the lead read another file", after: "work", knows: append([]string{"barred"}, programmeSide...), plant: func(w *world, _ bool) {
		_, err := w.app.Files.Deposited(w.ctx, w.as("lead"), w.files["gil "+string(closed)])
		w.must(err)
	}},
	{name: "a view that somebody kept for herself", after: "work", knows: append([]string{"officer"}, reading...), words: []string{"murène"}, plant: func(w *world, _ bool) {
		_, err := w.app.Screening.SaveView(w.ctx, w.as("officer"), closed, screening.View{Name: "Murène", Query: "q=mur%C3%A8ne"})
		w.must(err)
	}},
	{name: "an export that was taken", after: "work", knows: append([]string{"officer"}, reading...), plant: func(w *world, _ bool) {
		w.must(w.app.Screening.NoteExport(w.ctx, w.as("officer"), closed, "csv", []string{"number"}, []application.ID{w.files["dora "+string(closed)]}))
	}},
}

// around are the secrets of people, of programmes and of calls.
var around = []secret{
	{name: "that somebody has an account", after: "work", knows: reading, words: []string{"inconnue@personnes.invalid", "Iris Inconnue", "inconnue"}, plant: func(w *world, _ bool) {
		w.person("iris", "Iris Inconnue")
		_, err := account.OpenDemo(w.app.Accounts).Create(w.ctx, "inconnue@personnes.invalid", account.Profile{Name: "Iris Inconnue", Lang: "fr", Zone: "Europe/Paris"})
		w.must(err)
	}},
	{name: "an address that somebody adds", after: "work", knows: reading, words: []string{"seconde@personnes.invalid"}, plant: func(w *world, _ bool) {
		w.must(w.app.Accounts.AddAddress(w.ctx, w.as("gil"), "seconde@personnes.invalid", "192.0.2.9"))
	}},
	{name: "an organisation that somebody belongs to", after: "work", knows: append([]string{"admin", "region"}, reading...), words: []string{"gil"}, plant: func(w *world, _ bool) {
		w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(w.ctx, `insert into organisation_members (organisation_id, person_id, function, from_at) values ($1, $2, 'conseil', $3)`, w.named["organisation of hana"], string(w.as("gil").ID), w.clock.Now())
			return err
		}))
	}},
	{name: "an invitation to an organisation", after: "work", knows: append([]string{"admin", "region"}, reading...), words: []string{"membre@personnes.invalid"}, plant: func(w *world, _ bool) {
		id := account.OrganisationID(w.named["organisation of hana"])
		w.must(w.app.Accounts.InviteMember(w.ctx, w.as("hana"), id, account.Invite{Email: "membre@personnes.invalid", Relation: "member", Message: "Venez"}))
	}},
	{name: "a role in another edition", after: "work", knows: append([]string{"elsewhere"}, reading...), words: []string{"gil"}, plant: func(w *world, _ bool) {
		w.grant("gil", "officer", policy.Ref{Kind: "edition", ID: w.named["edition of elsewhere"]})
	}},
	{name: "an invitation to the team of another edition", after: "work", knows: append([]string{"elsewhere"}, reading...), words: []string{"equipiere@personnes.invalid"}, plant: func(w *world, _ bool) {
		w.must(w.app.Teams.Invite(w.ctx, w.as("elsewhere"), policy.Ref{Kind: "edition", ID: w.named["edition of elsewhere"]}, account.Invite{Email: "equipiere@personnes.invalid", Relation: "officer", RelationUntil: today.Add(90 * day)}))
	}},
	{name: "an edition that is being prepared", after: "work", knows: append([]string{"elsewhere"}, reading...), words: []string{"narval"}, plant: func(w *world, _ bool) {
		_, err := w.app.Programmes.CreateEdition(w.ctx, w.as("elsewhere"), programme.NewEdition{Programme: programme.ProgrammeID(w.named["programme of elsewhere"]), Journey: "regional-edition", Name: both("Édition du narval"), Theme: both("Narval"), Zone: "Europe/Paris", FirstDay: "2027-09-01"})
		w.must(err)
	}},
	{name: "a call that is being prepared", after: "work", knows: append([]string{"elsewhere"}, reading...), words: []string{"cachalot"}, plant: func(w *world, _ bool) {
		_, err := w.app.Calls.Create(w.ctx, w.as("elsewhere"), call.Call{ID: "appel-cachalot", EditionID: w.named["edition of elsewhere"], Title: form.Localised{"fr": "Appel du cachalot"}, Text: form.Localised{"fr": "Cachalot"},
			Zone: "Europe/Paris", OpensAt: today.Add(day), ClosesAt: today.Add(9 * day)})
		w.must(err)
	}},
	{name: "a form that is being rewritten", after: "work", knows: append([]string{"lead", "region"}, reading...), words: []string{"esturgeon"}, plant: func(w *world, _ bool) {
		_, d, err := w.app.Calls.FormDraft(w.ctx, w.as("lead"), open)
		w.must(err)
		f := call.CopyOf(d.Form)
		f.Steps[0].Fields = append(f.Steps[0].Fields, form.Field{ID: "sturgeon", Type: "longtext", Label: form.Localised{"fr": "Votre esturgeon"}, Settings: form.Settings{MaxChars: 200}})
		_, err = w.app.Calls.SaveForm(w.ctx, w.as("lead"), open, f, d.Version)
		w.must(err)
	}},
	{name: "a question asked in private", after: "work", knows: append([]string{"lead", "officer", "barred", "region"}, reading...), words: []string{"lamproie"}, plant: func(w *world, _ bool) {
		_, err := w.app.Calls.Ask(w.ctx, w.as("gil"), open, "La lamproie est-elle admise ?", false)
		w.must(err)
	}},
	{name: "the wording of a mail, in preparation", after: "work", knows: append([]string{"lead", "region"}, reading...), words: []string{"hippocampe"}, plant: func(w *world, _ bool) {
		scope := policy.Ref{Kind: "edition", ID: w.named["edition of lead"]}
		all, err := w.app.Notify.Wordings(w.ctx, w.as("lead"), scope)
		w.must(err)
		own, err := w.app.Notify.Wording(w.ctx, w.as("lead"), scope, all[0].Kind.Name, i18n.FR)
		w.must(err)
		own.Text = notify.Text{Subject: "L'hippocampe", Body: "Un hippocampe.\n\n" + own.Text.Body}
		w.must(w.app.Notify.Reword(w.ctx, w.as("lead"), scope, own))
	}},
	{name: "a conflict that was declared", after: "work", knows: reading, plant: func(w *world, _ bool) {
		w.exclude("hana", "dora "+string(closed))
	}},
	{name: "a token of somebody's programs", after: "work", knows: reading, words: []string{"nautile"}, plant: func(w *world, _ bool) { w.lend("gil", "Nautile") }},
	{name: "where somebody signed in", after: "work", knows: reading, plant: func(w *world, _ bool) {
		_, err := account.OpenDemo(w.app.Accounts).SignIn(w.ctx, w.as("gil").ID, "Netscape")
		w.must(err)
	}},
}

func (w *world) exclude(key, file string) {
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.app.Policy.Exclude(w.ctx, tx, account.System, "person", string(w.as(key).ID), policy.Ref{Kind: "application", ID: string(w.files[file])}, "conflict", "mondes")
	}))
}

func ref(kind, id string) policy.Ref { return policy.Ref{Kind: kind, ID: id} }

// openCallLater prepares a call that nobody sees yet.
func (w *world) openCallLater(id call.ID) error {
	f, err := form.Parse([]byte(applicationtest.Form))
	if err != nil {
		return err
	}
	_, err = w.app.Calls.Create(w.ctx, w.as("elsewhere"), call.Call{ID: id, EditionID: w.named["edition of elsewhere"], Title: form.Localised{"fr": "Appel du Cachalot"}, Text: form.Localised{"fr": "Cachalot"},
		Zone: "Europe/Paris", OpensAt: today.Add(-hour), ClosesAt: today.Add(9 * day), Legal: applicationtest.Legal()})
	if err != nil {
		return err
	}
	_, err = w.app.Calls.SaveForm(w.ctx, w.as("elsewhere"), id, f, 0)
	return err
}

// answer answers the question of Gil's in public.
func (w *world) answer(text string) error {
	_, err := w.app.Calls.Answer(w.ctx, w.as("officer"), open, call.Reply{Question: w.named["question"], Text: text, Public: true, Base: 1})
	return err
}
