package days

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/qrview"
)

// The views of a projector.
const (
	asClock  = "clock"
	asAgenda = "agenda"
	asSaid   = "said"
	asCode   = "code"
)

var views = []string{asClock, asAgenda, asSaid, asCode}

// wall is what is shown on the wall, in words.
type wall struct {
	scene
	show    string
	dark    bool
	code    string // of the door, for asCode alone
	address string
	drawing qrview.Drawing
}

// screen shows on the wall what the query asks for.
func (h *Handler) screen(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), ui.User(r), r.URL.Query()
	now, err := h.Days.Scene(ctx, by, idOf(r))
	if err != nil {
		return err
	}
	v := wall{scene: scene{now}, show: q.Get("show"), dark: q.Get("theme") == "dark"}
	if !slices.Contains(views, v.show) {
		v.show = asClock
	}
	if v.show == asCode {
		if !v.Manages {
			return errs.New(errs.Forbidden, "errs.forbidden")
		}
		if _, v.code, err = h.Gatherings.Code(ctx, by, idOf(r)); err != nil {
			return err
		}
		v.address = strings.TrimSuffix(h.BaseURL, "/") + "/join/" + url.PathEscape(v.code)
		if v.drawing, err = qrview.Draw(v.address); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, screenPage(v))
}

// to is the address of a view.
func (v wall) to(show string, dark bool) string {
	q := url.Values{"show": {show}}
	if dark {
		q.Set("theme", "dark")
	}
	return v.url("screen") + "?" + q.Encode()
}

// shows are the views that the reader may show.
func (v wall) shows() []string {
	if v.Manages {
		return views
	}
	return views[:3]
}

// theme is the light that the view is made for.
func (v wall) theme() string {
	if v.dark {
		return "dark"
	}
	return "light"
}

// going lists what is under way, and the first of what comes next today.
func (v wall) going() (now, next []order.Activity) {
	if v.Stands() != conduct.Today {
		return nil, nil
	}
	for _, a := range v.today() {
		switch {
		case a.From <= v.At && v.At < a.To:
			now = append(now, a)
		case a.From > v.At && (len(next) == 0 || next[0].From == a.From):
			next = append(next, a)
		}
	}
	return now, next
}

// today lists the activities of the day, or of the first one to come.
func (v wall) today() (list []order.Activity) {
	for _, a := range v.Version.Order.Activities {
		if a.Day == v.shown() {
			list = append(list, a)
		}
	}
	return list
}

// shown is the day that is shown: today, else the next one, else the last.
func (v wall) shown() int {
	if v.Stands() == conduct.Between {
		return v.Day + 1
	}
	return max(0, v.Day)
}

// rooms are those in which an activity takes place, when they are few enough to be read.
func (v wall) rooms(ctx context.Context, a order.Activity) string {
	var names []string
	for _, one := range v.Version.Plan.Sittings {
		if one.Activity != a.ID {
			continue
		}
		if m, there := v.Room(one.Room); there && !slices.Contains(names, roomName(ctx, m)) {
			names = append(names, roomName(ctx, m))
		}
	}
	if len(names) > 4 {
		return i18n.N(ctx, "days.rooms_count", len(names))
	}
	return strings.Join(names, " · ")
}

// columnName is what a column of the conduct board bears.
func columnName(ctx context.Context, m house.Room) string {
	if m.ID == "" {
		return i18n.T(ctx, "days.everywhere")
	}
	return roomName(ctx, m)
}

func (v wall) door() string { return strings.TrimSuffix(v.address, "/"+url.PathEscape(v.code)) }

func showCode(code string) string { return gathering.ShowCode(code) }
