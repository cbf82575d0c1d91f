// Package agendas is the pages on which a gathering is prepared: its running order, its rooms, who is away and what people need.
package agendas

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id} to who prepares a gathering and to who comes.
type Handler struct {
	House *house.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /gatherings/{id}/" + path, Action: policy.Action("gathering." + action), On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET agenda", "read", h.agenda),
		at("POST agenda/propose", "manage", h.propose),
		at("POST agenda/publish", "manage", h.publish),
		at("POST agenda/withdraw", "manage", h.withdraw),
		at("POST agenda/days", "manage", h.copyDay),
		at("GET agenda/file", "manage", h.export),
		at("POST agenda/file", "manage", h.load),
		at("GET agenda/activities", "manage", h.blank),
		at("POST agenda/activities", "manage", h.add),
		at("GET agenda/activities/{activity}", "manage", h.activity),
		at("POST agenda/activities/{activity}", "manage", h.change),
		at("POST agenda/activities/{activity}/move", "manage", h.move),
		at("POST agenda/activities/{activity}/remove", "manage", h.remove),
		at("GET rooms", "manage", h.rooms),
		at("POST rooms", "manage", h.addRoom),
		at("GET rooms/{room}", "manage", h.room),
		at("POST rooms/{room}", "manage", h.changeRoom),
		at("POST rooms/{room}/move", "manage", h.moveRoom),
		at("POST rooms/{room}/remove", "manage", h.removeRoom),
		at("POST rooms/{room}/reopen", "manage", h.reopenRoom),
		at("GET needs", "read", h.needs),
		at("POST needs", "attend", h.tell),
		at("POST absences", "attend", h.noteMine),
		at("POST absences/{absence}/remove", "attend", h.removeMine),
		at("GET people/{participant}/absences", "manage", h.absences),
		at("POST people/{participant}/absences", "manage", h.noteHers),
		at("POST people/{participant}/absences/{absence}/remove", "manage", h.removeHers),
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

// at is an address of a gathering.
func at(id gathering.ID, parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(append([]string{"/gatherings/" + url.PathEscape(string(id))}, parts...), "/")
}

// crumbs lead to the gathering, then to those of its pages that stand above.
func crumbs(g gathering.Gathering, above ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: g.Title, URL: at(g.ID)}}, above...)
}

// number reads a number that was typed; anything else is 0, wrong is -1.
func number(typed string) int {
	if strings.TrimSpace(typed) == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return n
}

// versionOf is the version that a form was made from; anything else is an old one.
func versionOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func digits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// minuteOf reads a time of the wall, "09:30" or "9h30"; ok is false when it is none.
func minuteOf(typed string) (m order.Minute, ok bool) {
	hours, minutes, _ := strings.Cut(strings.NewReplacer("h", ":", "H", ":", " ", "").Replace(strings.TrimSpace(typed)), ":")
	if minutes == "" {
		minutes = "0"
	}
	a, errA := strconv.Atoi(hours)
	b, errB := strconv.Atoi(minutes)
	if errA != nil || errB != nil || a < 0 || a > 23 || b < 0 || b > 59 {
		return 0, false
	}
	return order.Minute(a*60 + b), true
}

func kindName(ctx context.Context, k order.Kind) string {
	return i18n.T(ctx, "agendas.kind_"+string(k))
}

// sayable puts the kinds of activities among arguments in words.
func sayable(ctx context.Context, args []any) []any {
	said := make([]any, len(args))
	for i, arg := range args {
		if kind, is := arg.(order.Kind); is {
			arg = kindName(ctx, kind)
		}
		said[i] = arg
	}
	return said
}

// faultText says what is wrong, or worth a look, in a running order.
func faultText(ctx context.Context, f order.Fault) string {
	return i18n.T(ctx, f.Key, sayable(ctx, f.Args)...)
}

// again says what kept an act from being done, on the page where it was tried; show is
// false when it is not for that page.
func again(ctx context.Context, err error) (problems ui.Problems, show bool) {
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
		return nil, false
	}
	fields, _ := ui.FieldsOf(err)
	for _, f := range fields {
		problems = append(problems, ui.FieldError{Path: f.Path, Text: i18n.T(ctx, f.Key, sayable(ctx, f.Args)...)})
	}
	if len(problems) == 0 {
		problems = ui.Problems{{Text: ui.Sentence(ctx, err)}}
	}
	return problems, true
}

// acting is how an act on a page ends.
type acting struct {
	where string // to go once it is done
	said  string // key of what is said there
	show  func(problems ui.Problems, status int) error
}

// acted leads on, or shows the page once more with what kept the act from being done.
func acted(w http.ResponseWriter, r *http.Request, err error, a acting) error {
	if err == nil {
		return ui.Done(w, r, a.where, a.said)
	}
	problems, show := again(r.Context(), err)
	if !show {
		return err
	}
	return a.show(problems, ui.StatusOf(err))
}

// naming says a word of a list in the reader's language.
type naming func(ctx context.Context, word string) string

func accessName(ctx context.Context, word string) string { return i18n.T(ctx, "agendas.access_"+word) }
func needName(ctx context.Context, word string) string   { return i18n.T(ctx, "agendas.need_"+word) }
func dietName(ctx context.Context, word string) string   { return i18n.T(ctx, "agendas.diet_"+word) }
func equipmentName(ctx context.Context, word string) string {
	return i18n.T(ctx, "agendas.equipment_"+word)
}
func picturesName(ctx context.Context, word string) string {
	return i18n.T(ctx, "agendas.pictures_"+word)
}
