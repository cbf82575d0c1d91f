package deliberations

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// rules is the page of settings, as it was typed.
type rules struct {
	deliberation.Setup
	tabs                                             []ui.NavItem
	quorum, minutes, threshold, envelope, fr, en, to string
	named, countersigned                             bool
	watched                                          watched
	problems                                         ui.Problems
}

func (h *Handler) rules(r *http.Request) (v rules, err error) {
	if v.Setup, err = h.Rooms.Setup(r.Context(), ui.User(r), id(r)); err != nil {
		return v, err
	}
	v.tabs, err = h.tabs(r, v.Selection, "settings")
	c := v.Room
	v.quorum, v.minutes, v.named, v.to = strconv.Itoa(c.Quorum), strconv.Itoa(c.Seconds/60), c.Named, string(c.Deputy)
	if c.Threshold != nil {
		v.threshold = point(r.Context(), strconv.FormatFloat(*c.Threshold, 'f', -1, 64))
	}
	if c.Envelope != nil {
		v.envelope = strconv.FormatInt(*c.Envelope, 10)
	}
	v.countersigned, v.watched = c.Countersigned, watchedOf(r.Context(), c.Portfolio)
	v.fr, v.en = written(c.Reasons, "fr"), written(c.Reasons, "en")
	return v, err
}

// written puts reasons one a line.
func written(list []deliberation.Reason, lang string) string {
	var lines []string
	for _, r := range list {
		lines = append(lines, r.Label[lang])
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func (h *Handler) settings(w http.ResponseWriter, r *http.Request) error {
	v, err := h.rules(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, settingsPage(v))
}

// read fills the page with what was sent, and says what it means.
func (v *rules) read(r *http.Request) (deliberation.Settings, error) {
	v.quorum, v.minutes, v.threshold, v.envelope = r.PostFormValue("quorum"), r.PostFormValue("minutes"), r.PostFormValue("threshold"), r.PostFormValue("envelope")
	v.fr, v.en, v.to, v.named = r.PostFormValue("reasons"), r.PostFormValue("reasons_en"), r.PostFormValue("deputy"), r.PostFormValue("named") != ""
	v.countersigned = r.PostFormValue("countersigned") != ""
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	c := deliberation.Settings{Named: v.named, Countersigned: v.countersigned, Deputy: committee.MemberID(v.to), Reasons: v.Room.Worded(v.fr, v.en), Version: version}
	var bad []errs.Field
	whole := func(path, typed, key string) (n int) {
		n, err := strconv.Atoi(strings.TrimSpace(typed))
		if err != nil && strings.TrimSpace(typed) != "" {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: []any{240}})
		}
		return n
	}
	c.Quorum, c.Minutes = whole("quorum", v.quorum, "deliberation.quorum_wrong"), whole("minutes", v.minutes, "deliberation.minutes_wrong")
	if typed := strings.TrimSpace(strings.ReplaceAll(v.threshold, ",", ".")); typed != "" {
		x, err := strconv.ParseFloat(typed, 64)
		if err != nil {
			bad = append(bad, errs.Field{Path: "threshold", Key: "deliberation.threshold_wrong"})
		}
		c.Threshold = &x
	}
	if strings.TrimSpace(v.envelope) != "" {
		n := int64(whole("envelope", strings.Map(digits, v.envelope), "deliberation.envelope_wrong"))
		c.Envelope = &n
	}
	var ok bool
	if c.Portfolio, ok = v.watched.read(r); !ok {
		bad = append(bad, errs.Field{Path: "portfolio", Key: "deliberation.portfolio_wrong"})
	}
	return c, errs.NewInvalid("deliberation.settings_invalid", bad)
}

// digits drops the spaces that a figure is written with.
func digits(r rune) rune {
	if r == ' ' || r == '\u00a0' || r == '\u202f' {
		return -1
	}
	return r
}

func (h *Handler) set(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v, err := h.rules(r)
	if err != nil {
		return err
	}
	opening := r.PostFormValue("act") == "open"
	c, err := v.read(r)
	switch {
	case err != nil:
	case opening:
		err = h.Rooms.Open(ctx, by, id(r), c)
	default:
		err = h.Rooms.Set(ctx, by, id(r), c)
	}
	if err == nil {
		if opening {
			return ui.See(w, r, address(id(r)))
		}
		return ui.Done(w, r, address(id(r), "settings"), "deliberations.saved")
	}
	var here bool
	if v.problems, here = shown(ctx, err); !here {
		return err
	}
	return ui.Render(w, r, ui.StatusOf(err), settingsPage(v))
}

// deputies are the members to whom the chair may hand over.
func (v rules) deputies(context.Context) (list []ui.Option) {
	for _, m := range v.Members {
		list = append(list, ui.Option{Value: string(m.ID), Label: m.Name})
	}
	return list
}

func (v rules) version() string {
	if v.Room.Status == deliberation.Open {
		return "-1" // what happens in the room does not stand in the way of its settings
	}
	return strconv.FormatInt(v.Room.Version, 10)
}

// verdict is the page on which a decision is pronounced, as it was typed.
type verdict struct {
	deliberation.Deciding
	deliberation.Verdict
	comments string
	problems ui.Problems
}

func (h *Handler) verdict(r *http.Request) (v verdict, err error) {
	if v.Deciding, err = h.Rooms.Deciding(r.Context(), ui.User(r), id(r), fileID(r)); err != nil {
		return v, err
	}
	d := v.Decision
	v.Verdict = deliberation.Verdict{Outcome: d.Outcome, Other: d.Other, Reason: d.Reason, Wording: d.Wording, Version: d.Version}
	v.comments = strings.Join(d.Comments, "\n\n")
	if d.ID == "" && len(v.Carried) > 0 && v.Carried[0].Carried {
		v.Outcome, v.Verdict.Other = v.Carried[0].Kind, v.Carried[0].Other
	}
	return v, nil
}

func (h *Handler) deciding(w http.ResponseWriter, r *http.Request) error {
	v, err := h.verdict(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, decidePage(v))
}

func (h *Handler) decide(w http.ResponseWriter, r *http.Request) error {
	v, err := h.verdict(r)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	v.comments = strings.ReplaceAll(r.PostFormValue("comments"), "\r", "")
	v.Verdict = deliberation.Verdict{Outcome: deliberation.Outcome(r.PostFormValue("outcome")), Other: fileNamed(r.PostFormValue("other")), Reason: r.PostFormValue("reason"), Wording: r.PostFormValue("wording"),
		Comments: strings.Split(v.comments, "\n\n"), Version: version}
	err = h.Rooms.Decide(r.Context(), ui.User(r), id(r), fileID(r), v.Verdict)
	if err == nil {
		return ui.See(w, r, address(id(r)))
	}
	var here bool
	if v.problems, here = shown(r.Context(), err); !here {
		return err
	}
	return ui.Render(w, r, ui.StatusOf(err), decidePage(v))
}

func (v verdict) outcomes(ctx context.Context) (list []ui.Option) {
	for _, o := range deliberation.Outcomes {
		list = append(list, ui.Option{Value: string(o), Label: outcomeWords(ctx, o, 0)})
	}
	return list
}

func (v verdict) reasons(ctx context.Context) (list []ui.Option) {
	for _, r := range v.Room.Reasons {
		list = append(list, ui.Option{Value: r.Key, Label: in(ctx, form.Localised(r.Label))})
	}
	return list
}

func (v verdict) others(ctx context.Context) (list []ui.Option) {
	for _, a := range v.Deciding.Others {
		list = append(list, ui.Option{Value: string(a.ID), Label: number(ctx, a)})
	}
	return list
}
