package agendas

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// view is the running order on its page.
type view struct {
	house.View
	problems ui.Problems
}

// day is one day of it.
type day struct {
	N       int
	Date    string
	Remarks []order.Fault
	List    []order.Activity
}

// days cuts the running order into its days; what has none any more comes after them.
func (v view) days() (list []day) {
	for n, date := range v.Order.Days {
		list = append(list, day{N: n, Date: date})
	}
	var lost day
	for _, a := range v.Order.Activities {
		if a.Day < 0 || a.Day >= len(v.Order.Days) {
			lost.List = append(lost.List, a)
			continue
		}
		list[a.Day].List = append(list[a.Day].List, a)
	}
	for _, f := range v.Faults {
		if n, is := strings.CutPrefix(f.Field, "days."); is {
			if i, err := strconv.Atoi(n); err == nil && i < len(list) {
				list[i].Remarks = append(list[i].Remarks, f)
			}
		}
	}
	if len(lost.List) > 0 {
		lost.N = -1
		list = append(list, lost)
	}
	return list
}

// of are the faults of an activity.
func (v view) of(a order.Activity) (list []order.Fault) {
	for _, f := range v.Faults {
		if f.Activity == a.ID {
			list = append(list, f)
		}
	}
	return list
}

// faulty counts what cannot hold.
func (v view) faulty() (n int) {
	for _, f := range v.Faults {
		if !f.Remark {
			n++
		}
	}
	return n
}

// name is what an activity is called: its title, that of its kit, or its kind.
func (v view) name(ctx context.Context, a order.Activity) string {
	if a.Title != "" {
		return a.Title
	}
	if title := v.kitTitle(ctx, a.Kit); title != "" {
		return title
	}
	return kindName(ctx, a.Kind)
}

func (v view) kitTitle(ctx context.Context, id string) string {
	i := slices.IndexFunc(v.Kits, func(k house.Kit) bool { return k.ID == id })
	if i < 0 {
		return ""
	}
	return v.Kits[i].Title.In(string(i18n.From(ctx)))
}

// about says in a line what an activity is made of.
func (v view) about(ctx context.Context, a order.Activity) (list []string) {
	if v.name(ctx, a) != kindName(ctx, a.Kind) {
		list = append(list, kindName(ctx, a.Kind))
	}
	u := order.Usual(a)
	switch a.Kind {
	case order.Coaching:
		list = append(list, i18n.N(ctx, "agendas.slots", u.Slot))
		if a.Sponsor {
			list = append(list, i18n.T(ctx, "agendas.with_sponsor"))
		}
	case order.Mix:
		list = append(list, i18n.N(ctx, "agendas.rounds_count", u.Rounds), i18n.T(ctx, "agendas.tables_of", u.Size))
	case order.Collective:
		list = append(list, i18n.T(ctx, "agendas.tables_of", u.Size))
	case order.Pitch:
		list = append(list, i18n.T(ctx, "agendas.speaks", u.Speak, u.Ask))
	}
	if m, there := v.Room(a.Room); there {
		list = append(list, roomName(ctx, m))
	}
	if leads := v.leads(a); leads != "" {
		list = append(list, leads)
	}
	return list
}

func roomName(ctx context.Context, m house.Room) string {
	if m.Site == "" {
		return m.Name
	}
	return i18n.T(ctx, "agendas.room_at", m.Name, m.Site)
}

func (v view) leads(a order.Activity) string {
	var names []string
	for _, p := range v.Seats {
		if slices.Contains(a.Leads, p.ID) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// tint groups the kinds by how people work: alone, together, or at rest.
func tint(k order.Kind) string {
	switch {
	case k.Alone():
		return "alone"
	case k.Together():
		return "together"
	}
	return "rest"
}

func lasts(ctx context.Context, a order.Activity) string {
	return text.Remaining(string(i18n.From(ctx)), time.Duration(a.Minutes())*time.Minute)
}

func (h *Handler) agenda(w http.ResponseWriter, r *http.Request) error {
	v, err := h.House.Agenda(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, agendaPage(view{View: v}))
}

// onAgenda leads back to the running order, or shows there why nothing was done.
func (h *Handler) onAgenda(w http.ResponseWriter, r *http.Request, err error, said, anchor string) error {
	return acted(w, r, err, acting{at(idOf(r), "agenda") + anchor, said, func(problems ui.Problems, status int) error {
		v, missing := h.House.Agenda(r.Context(), ui.User(r), idOf(r))
		if missing != nil {
			return missing
		}
		return ui.Render(w, r, status, agendaPage(view{v, problems}))
	}})
}

func (h *Handler) propose(w http.ResponseWriter, r *http.Request) error {
	return h.onAgenda(w, r, h.House.Propose(r.Context(), ui.User(r), idOf(r), versionOf(r)), "agendas.proposed_done", "")
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	return h.onAgenda(w, r, h.House.Publish(r.Context(), ui.User(r), idOf(r)), "agendas.published_done", "")
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	return h.onAgenda(w, r, h.House.Withdraw(r.Context(), ui.User(r), idOf(r)), "agendas.withdrawn_done", "")
}

func (h *Handler) copyDay(w http.ResponseWriter, r *http.Request) error {
	c := house.Copy{From: number(r.PostFormValue("from_day")) - 1, To: number(r.PostFormValue("to_day")) - 1}
	return h.onAgenda(w, r, h.House.CopyDay(r.Context(), ui.User(r), idOf(r), versionOf(r), c), "agendas.copied_done", "")
}

func (h *Handler) move(w http.ResponseWriter, r *http.Request) error {
	m := house.Move{Activity: r.PathValue("activity"), Earlier: r.PostFormValue("way") == "earlier"}
	return h.onAgenda(w, r, h.House.MoveActivity(r.Context(), ui.User(r), idOf(r), versionOf(r), m), "agendas.moved_done", "#activity-"+m.Activity)
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	return h.onAgenda(w, r, h.House.RemoveActivity(r.Context(), ui.User(r), idOf(r), versionOf(r), r.PathValue("activity")), "agendas.removed_done", "")
}

// export gives the running order as a file.
func (h *Handler) export(w http.ResponseWriter, r *http.Request) error {
	g, file, err := h.House.Export(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", ui.Attachment(i18n.T(r.Context(), "agendas.file_name", g.StartsOn)))
	_, err = w.Write(file)
	return err
}

// load reads a running order from a file.
func (h *Handler) load(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 2<<20)
	if err := r.ParseMultipartForm(2 << 20); err != nil && err != http.ErrNotMultipart {
		return h.onAgenda(w, r, errs.NewInvalid("agenda.invalid", []errs.Field{{Path: "file", Key: "agenda.file_large"}}), "", "")
	}
	var content []byte
	file, _, err := r.FormFile("file")
	if err == nil {
		defer file.Close()
		if content, err = io.ReadAll(file); err != nil {
			return errs.New(errs.Invalid, "agenda.file_unreadable").Because(err)
		}
	}
	return h.onAgenda(w, r, h.House.Import(r.Context(), ui.User(r), idOf(r), versionOf(r), content), "agendas.imported_done", "")
}
