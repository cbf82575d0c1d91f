package decisions

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/web/ui"
)

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Decisions.List(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(v))
}

// csv gives the decisions as a table, a line a file.
func (h *Handler) csv(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.Decisions.List(ctx, ui.User(r), id(r))
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "decisions.title")}
	for _, head := range []string{"col_number", "col_title", "col_outcome", "col_reserve", "col_reason", "wording", "comments", "col_decided", "col_announced", "col_place", "col_confirm_by", "col_confirmed", "col_given_up"} {
		s.Head = append(s.Head, i18n.T(ctx, "decisions."+head))
	}
	at := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return ui.Local(t, v.Selection.Call.Zone).Format(time.RFC3339)
	}
	for _, row := range v.Rows {
		d := row.Decision
		line := []any{row.File.Number, row.File.Title, i18n.T(ctx, "decisions.outcome_"+string(d.Outcome)), nil, in(ctx, row.Reason), d.Wording, strings.Join(d.Comments, "\n"), at(d.At), at(d.AnnouncedAt), "", at(d.ConfirmBy), at(d.ConfirmedAt), at(d.GaveUpAt)}
		if d.Rank > 0 {
			line[3] = d.Rank
		}
		if row.Place != decision.NoPlace {
			line[9] = i18n.T(ctx, "decisions.place_"+string(row.Place))
		}
		s.Rows = append(s.Rows, line)
	}
	var out bytes.Buffer
	if err := (sheet.Book{Yes: i18n.T(ctx, "form.yes"), No: i18n.T(ctx, "form.no")}).CSV(&out, s, true); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(ctx, "decisions.csv_name")+".csv"))
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(out.Bytes())
	return err
}

// sheetOf is the page of one decision, with what was typed.
type sheetOf struct {
	decision.One
	wording, comments, words, confirmBy, reason string
	upheld                                      bool
	becomes                                     string
	problems                                    ui.Problems
}

func (h *Handler) sheet(r *http.Request) (v sheetOf, err error) {
	if v.One, err = h.Decisions.One(r.Context(), ui.User(r), id(r), fileID(r)); err != nil {
		return v, err
	}
	d := v.Row.Decision
	v.wording, v.comments, v.confirmBy = d.Wording, strings.Join(d.Comments, "\n\n"), typed(d.ConfirmBy, v.Selection)
	return v, nil
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, onePage(v))
}

// again shows the page with what was typed, and why it was refused.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, cause error) error {
	problems, here := shown(r.Context(), cause)
	if !here {
		return cause
	}
	v, err := h.sheet(r)
	if err != nil {
		return err
	}
	v.problems = problems
	for name, into := range map[string]*string{"wording": &v.wording, "comments": &v.comments, "words": &v.words, "confirm_by": &v.confirmBy, "reason": &v.reason, "outcome": &v.becomes} {
		if _, sent := r.PostForm[name]; sent {
			*into = r.PostFormValue(name)
		}
	}
	v.upheld = r.PostFormValue("upheld") == "yes"
	return ui.Render(w, r, ui.StatusOf(cause), onePage(v))
}

func (h *Handler) reword(w http.ResponseWriter, r *http.Request) error {
	words := decision.Words{Wording: r.PostFormValue("wording"), Version: versionOf(r)}
	words.Comments = append(words.Comments, strings.Split(strings.ReplaceAll(r.PostFormValue("comments"), "\r\n", "\n"), "\n\n")...)
	words.Comments = append(words.Comments, r.PostForm["shared"]...)
	if err := h.Decisions.Reword(r.Context(), ui.User(r), id(r), fileID(r), words); err != nil {
		return h.again(w, r, err)
	}
	return ui.Done(w, r, fileAddress(id(r), fileID(r)), "decisions.reworded_done")
}

// place does what the lead decides of a place.
func (h *Handler) place(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	one, err := h.Decisions.One(ctx, by, id(r), fileID(r))
	if err != nil {
		return err
	}
	switch r.PostFormValue("act") {
	case "offer":
		err = h.Decisions.Offer(ctx, by, id(r), fileID(r), until(r, one.Selection))
	case "release":
		err = h.Decisions.Release(ctx, by, id(r), fileID(r), r.PostFormValue("reason"))
	default:
		err = h.Decisions.Wait(ctx, by, id(r), fileID(r), until(r, one.Selection))
	}
	if err != nil {
		return h.again(w, r, err)
	}
	return ui.Done(w, r, fileAddress(id(r), fileID(r)), "decisions.place_done")
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	one, err := h.Decisions.One(ctx, by, id(r), fileID(r))
	if err != nil {
		return err
	}
	in := decision.Answer{Upheld: r.PostFormValue("upheld") == "yes", Words: r.PostFormValue("words"), Outcome: deliberation.Outcome(r.PostFormValue("outcome")), ConfirmBy: until(r, one.Selection), Version: versionOf(r)}
	if err := h.Decisions.Answer(ctx, by, id(r), r.PostFormValue("appeal"), in); err != nil {
		return h.again(w, r, err)
	}
	return ui.Done(w, r, fileAddress(id(r), fileID(r)), "decisions.answered_done")
}

// bill is the page of an announcement, with what was typed.
type bill struct {
	decision.Preparing
	confirmBy, months string
	public            bool
	problems          ui.Problems
}

func (h *Handler) bill(r *http.Request) (v bill, err error) {
	if v.Preparing, err = h.Decisions.Preparing(r.Context(), ui.User(r), id(r)); err != nil {
		return v, err
	}
	a := v.Announcement
	v.confirmBy, v.months, v.public = typed(a.ConfirmBy, v.Selection), itoa(a.AppealMonths), a.WinnersPublic
	return v, nil
}

func (v bill) waits() (n int) {
	for _, l := range v.Letters {
		if l.Held {
			n++
		}
	}
	return n
}

// ready says whether the announcement can be made now.
func (v bill) ready() bool {
	return v.Selection.Status == committee.Decided && !v.Announcement.PreparedAt.IsZero() && v.Obstacle == ""
}

func (h *Handler) preparing(w http.ResponseWriter, r *http.Request) error {
	v, err := h.bill(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, billPage(v))
}

func (h *Handler) billAgain(w http.ResponseWriter, r *http.Request, cause error, typed bool) error {
	problems, here := shown(r.Context(), cause)
	if !here {
		return cause
	}
	v, err := h.bill(r)
	if err != nil {
		return err
	}
	if v.problems = problems; typed {
		v.confirmBy, v.months, v.public = r.PostFormValue("confirm_by"), r.PostFormValue("appeal_months"), r.PostFormValue("winners_public") != ""
	}
	return ui.Render(w, r, ui.StatusOf(cause), billPage(v))
}

func (h *Handler) prepare(w http.ResponseWriter, r *http.Request) error {
	v, err := h.bill(r)
	if err != nil {
		return err
	}
	t := decision.Terms{ConfirmBy: until(r, v.Selection), AppealMonths: number(r.PostFormValue("appeal_months")), WinnersPublic: r.PostFormValue("winners_public") != ""}
	if err := h.Decisions.Prepare(r.Context(), ui.User(r), id(r), t, versionOf(r)); err != nil {
		return h.billAgain(w, r, err, true)
	}
	return ui.Done(w, r, address(id(r), "announcement"), "decisions.prepared_done")
}

func (h *Handler) announce(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Decisions.Announce(r.Context(), ui.User(r), id(r), versionOf(r)); err != nil {
		return h.billAgain(w, r, err, false)
	}
	return ui.Done(w, r, address(id(r)), "decisions.announced_done")
}

func number(typed string) int {
	n := 0
	for _, c := range strings.TrimSpace(typed) {
		if c < '0' || c > '9' || n > 999 {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}
