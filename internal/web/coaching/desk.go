package coaching

import (
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/agenda/note"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// desk is the coaching of a gathering, of all one's projects or of one of them.
type desk struct {
	note.Desk
	one      bool
	line     project.Line // as it was typed
	problems ui.Problems
}

func (v desk) url() string {
	if v.one {
		return at(v.ID, string(v.List[0].Project.ID))
	}
	return at(v.ID)
}

func (v desk) stream() string { return streamURL(v.ID) + "?since=" + strconv.FormatInt(v.Beats, 10) }

func (h *Handler) desk(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Notes.Desk(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, deskPage(desk{Desk: d}))
}

func (h *Handler) of(r *http.Request) (v desk, err error) {
	v.one = true
	v.line.Who = project.ByTeam
	v.Desk, err = h.Notes.One(r.Context(), ui.User(r), idOf(r), projectOf(r))
	return v, err
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request) error {
	v, err := h.of(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, onePage(v))
}

// onOne leads back to the page of a project, or shows there why nothing was done.
func (h *Handler) onOne(w http.ResponseWriter, r *http.Request, err error, said string, line project.Line) error {
	problems, show := ui.Again(r.Context(), err)
	if err != nil && !show {
		return err
	}
	if err == nil {
		return ui.Done(w, r, at(idOf(r), string(projectOf(r))), said)
	}
	v, missing := h.of(r)
	if missing != nil {
		return missing
	}
	v.problems, v.line = problems, line
	return ui.Render(w, r, ui.StatusOf(err), onePage(v))
}

func (h *Handler) agree(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	line := project.Line{Who: form("who"), Text: form("text"), Due: form("due"), Sitting: form("sitting")}
	return h.onOne(w, r, h.Notes.Agree(r.Context(), ui.User(r), idOf(r), projectOf(r), line), "coaching.agreed_done", line)
}

// tick does what the pressed button says to one line.
func (h *Handler) tick(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id, about, item := r.Context(), ui.User(r), idOf(r), projectOf(r), r.PathValue("item")
	var err error
	said := "coaching.ticked"
	switch r.PostFormValue("do") {
	case "done":
		err = h.Notes.Tick(ctx, by, id, about, item, true)
	case "again":
		said, err = "coaching.reopened", h.Notes.Tick(ctx, by, id, about, item, false)
	case "remove":
		said, err = "coaching.removed", h.Notes.TakeBack(ctx, by, id, about, item)
	default:
		err = errs.New(errs.Invalid, "coaching.act_unknown")
	}
	if err == nil && r.PostFormValue("from") == "desk" {
		return ui.Done(w, r, at(id), said)
	}
	return h.onOne(w, r, err, said, project.Line{Who: project.ByTeam})
}

// slotText says when a slot is, and where.
func (v desk) slotText(ctx context.Context, s note.Slot) string {
	text := i18n.T(ctx, "coaching.slot", dayOf(ctx, v.Gathering, s.Day), s.From.Clock(), s.To.Clock())
	if name := v.Rooms[s.Room]; name != "" {
		text += " · " + name
	}
	return text
}

// saidWhen says to which slot a note belongs.
func (v desk) saidWhen(ctx context.Context, n note.Said) string {
	if n.Sitting == "" || n.Day == "" {
		return i18n.T(ctx, "coaching.outside")
	}
	return i18n.T(ctx, "coaching.slot", dayOf(ctx, v.Gathering, n.Day), n.From.Clock(), n.To.Clock())
}

func author(ctx context.Context, n note.Said) string {
	switch {
	case n.Mine:
		return i18n.T(ctx, "coaching.you")
	case n.Author == "":
		return i18n.T(ctx, "coaching.gone")
	}
	return n.Author
}

// place is the last part of the address of a note.
func place(sitting string) string {
	if sitting == "" {
		return note.Outside
	}
	return sitting
}

// lineFacts are what a line says besides its words.
func (v desk) lineFacts(ctx context.Context, i project.Item) (list []string) {
	if _, who, is := i.Agreed(); is && who != "" {
		list = append(list, i18n.T(ctx, "projects.who_"+who))
	} else if i.Owner != "" {
		list = append(list, i.Owner)
	}
	if i.Due != "" {
		list = append(list, i18n.T(ctx, "projects.due", dayOf(ctx, v.Gathering, i.Due)))
	}
	if !i.Done.IsZero() {
		list = append(list, i18n.T(ctx, "projects.done_on", ui.ShortDay(ctx, ui.Local(i.Done, v.Zone))))
	}
	return list
}

// here says whether a line was agreed in this gathering, and may be taken back.
func (v desk) here(i project.Item) bool {
	where, _, is := i.Agreed()
	return is && where == string(v.ID)
}

func who(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, one := range []string{project.ByTeam, project.ByCoach} {
		c.Options = append(c.Options, ui.Option{Value: one, Label: i18n.T(ctx, "projects.who_"+one)})
	}
	return c
}

// slots are those in which something may have been agreed.
func (v desk) slots(ctx context.Context, f note.Followed, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Options: []ui.Option{{Label: i18n.T(ctx, "coaching.outside")}}}
	for _, s := range f.Slots {
		c.Options = append(c.Options, ui.Option{Value: s.Sitting, Label: v.slotText(ctx, s)})
	}
	return c
}

// written says whether the reader has begun a note on a slot.
func written(f note.Followed, sitting string) bool {
	for _, n := range f.Said {
		if n.Mine && n.Sitting == sitting {
			return true
		}
	}
	return false
}
