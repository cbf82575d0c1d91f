package deliberations

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/web/ui"
)

// paper is the page of the minutes.
type paper struct {
	deliberation.Record
	tabs     []ui.NavItem
	zone     string
	problems ui.Problems
}

func (h *Handler) paper(r *http.Request) (v paper, err error) {
	if v.Record, err = h.Rooms.Minutes(r.Context(), ui.User(r), id(r)); err != nil {
		return v, err
	}
	v.zone = v.Selection.Call.Zone
	v.tabs, err = h.tabs(r, v.Selection, "minutes")
	return v, err
}

func (h *Handler) minutes(w http.ResponseWriter, r *http.Request) error {
	return h.minutesWith(w, r, nil)
}

func (h *Handler) minutesWith(w http.ResponseWriter, r *http.Request, cause error) error {
	v, err := h.paper(r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if cause != nil {
		v.problems, _ = shown(r.Context(), cause)
		status = ui.StatusOf(cause)
	}
	return ui.Render(w, r, status, minutesPage(v))
}

func (h *Handler) sign(w http.ResponseWriter, r *http.Request) error {
	return h.written(w, r, h.Rooms.Sign(r.Context(), ui.User(r), id(r)), "deliberations.signed_done")
}

func (h *Handler) countersign(w http.ResponseWriter, r *http.Request) error {
	err := h.Rooms.Countersign(r.Context(), ui.User(r), id(r), r.PostFormValue("digest"))
	return h.written(w, r, err, "deliberations.countersigned_done")
}

func (h *Handler) void(w http.ResponseWriter, r *http.Request) error {
	err := h.Rooms.Void(r.Context(), ui.User(r), id(r), r.PostFormValue("reason"))
	return h.written(w, r, err, "deliberations.voided_done")
}

// written leads back to the minutes, or says there why nothing was done.
func (h *Handler) written(w http.ResponseWriter, r *http.Request, err error, done string) error {
	if err == nil {
		return ui.Done(w, r, address(id(r), "minutes"), done)
	}
	if _, here := shown(r.Context(), err); here {
		return h.minutesWith(w, r, err)
	}
	return err
}

func (v paper) at(ctx context.Context, t time.Time) string {
	return ui.Instant(ctx, ui.Local(t, v.zone))
}

// facts say when and under which rules the committee met.
func (v paper) facts(ctx context.Context) (rows []ui.Pair) {
	add := func(key, text string) {
		if text != "" {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, "deliberations."+key), Text: text})
		}
	}
	add("fact_call", in(ctx, v.Minutes.Call))
	if !v.Minutes.Opened.IsZero() {
		add("fact_opened", v.at(ctx, v.Minutes.Opened))
	}
	if !v.Minutes.Signed.IsZero() {
		add("fact_signed", i18n.T(ctx, "deliberations.signed_by", v.Signer, v.at(ctx, v.Minutes.Signed)))
	}
	if v.Second != "" {
		add("fact_countersigned", i18n.T(ctx, "deliberations.signed_by", v.Second, v.at(ctx, v.SecondAt)))
	}
	for _, t := range v.Minutes.Replaces {
		add("fact_replaces", v.at(ctx, t))
	}
	add("fact_chair", names(v.Minutes.Chairs))
	add("fact_deputy", v.Minutes.Deputy)
	if v.Minutes.Quorum > 0 {
		add("quorum", itoa(v.Minutes.Quorum))
	}
	if !v.Minutes.Signed.IsZero() {
		add("fact_digest", v.Digest)
	}
	return rows
}

func names(list []minutes.Attendee) string {
	var all []string
	for _, a := range list {
		all = append(all, who(a.Name, a.Sits))
	}
	return strings.Join(all, ", ")
}

func who(name, sits string) string {
	if sits == "" {
		return name
	}
	return name + " (" + sits + ")"
}

// telling is a part of an entry: a term and its text.
type telling struct{ term, text string }

// entry tells one file, in the order of the minutes.
func (v paper) entry(ctx context.Context, e minutes.Entry) (list []telling) {
	add := func(key, text string) {
		if text != "" {
			list = append(list, telling{i18n.T(ctx, "deliberations."+key), text})
		}
	}
	add("fact_out", leavers(ctx, e.Out))
	for _, c := range e.Votes {
		add("fact_vote", count(ctx, c))
	}
	if e.Outcome == "" {
		add("fact_decision", i18n.T(ctx, "deliberations.undecided"))
		return list
	}
	text := outcomeWords(ctx, deliberation.Outcome(e.Outcome), e.Rank)
	if e.Other != nil {
		text = i18n.T(ctx, "deliberations.with_other", text, e.Other.Number, e.Other.Title)
	}
	if len(e.Votes) == 0 {
		text = i18n.T(ctx, "deliberations.no_vote", text)
	}
	add("fact_decision", text)
	add("reason", in(ctx, e.Reason))
	add("decision_wording", e.Wording)
	add("comments", strings.Join(e.Comments, "\n"))
	return list
}

// leavers names who stepped out and the kinds of reasons.
func leavers(ctx context.Context, list []minutes.Leaver) string {
	var all []string
	for _, l := range list {
		var kinds []string
		for _, k := range l.Kinds {
			kinds = append(kinds, i18n.T(ctx, "committee.cause_"+k))
		}
		text := who(l.Name, l.Sits)
		if len(kinds) > 0 {
			text = i18n.T(ctx, "deliberations.leaver", text, strings.Join(kinds, ", "))
		}
		all = append(all, text)
	}
	return strings.Join(all, " ; ")
}

func count(ctx context.Context, c minutes.Count) string {
	text := i18n.T(ctx, "deliberations.motion_"+c.Kind)
	if c.Wording != "" {
		text += " – " + strings.TrimRight(c.Wording, ". ")
	}
	key := "deliberations.vote_lost"
	if c.Carried {
		key = "deliberations.vote_carried"
	}
	return i18n.T(ctx, key, text, i18n.T(ctx, "deliberations.counts", c.For, c.Against, c.Abstained, c.Electors))
}

func heading(ctx context.Context, i int, e minutes.Entry) string {
	return i18n.T(ctx, "deliberations.entry", i+1, e.Number, e.Title)
}

// minutesPDF gives the minutes on paper.
func (h *Handler) minutesPDF(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.paper(r)
	if err != nil {
		return err
	}
	title, at := i18n.T(ctx, "deliberations.minutes"), v.Minutes.Signed
	if at.IsZero() {
		at = h.Clock.Now()
	}
	d := pdf.New(pdf.Meta{Title: title, Author: h.Name, Subject: in(ctx, v.Minutes.Name), Lang: string(i18n.From(ctx)), At: at, Page: i18n.T(ctx, "deliberations.pdf_page", "%d", "%s")})
	d.Title(title + " – " + in(ctx, v.Minutes.Name))
	if v.Minutes.Signed.IsZero() {
		d.Paragraph(i18n.T(ctx, "deliberations.draft"))
	}
	var rows []pdf.Pair
	for _, p := range v.facts(ctx) {
		rows = append(rows, pdf.Pair{Term: p.Term, Text: p.Text})
	}
	d.Pairs(rows)
	d.Heading(i18n.T(ctx, "deliberations.attendance"))
	rows = nil
	for _, p := range v.attendance(ctx) {
		rows = append(rows, pdf.Pair{Term: p.Term, Text: p.Text})
	}
	d.Pairs(rows)
	for i, e := range v.Minutes.Files {
		d.Heading(heading(ctx, i, e))
		rows = nil
		for _, t := range v.entry(ctx, e) {
			rows = append(rows, pdf.Pair{Term: t.term, Text: t.text})
		}
		d.Pairs(rows)
	}
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		return err
	}
	return send(w, "application/pdf", i18n.T(ctx, "deliberations.minutes_file")+".pdf", out.Bytes())
}

// minutesCSV gives the minutes as a table, a line a file.
func (h *Handler) minutesCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.paper(r)
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "deliberations.minutes")}
	for _, head := range []string{"col_number", "col_title", "fact_out", "fact_vote", "col_decision", "col_reserve", "other", "reason", "decision_wording", "comments"} {
		s.Head = append(s.Head, i18n.T(ctx, "deliberations."+head))
	}
	for _, e := range v.Minutes.Files {
		var votes []string
		for _, c := range e.Votes {
			votes = append(votes, count(ctx, c))
		}
		row := []any{e.Number, e.Title, leavers(ctx, e.Out), strings.Join(votes, "\n"), "", nil, "", in(ctx, e.Reason), e.Wording, strings.Join(e.Comments, "\n")}
		if e.Outcome != "" {
			row[4] = outcomeWords(ctx, deliberation.Outcome(e.Outcome), 0)
		}
		if e.Rank > 0 {
			row[5] = e.Rank
		}
		if e.Other != nil {
			row[6] = i18n.T(ctx, "deliberations.file", e.Other.Number, e.Other.Title)
		}
		s.Rows = append(s.Rows, row)
	}
	return table(w, ctx, s, "deliberations.minutes_file")
}
