package worlds_test

import (
	"bytes"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/veil"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/review"
	"transformateur/internal/review/opinion"
)

// reads gives the selection its grid and has members read a file.
func (w *world) reads(file string, keys ...string) {
	w.t.Helper()
	_, err := w.app.Reviews.StartRubric(w.ctx, w.as("lead"), w.selection(), "five_criteria", "", 0)
	w.must(err)
	for _, key := range keys {
		w.then(key + " is given " + file)
		w.must(w.app.Assignments.Edit(w.ctx, w.as("lead"), w.selection(), assignment.Give, assignment.Pair{File: w.files[file], Member: w.seatOf(key)}, -1))
	}
	w.then("what is read is published")
	b, err := w.app.Assignments.Board(w.ctx, w.as("lead"), w.selection())
	w.must(err)
	w.must(w.app.Assignments.Publish(w.ctx, w.as("lead"), w.selection(), b.Plan.Version))
}

// judges has a member hand in her review of a file, each criterion at one anchor.
func (w *world) judges(key, file, anchor, strengths, aside string) {
	w.t.Helper()
	w.then(key + " judges " + file)
	answers := map[string]any{"in_scope": true, "need": anchor, "definition": anchor, "commitment": anchor, "transformation": anchor, "openness": anchor, "advice": "keep", "sure": "fair", "strengths": strengths, "aside": aside}
	_, _, err := w.app.Reviews.Save(w.ctx, w.as(key), w.files[file], func(k review.Work) (edits []application.Edit) {
		for _, f := range k.Grid.Rubric.Rubric.Form.Fields() {
			if value, said := answers[f.ID]; said {
				edits = append(edits, application.Edit{Field: f.ID, Value: value})
			}
		}
		return edits
	})
	w.must(err)
	w.then(key + " hands in")
	_, err = w.app.Reviews.Submit(w.ctx, w.as(key), w.files[file])
	w.must(err)
}

// joins has a member join a page with words to her review of a file.
func (w *world) joins(key, file, name, words string) {
	w.t.Helper()
	w.then(key + " joins a document about " + file)
	_, err := w.app.Enclosures.Add(w.ctx, w.as(key), w.files[file], name, bytes.NewReader(w.page(words)))
	w.must(err)
}

// veils hides from readers who bears the files of the selection.
func (w *world) veils() {
	w.t.Helper()
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(w.ctx, `update selections set blind = 'veiled' where id = $1`, string(w.selection())); err != nil {
			return err
		}
		_, err := tx.Exec(w.ctx, `update applications set veiled = $2 where selection_id = $1`, string(w.selection()), true)
		return err
	}))
}

// consults has the expert asked for her opinion on a file, and accept.
func (w *world) consults(file string) opinion.ID {
	w.t.Helper()
	w.then("an opinion is asked for")
	id, err := w.app.Opinions.Ask(w.ctx, w.as("lead"), w.selection(), opinion.Request{File: w.files[file], Email: address("expert"), Name: "Yvonne Yole", Question: "La technique tient-elle ?",
		Heading: form.Localised{"fr": "Votre avis", "en": "Your opinion"}, Attached: true, Due: "2027-03-12T12:00", Lang: "fr", What: "un avis"})
	w.must(err)
	w.then("she follows the mail")
	offers, err := w.app.Accounts.MyInvitations(w.ctx, w.as("expert"))
	w.must(err)
	_, err = w.app.Accounts.AcceptInvitation(w.ctx, w.as("expert"), offers[0].ID, account.Acceptance{})
	w.must(err)
	w.then("she accepts")
	w.must(w.app.Opinions.Accept(w.ctx, w.as("expert"), id, "fr", committee.Digest("Je garde le silence.")))
	return id
}

// says has the expert give her opinion on a file.
func (w *world) says(file, words string) {
	w.t.Helper()
	id := w.consults(file)
	w.then("she writes")
	_, _, err := w.app.Opinions.Save(w.ctx, w.as("expert"), id, func(opinion.Sheet) []application.Edit {
		return []application.Edit{{Field: "opinion", Value: words}}
	})
	w.must(err)
	w.then("she hands in")
	w.must(w.app.Opinions.Submit(w.ctx, w.as("expert"), id))
}

// Dora's file, which Rita may read, and Gil's, from which she stepped aside.
const (
	dorasFile = "dora " + string(chosen)
	gilsFile  = "gil " + string(chosen)
)

// reviewed are the secrets of reviews and of opinions.
var reviewed = []secret{
	{name: "a score, before the deliberation", after: "committee", varies: true, knows: []string{"juror"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		w.judges("juror", dorasFile, pick(told, "good", "weak"), "Un besoin.", "Rien.")
	}},
	{name: "a comment, before the deliberation", after: "committee", varies: true, knows: []string{"juror"}, words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		w.judges("juror", dorasFile, "good", pick(told, "La limande nage vite.", "La merluche plonge.."), "Rien.")
	}},
	{name: "a private comment", after: "committee", varies: true, knows: []string{"juror"}, words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		w.judges("juror", dorasFile, "good", "Un besoin.", pick(told, "La limande nage vite.", "La merluche plonge.."))
	}},
	{name: "that another's review is in, to who has not handed in her own", after: "committee", varies: true, knows: append([]string{"juror", "lead", "region", "chair", "clerk"}, reading...), plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		if told {
			w.judges("juror", dorasFile, "good", "Un besoin.", "Rien.")
		}
	}},
	{name: "a review of a file, to a member who stepped aside, at the deliberation", after: "committee", varies: true, knows: append([]string{"region"}, inRoom...), words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(gilsFile, "juror")
		w.judges("juror", gilsFile, pick(told, "good", "weak"), pick(told, "La limande nage vite.", "La merluche plonge.."), "Rien.")
		w.deliberates(dorasFile)
	}},
	{name: "what was hidden from readers", after: "committee", varies: true, knows: []string{"lead", "officer", "barred"}, words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		w.then("words are hidden")
		w.must(w.app.Reviews.Redact(w.ctx, w.as("lead"), w.selection(), veil.Redaction{File: string(w.files[dorasFile]), Passage: pick(told, "limande.", "merluche")}))
	}},
	{name: "words of a file that were hidden from its readers", after: "committee", varies: true, knows: []string{"lead", "officer", "barred", "region", "chair", "dora"}, words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		w.veils()
		w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(w.ctx, `update submissions set content = replace(content, 'Un campus', $2) where application_id = $1`, string(w.files[dorasFile]), pick(told, "limande.", "merluche"))
			return err
		}))
		for _, words := range []string{"limande.", "merluche"} {
			w.then(words + " is hidden")
			w.must(w.app.Reviews.Redact(w.ctx, w.as("lead"), w.selection(), veil.Redaction{File: string(w.files[dorasFile]), Passage: words}))
		}
	}},
	{name: "who bears a veiled file", after: "committee", varies: true, knows: append([]string{"lead", "officer", "barred", "region", "chair", "dora"}, reading...), words: []string{"Hana Havre"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		w.veils()
		if told {
			w.then("somebody joins the team")
			w.grant("hana", "signatory", policy.Ref{Kind: "application", ID: string(w.files[dorasFile])})
		}
	}},
	{name: "that an opinion was asked for outside", after: "committee", varies: true, knows: append([]string{"lead", "chair", "region", "expert"}, reading...), words: []string{"Yvonne Yole"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.then("what is read is told") // with identifiers of its own in both worlds
		if told {
			w.says(dorasFile, "Elle tient.")
		}
	}},
	{name: "what an opinion says, before the deliberation", after: "committee", varies: true, knows: []string{"expert"}, words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.says(dorasFile, pick(told, "La limande nage vite.", "La merluche plonge.."))
	}},
	{name: "an opinion on a file, to a member who stepped aside, at the deliberation", after: "committee", varies: true, knows: []string{"lead", "chair", "juror", "expert"}, words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror")
		w.says(gilsFile, pick(told, "La limande nage vite.", "La merluche plonge.."))
		w.deliberates(gilsFile)
	}},
	{name: "to whom a reading was offered", after: "committee", varies: true, knows: append([]string{"juror", "recused", "chair"}, reading...), plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror")
		w.then("a reading is offered")
		w.must(w.app.Assignments.Offer(w.ctx, w.as("juror"), w.selection(), w.files[dorasFile], w.seatOf(pick(told, "recused", "chair")), ""))
	}},
	{name: "who stepped aside from a file that is offered to her", after: "committee", varies: true, knows: append([]string{"recused", "lead", "chair", "clerk", "region"}, reading...), plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror")
		if told {
			w.then("Rita steps aside from Dora's file too")
			w.declares("recused", dorasFile, committee.Cause{Kind: committee.Family})
		}
		w.then("a reading is offered")
		w.must(w.app.Assignments.Offer(w.ctx, w.as("juror"), w.selection(), w.files[dorasFile], w.seatOf("recused"), ""))
	}},
}

// joined are the secrets of the documents that stand beside reviews.
var joined = []secret{
	{name: "a document that another joined to her review, to who has not handed in her own", after: "committee", varies: true, knows: append([]string{"juror", "lead", "region", "chair", "clerk"}, reading...), words: []string{"limande", "merluche"}, plant: func(w *world, told bool) {
		w.reads(dorasFile, "juror", "recused")
		w.consults(dorasFile)
		if told {
			w.joins("juror", dorasFile, "limande.pdf", "La merluche plonge.")
		}
		w.judges("juror", dorasFile, "good", "Un besoin.", "Rien.")
	}},
}
