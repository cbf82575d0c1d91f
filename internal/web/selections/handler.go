// Package selections is the pages of a selection: its settings, those who sit in it, what each says of her ties, and the register of recusals.
package selections

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /selections and /seats, under a call for what opens a selection,
// and under a file for what its team asks of the committee.
type Handler struct {
	Committees *committee.Service
	Calls      *call.Service
	Accounts   *account.Service
	Clock      clock.Clock
	Name       string // of the install
	Comparing  Comparing
}

// Comparing says whether members of a selection may compare its files now.
type Comparing interface {
	Waits(ctx context.Context, by account.User, id committee.SelectionID) (bool, error)
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "selection", Handle: handle}
	}
	return []ui.Route{
		{Pattern: "GET /calls/{id}/selections", Action: "call.files", On: "call", Handle: h.list},
		{Pattern: "GET /calls/{id}/selections/new", Action: "selection.create", On: "call", Handle: h.fresh},
		{Pattern: "POST /calls/{id}/selections/new", Action: "selection.create", On: "call", Handle: h.create},
		on("GET /selections/{id}", "selection.read", h.show),
		on("GET /selections/{id}/settings", "selection.manage", h.settings),
		on("POST /selections/{id}/settings", "selection.manage", h.save),
		on("POST /selections/{id}/begin", "selection.manage", h.begin),
		on("POST /selections/{id}/search", "selection.clerk", h.search),
		on("GET /selections/{id}/committee", "selection.read", h.committee),
		on("GET /selections/{id}/committee/invite", "selection.manage", h.inviting),
		on("POST /selections/{id}/committee/invite", "selection.manage", h.invite),
		on("GET /selections/{id}/committee/{member}", "selection.manage", h.member),
		on("POST /selections/{id}/committee/{member}", "selection.manage", h.arrange),
		on("POST /selections/{id}/committee/{member}/remind", "selection.clerk", h.remind),
		on("POST /selections/{id}/committee/{member}/end", "selection.manage", h.end),
		on("GET /selections/{id}/seat", "selection.sit", h.seat),
		on("POST /selections/{id}/seat", "selection.sit", h.tell),
		on("POST /selections/{id}/seat/attest", "selection.sit", h.attest),
		on("GET /selections/{id}/seat/files/{title}", "selection.sit", h.tie),
		on("POST /selections/{id}/seat/files/{title}", "selection.sit", h.declare),
		on("GET /selections/{id}/register", "selection.register", h.register),
		on("GET /selections/{id}/register.pdf", "selection.register", h.registerPDF),
		on("GET /selections/{id}/register.csv", "selection.register", h.registerCSV),
		on("GET /selections/{id}/register/{recusal}", "selection.waive", h.waiving),
		on("POST /selections/{id}/register/{recusal}", "selection.waive", h.waive),
		{Pattern: "GET /seats/{id}", Action: "seat.answer", On: "seat", Handle: h.offer},
		{Pattern: "POST /seats/{id}/commit", Action: "seat.answer", On: "seat", Handle: h.commit},
		{Pattern: "POST /seats/{id}/decline", Action: "seat.answer", On: "seat", Handle: h.decline},
		{Pattern: "GET /applications/{id}/opposition", Action: "application.oppose", On: "application", Handle: h.opposition},
		{Pattern: "POST /applications/{id}/opposition", Action: "application.oppose", On: "application", Handle: h.oppose},
		{Pattern: "POST /applications/{id}/opposition/withdraw", Action: "application.oppose", On: "application", Handle: h.unoppose},
	}
}

func id(r *http.Request) committee.SelectionID { return committee.SelectionID(r.PathValue("id")) }

func member(r *http.Request) committee.MemberID { return committee.MemberID(r.PathValue("member")) }

// link is an address below a selection's.
func link(id committee.SelectionID, parts ...string) string {
	out := "/selections/" + url.PathEscape(string(id))
	for _, part := range parts {
		out += "/" + part
	}
	return out
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

// room is what every page of a selection shows around its own matter.
type room struct {
	committee.Selection
	may      map[policy.Action]bool
	compare  bool // a round of comparisons is open
	now      time.Time
	problems ui.Problems
}

func (h *Handler) room(r *http.Request) (v room, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.Selection, err = h.Committees.Get(ctx, by, id(r)); err != nil {
		return v, err
	}
	v.now = h.Clock.Now()
	if v.may, err = h.Committees.May(ctx, by, v.Selection); err != nil || !v.may["selection.compare"] {
		return v, err
	}
	v.compare, err = h.Comparing.Waits(ctx, by, v.ID)
	return v, err
}

// managed is room for those who manage the selection.
func (h *Handler) managed(r *http.Request) (room, error) {
	v, err := h.room(r)
	if err == nil && !v.may["selection.manage"] {
		err = errs.New(errs.Forbidden, "errs.forbidden")
	}
	return v, err
}

// page is the frame of a page of a selection; its part is the tab that is open.
func (v room) page(ctx context.Context, title, part string) ui.Page {
	crumbs := []ui.Crumb{{Label: in(ctx, v.Call.Title), URL: "/calls/" + url.PathEscape(string(v.Call.ID))}}
	if part != "" && v.may["selection.read"] {
		crumbs = append(crumbs, ui.Crumb{Label: in(ctx, v.Name), URL: link(v.ID)})
	}
	over := in(ctx, v.Name)
	if part == "" {
		over = in(ctx, v.Call.Title)
	}
	return ui.Page{Title: title, Over: over, Crumbs: crumbs, Failed: len(v.problems) > 0, LangURL: ui.OtherLang(ctx, link(v.ID, part))}
}

// tabs are the rooms of a selection that open to the reader.
func (v room) tabs(ctx context.Context, current string) (items []ui.NavItem) {
	add := func(open bool, part string) {
		where := link(v.ID)
		if part != "overview" {
			where = link(v.ID, part)
		}
		if open {
			items = append(items, ui.NavItem{Label: i18n.T(ctx, "selections.tab_"+part), URL: where, Current: part == current})
		}
	}
	add(v.may["selection.read"], "overview")
	add(v.may["selection.sit"], "seat")
	add(v.may["selection.read"], "committee")
	beside := func(open bool, part, where string) {
		if open {
			items = append(items, ui.NavItem{Label: i18n.T(ctx, "selections.tab_"+part), URL: where})
		}
	}
	own := url.PathEscape(string(v.ID))
	assignment := "/assignments/" + own
	beside(v.may["selection.sit"] && v.Bidding, "bids", assignment+"/bids")
	beside(v.may["selection.assign"], "assignment", assignment)
	comparisons := "/comparisons/" + own
	switch {
	case v.may["selection.compare"] && v.compare:
		beside(true, "comparisons", comparisons+"#pair")
	case v.may["selection.poll"]:
		beside(true, "comparisons", comparisons+"/round")
	default:
		beside(v.may["selection.ranking"], "comparisons", comparisons+"/results")
	}
	beside(v.may["selection.manage"], "grid", "/rubrics/"+own)
	beside(v.may["selection.progress"], "readings", "/readings/"+own)
	beside(v.may["selection.sit"] && !v.may["selection.progress"] && v.Status == committee.Reading, "reading", "/reviews")
	beside(v.may["selection.sit"] && v.Status == committee.Reading, "offers", assignment+"/offers")
	beside(v.may["selection.consult"], "opinions", "/consultations/"+own)
	add(v.may["selection.register"], "register")
	add(v.may["selection.manage"], "settings")
	beside(v.may["selection.manage"] && v.Round > 1 && v.Status == committee.Preparing, "part", "/decisions/"+url.PathEscape(string(v.ID))+"/part")
	if v.may["selection.decisions"] {
		items = append(items, ui.NavItem{Label: i18n.T(ctx, "selections.tab_decisions"), URL: "/decisions/" + string(v.ID)})
	}
	for _, to := range []struct{ action, part string }{{"selection.deliberate", ""}, {"selection.convene", "/settings"}, {"selection.minutes", "/minutes"}, {"selection.results", "/results"}} {
		if v.may[policy.Action(to.action)] {
			return append(items, ui.NavItem{Label: i18n.T(ctx, "selections.tab_deliberation"), URL: "/deliberations/" + url.PathEscape(string(v.ID)) + to.part})
		}
	}
	return items
}

// at tells an instant in the zone of the call.
func (v room) at(ctx context.Context, t time.Time) string {
	return ui.Instant(ctx, ui.Local(t, v.Call.Zone))
}

func number(typed string) int {
	n, err := strconv.Atoi(typed)
	if err != nil && typed != "" {
		return -1
	}
	return n
}

func version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
