package calls

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// sections are the parts of a call, each with its own form, errors and save.
var sections = []string{"text", "dates", "legal", "target"}

// desk is the page where a call is written.
type desk struct {
	Call      call.Call // with what was typed in the section that came back
	Saved     call.Call // as it is kept
	Dates     call.Dates
	Documents []call.Document
	Rights    call.Rights
	Notice    string
	Section   string // that came back, "" when none
	Problems  []ui.FieldError
	Stale     []ui.Pair // what a colleague saved meanwhile, where it differs
	Marks     map[string]string
}

// sectionOf is what a section holds, to know whether it changed.
func sectionOf(c call.Call, section string) any {
	switch section {
	case "text":
		return []any{c.Title, c.Summary, c.Text}
	case "dates":
		return c.Dates()
	case "legal":
		return c.Legal
	}
	return c.Target
}

func (h *Handler) desk(r *http.Request) (d desk, err error) {
	ctx, by := r.Context(), ui.User(r)
	if d.Saved, err = h.Calls.Prepare(ctx, by, id(r)); err != nil {
		return d, err
	}
	d.Call, d.Dates, d.Notice = d.Saved, d.Saved.Dates(), notice(r)
	if d.Rights, err = h.Calls.Rights(ctx, by, d.Saved); err != nil {
		return d, err
	}
	d.Documents, err = h.Calls.Documents(ctx, by, d.Saved.ID)
	d.Marks = map[string]string{}
	for _, s := range sections {
		d.Marks[s] = print(sectionOf(d.Saved, s))
	}
	return d, err
}

// edit is the page where a call is written, section by section.
func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	d, err := h.desk(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editPage(d))
}

// save saves one section on top of whatever colleagues saved in the others. When this
// one changed meanwhile, both versions are shown and nothing is overwritten.
func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	d, err := h.desk(r)
	if err != nil {
		return err
	}
	d.Section = r.PathValue("section")
	mark, known := d.Marks[d.Section]
	if !known {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	ctx := r.Context()
	bad := d.read(ctx, r.PostForm)
	switch {
	case r.PostForm.Get("was") != mark:
		d.Stale = d.theirs(ctx)
		return ui.Render(w, r, http.StatusConflict, editPage(d))
	case len(bad) > 0:
		d.Problems = bad
		return ui.Render(w, r, http.StatusUnprocessableEntity, editPage(d))
	}
	_, err = h.Calls.Edit(ctx, ui.User(r), d.Call, d.Saved.Version)
	if fields, ok := ui.FieldsOf(err); ok {
		d.Problems = say(ctx, d.Call.Zone, fields)
		return ui.Render(w, r, http.StatusUnprocessableEntity, editPage(d))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(d.Saved.ID, "edit")+"?done=saved#section-"+d.Section)
}

// read puts what was typed in a section into the call.
func (d *desk) read(ctx context.Context, v url.Values) []ui.FieldError {
	get := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	var bad []ui.FieldError
	whole := func(name string) int {
		typed := get(name)
		if typed == "" {
			return 0
		}
		n, err := strconv.Atoi(strings.ReplaceAll(typed, " ", ""))
		if err != nil || n < 0 {
			bad = append(bad, ui.FieldError{Path: name, Text: i18n.T(ctx, "form.number_unreadable", typed)})
		}
		return n
	}
	switch d.Section {
	case "text":
		d.Call.Title, d.Call.Summary, d.Call.Text = pair(v, "title"), pair(v, "summary"), pair(v, "text")
		if d.Call.Title["fr"] == "" {
			bad = append(bad, ui.FieldError{Path: "title_fr", Text: i18n.T(ctx, "call.title_missing")})
		}
	case "dates":
		d.Dates = call.Dates{Zone: get("zone"), OpensAt: get("opens_at"), ClosesAt: get("closes_at"), Sealed: get("sealed") == "yes", UnsealAt: get("unseal_at")}
		next, err := d.Dates.Into(d.Call)
		if fields, ok := ui.FieldsOf(err); ok {
			return say(ctx, d.Dates.Zone, fields)
		}
		d.Call = next
	case "legal":
		l := &d.Call.Legal
		for name, to := range legalTexts(l) {
			*to = strings.ReplaceAll(get("legal."+name), "\r\n", "\n")
		}
		l.Silence, l.SilenceDays, l.RetainMonths = get("legal.silence"), whole("legal.silence_days"), whole("legal.retain_months")
	case "target":
		d.Call.Target = whole("target")
	}
	return bad
}

// legalTexts are the mentions that are plain texts, by the name of their control.
func legalTexts(l *call.Legal) map[string]*string {
	return map[string]*string{"service": &l.Service, "email": &l.Email, "phone": &l.Phone, "address": &l.Address, "appeals": &l.Appeals,
		"controller": &l.Controller, "dpo": &l.DPO, "purposes": &l.Purposes, "basis": &l.Basis, "recipients": &l.Recipients}
}

// theirs is what the saved section holds where it differs from what was typed.
func (d *desk) theirs(ctx context.Context) (out []ui.Pair) {
	add := func(key, mine, theirs string) {
		if mine != theirs {
			if theirs == "" {
				theirs = i18n.T(ctx, "calls.nothing")
			}
			out = append(out, ui.Pair{Term: i18n.T(ctx, key), Text: theirs})
		}
	}
	words := func(key string, mine, theirs form.Localised) {
		add(key, mine["fr"], theirs["fr"])
		add(key, mine["en"], theirs["en"])
	}
	switch d.Section {
	case "text":
		words("calls.title_label", d.Call.Title, d.Saved.Title)
		words("calls.summary_label", d.Call.Summary, d.Saved.Summary)
		words("calls.text_label", d.Call.Text, d.Saved.Text)
	case "dates":
		was := d.Saved.Dates()
		add("calls.zone", d.Dates.Zone, was.Zone)
		add("calls.opens_label", d.Dates.OpensAt, was.OpensAt)
		add("calls.closes_label", d.Dates.ClosesAt, was.ClosesAt)
		add("calls.unseal_label", d.Dates.UnsealAt, was.UnsealAt)
	case "legal":
		mine, theirs := d.Call.Legal, d.Saved.Legal
		saved := legalTexts(&theirs)
		typed := legalTexts(&mine)
		for _, name := range legalOrder {
			add("calls.legal_"+name, *typed[name], *saved[name])
		}
		add("calls.legal_silence_days", strconv.Itoa(mine.SilenceDays), strconv.Itoa(theirs.SilenceDays))
		add("calls.legal_retain_months", strconv.Itoa(mine.RetainMonths), strconv.Itoa(theirs.RetainMonths))
	case "target":
		add("calls.target_label", strconv.Itoa(d.Call.Target), strconv.Itoa(d.Saved.Target))
	}
	return out
}

// legalOrder is the order in which mentions are read.
var legalOrder = []string{"service", "email", "phone", "address", "appeals", "controller", "dpo", "purposes", "basis", "recipients"}

// documents joins a file to a call, or takes one off.
func (h *Handler) documents(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, call.MaxDocumentSize+1<<20)
	problem := func(fields []ui.FieldError) error {
		d, err := h.desk(r)
		if err != nil {
			return err
		}
		d.Section, d.Problems = "documents", fields
		return ui.Render(w, r, http.StatusUnprocessableEntity, editPage(d))
	}
	if err := r.ParseMultipartForm(4 << 20); err != nil {
		return problem([]ui.FieldError{{Path: "document", Text: i18n.T(r.Context(), "call.document_size", call.MaxDocumentSize/1_000_000)}})
	}
	defer r.MultipartForm.RemoveAll()
	back := link(id(r), "edit") + "?done="
	if gone := r.PostForm.Get("_remove"); gone != "" {
		if err := h.Calls.RemoveDocument(r.Context(), ui.User(r), id(r), gone); err != nil {
			return err
		}
		return ui.See(w, r, back+"document_removed#section-documents")
	}
	file, head, err := r.FormFile("document")
	if err != nil {
		return problem([]ui.FieldError{{Path: "document", Text: i18n.T(r.Context(), "calls.document_choose")}})
	}
	defer file.Close()
	_, err = h.Calls.AddDocument(r.Context(), ui.User(r), id(r), head.Filename, file)
	if fields, ok := ui.FieldsOf(err); ok {
		return problem(say(r.Context(), "", fields))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, back+"document_added#section-documents")
}
