package entrances

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/agenda/entrance"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/ui"
)

// door is the page on which who arrives is noted.
type door struct {
	entrance.Attendance
	beats int64
	typed string         // the code that was typed or scanned
	found *entrance.Line // whose it is
}

func (h *Handler) door(r *http.Request) (v door, err error) {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	if v.beats, err = h.Pulse.Now(ctx, by, id); err != nil {
		return v, err
	}
	if v.Attendance, err = h.Entrance.Attendance(ctx, by, id); err != nil {
		return v, err
	}
	v.typed = gathering.PlainCode(r.URL.Query().Get("badge"))
	for i, l := range v.Lines {
		if v.typed != "" && l.Code == v.typed {
			v.found = &v.Lines[i]
		}
	}
	return v, nil
}

// camera lets the pages of the door, and them alone, see through the camera of the device.
const camera = "camera=(self), microphone=(), geolocation=()"

func (h *Handler) entrance(w http.ResponseWriter, r *http.Request) error {
	v, err := h.door(r)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Permissions-Policy", camera)
	// Of the addresses that scripts are loaded from, the page may start one (Trusted Types,
	// "entrance" in frontend/src/entrance).
	head.Set("Content-Security-Policy", strings.Replace(head.Get("Content-Security-Policy"), "trusted-types 'none'", "trusted-types entrance", 1))
	return ui.Render(w, r, http.StatusOK, entrancePage(v))
}

// worker is what keeps the page of the door without network.
func (h *Handler) worker(w http.ResponseWriter, r *http.Request) error {
	if err := h.Entrance.May(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache")
	return assets.Serve(w, r, "entranceworker.js")
}

// note notes one person, without script.
func (h *Handler) note(w http.ResponseWriter, r *http.Request) error {
	kind := entrance.Kind(r.PostFormValue("act"))
	err := h.Entrance.NoteNow(r.Context(), ui.User(r), idOf(r), r.PostFormValue("participant"), kind, r.PostFormValue("of"))
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r), "entrance"), "entrances."+string(kind)+"_done")
}

// known is somebody, as an open page of the door keeps her.
type known struct {
	Here string `json:"here"` // since when, "" when she is not there
	Last string `json:"last"`
	Due  bool   `json:"due"`
}

// told is what the server knows, and what came of what a device sent.
type told struct {
	Done   []entrance.Outcome `json:"done"`
	People map[string]known   `json:"people"`
}

func (h *Handler) told(r *http.Request, done []entrance.Outcome) (told, error) {
	v := told{Done: done, People: map[string]known{}}
	a, err := h.Entrance.Attendance(r.Context(), ui.User(r), idOf(r))
	for _, l := range a.Lines {
		v.People[l.ID] = known{hour(r.Context(), a.Gathering, l.Here), l.Last, due(a, l)}
	}
	return v, err
}

// due says whether somebody is expected now.
func due(a entrance.Attendance, l entrance.Line) bool {
	if a.Current < 0 {
		return !l.Left
	}
	return l.Halves[a.Current].Expected
}

// state tells an open page who is there.
func (h *Handler) state(w http.ResponseWriter, r *http.Request) error {
	v, err := h.told(r, nil)
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusOK, v)
}

// most is the most that a device sends at once, in bytes.
const most = 256 << 10

// marks takes what a device noted, perhaps long ago, and says what came of it.
func (h *Handler) marks(w http.ResponseWriter, r *http.Request) error {
	var sent struct {
		Marks []entrance.Mark `json:"marks"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, most)).Decode(&sent); err != nil {
		return errs.New(errs.Invalid, "entrance.unreadable").Because(err)
	}
	done, err := h.Entrance.Note(r.Context(), ui.User(r), idOf(r), sent.Marks)
	if err != nil {
		return err
	}
	v, err := h.told(r, done)
	if err != nil {
		return err
	}
	return ui.WriteJSON(w, http.StatusOK, v)
}

// about says in a line as what somebody comes.
func about(ctx context.Context, l entrance.Line) (list []string) {
	list = append(list, roleName(ctx, l.Role))
	for _, more := range []string{l.Organisation, l.Project} {
		if more != "" {
			list = append(list, more)
		}
	}
	return list
}

// figures are the counts of now.
func (v door) stream() string {
	return at(v.ID, "pulse") + "?since=" + strconv.FormatInt(v.beats, 10)
}

// half names half a day.
func half(ctx context.Context, g gathering.Gathering, h entrance.Half) string {
	return i18n.T(ctx, "entrances.half_"+string(h.Part), ui.DayOf(ctx, g.Zone, h.Day))
}

func yes(b bool) string {
	if b {
		return "1"
	}
	return ""
}
