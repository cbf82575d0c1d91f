// Package pitches is the pages of a sequence of pitches: its timer, what is written to projects, and the comparison of two of them.
package pitches

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/pitch"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/dayview"
)

//go:generate go tool templ generate -path .

// Handler answers at /gatherings/{id}/pitches/{pitch}.
type Handler struct{ Pitches *pitch.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(method, path string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: method + " /gatherings/{id}/pitches/{pitch}" + path, Action: action, On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET", "", "gathering.people", h.show),
		at("POST", "/run", "stage.run", h.run),
		at("POST", "/feedback", "pitch.feedback", h.feedback),
		at("POST", "/vote", "stage.run", h.vote),
		at("POST", "/choice", "pitch.vote", h.choose),
		at("GET", "/ranking", "gathering.manage", h.ranking),
		at("GET", "/votes", "gathering.manage", h.votes),
	}
}

func atOf(r *http.Request) pitch.At {
	return pitch.At{Gathering: dayview.ID(r), Activity: r.PathValue("pitch")}
}

// view is the page, with what was typed.
type view struct {
	pitch.View
	wall     bool
	problems ui.Problems
	typed    pitch.Feedback // of the feedback in which something went wrong
}

func (v view) url(parts ...string) string {
	return dayview.At(v.ID, append([]string{"pitches", v.Activity.ID}, parts...)...)
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems, typed pitch.Feedback) error {
	v, err := h.Pitches.Read(r.Context(), ui.User(r), atOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, page(view{v, wall(r), problems, typed}))
}

func wall(r *http.Request) bool { return r.URL.Query().Has("wall") }

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, nil, pitch.Feedback{})
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, err error, said string, typed pitch.Feedback) error {
	at := atOf(r)
	where := dayview.At(at.Gathering, "pitches", at.Activity)
	if wall(r) {
		where += "?wall"
	}
	return dayview.Acted(w, r, err, dayview.Acting{Where: where, Said: said, Show: func(problems ui.Problems, status int) error {
		for i, one := range problems {
			if one.Path != "" {
				problems[i].Path = one.Path + "." + typed.Project
			}
		}
		return h.page(w, r, status, problems, typed)
	}})
}

func (h *Handler) run(w http.ResponseWriter, r *http.Request) error {
	act := pitch.Act(r.PostFormValue("act"))
	err := h.Pitches.Run(r.Context(), ui.User(r), atOf(r), act, r.PostFormValue("project"), dayview.Version(r))
	return h.did(w, r, err, "pitches.run_done", pitch.Feedback{})
}

func (h *Handler) feedback(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	said := pitch.Feedback{Project: form("project"), Keeps: form("keeps." + form("project")), Asks: form("asks." + form("project")), Signed: form("signed."+form("project")) != ""}
	return h.did(w, r, h.Pitches.Write(r.Context(), ui.User(r), atOf(r), said), "pitches.feedback_done", said)
}

func (h *Handler) vote(w http.ResponseWriter, r *http.Request) error {
	open := r.PostFormValue("vote") == "open"
	said := "pitches.vote_closed_done"
	if open {
		said = "pitches.vote_opened_done"
	}
	return h.did(w, r, h.Pitches.Vote(r.Context(), ui.User(r), atOf(r), pitch.Ballot{Open: open, Informs: r.PostFormValue("informs") != "", Version: dayview.Version(r)}), said, pitch.Feedback{})
}

func (h *Handler) choose(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	err := h.Pitches.Choose(r.Context(), ui.User(r), atOf(r), [2]string{form("first"), form("second")}, form("chosen"))
	return h.did(w, r, err, "pitches.choice_done", pitch.Feedback{})
}

// ranking is what the votes say, as a table for a spreadsheet.
func (h *Handler) ranking(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	g, out, _, err := h.Pitches.Export(ctx, ui.User(r), atOf(r))
	if err != nil {
		return err
	}
	return table(w, g.Title, "ranking", func(to *csv.Writer) {
		to.Write([]string{"\ufeffrank", "project", "title", "comparisons", "won", "worth", "low", "high"})
		for _, one := range out.Ranking {
			to.Write([]string{strconv.Itoa(one.Rank), one.ID, safe(one.Title), strconv.Itoa(one.Seen), decimal(one.Won), decimal(one.Worth), decimal(one.Low), decimal(one.Top)})
		}
	})
}

// votes is each vote without its voter, in the columns that `transformateur solve` reads.
func (h *Handler) votes(w http.ResponseWriter, r *http.Request) error {
	g, _, cast, err := h.Pitches.Export(r.Context(), ui.User(r), atOf(r))
	if err != nil {
		return err
	}
	return table(w, g.Title, "votes", func(to *csv.Writer) {
		to.Write([]string{"assessor", "loser", "winner"})
		for _, v := range cast {
			to.Write([]string{v.Reader, v.Loser, v.Winner})
		}
	})
}

func table(w http.ResponseWriter, title, what string, write func(*csv.Writer)) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment(text.Slug(title)+"-"+what+".csv"))
	to := csv.NewWriter(w)
	write(to)
	to.Flush()
	return nil
}

// safe keeps a spreadsheet from taking a title for a formula.
func safe(title string) string {
	if title != "" && (title[0] == '=' || title[0] == '+' || title[0] == '-' || title[0] == '@') {
		return "'" + title
	}
	return title
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }

// digits are what a clock shows of a time that is left: "2:05", "−0:12" once it is overrun.
func digits(left time.Duration) string {
	sign, s := "", int((left+time.Second-1).Truncate(time.Second)/time.Second)
	if left < 0 {
		sign, s = "−", int(-left/time.Second)
	}
	return fmt.Sprintf("%s%d:%02d", sign, s/60, s%60)
}

// stand is how the clock looks.
func (v view) stand() string {
	switch left := v.Left(); {
	case left <= 0:
		return "over"
	case !v.Timer.Running():
		return "paused"
	case left <= 30*time.Second:
		return "soon"
	}
	return "run"
}

func (v view) phase(ctx context.Context) string {
	return i18n.T(ctx, "pitches.phase_"+string(v.Timer.Phase))
}

func (v view) speaking() bool { return v.Timer.Phase == pitch.Speak || v.Timer.Phase == pitch.Ask }

// said is what is told aloud when the turn changes.
func (v view) said(ctx context.Context) string {
	if t, ok := v.Current(); ok {
		return i18n.T(ctx, "pitches.said", t.Title, v.phase(ctx))
	}
	return v.phase(ctx)
}

// feedbackOf is what stands in the form of a turn.
func (v view) feedbackOf(t pitch.Turn) pitch.Feedback {
	if v.typed.Project == t.ID {
		return v.typed
	}
	return t.Wrote
}

func (v view) wrong(t pitch.Turn, name string) string {
	if v.typed.Project != t.ID {
		return ""
	}
	return v.problems.At(name + "." + t.ID)
}

// steady are the turns in an order that does not change while the sequence runs: a part of
// the page in which somebody writes stays where it is.
func (v view) steady() []pitch.Turn {
	list := slices.Clone(v.Turns)
	slices.SortStableFunc(list, func(a, b pitch.Turn) int { return strings.Compare(a.Title, b.Title) })
	return list
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// nextAct is what the main button does: after the questions to the last project, the
// sequence is over.
func nextAct(v view) string {
	if _, more := v.Following(); v.Timer.Phase == pitch.Ask && !more {
		return string(pitch.End)
	}
	return string(pitch.Next)
}

func nextWords(ctx context.Context, v view) string {
	switch {
	case v.Timer.Phase == pitch.Speak:
		return i18n.T(ctx, "pitches.act_questions")
	case nextAct(v) == string(pitch.End):
		return i18n.T(ctx, "pitches.act_end")
	}
	return i18n.T(ctx, "pitches.act_next")
}

func wallQuery(wall bool) string {
	if wall {
		return "?wall"
	}
	return ""
}
