package deliberations

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// note writes that a member came or left, for her.
func (h *Handler) note(w http.ResponseWriter, r *http.Request) error {
	n, typed := deliberation.Note{Member: committee.MemberID(r.PostFormValue("member")), Mode: minutes.Mode(r.PostFormValue("mode"))}, r.PostFormValue("at")
	if leaver := r.PostFormValue("leaver"); leaver != "" {
		n, typed = deliberation.Note{Member: committee.MemberID(leaver), Leaves: true}, r.PostFormValue("left")
	}
	if typed = strings.TrimSpace(typed); typed != "" {
		v, err := h.Rooms.Room(r.Context(), ui.User(r), id(r))
		if err != nil {
			return err
		}
		n.At = hour(typed, h.Clock.Now().In(zone.Location(v.Selection.Call.Zone)))
	}
	return h.done(w, r, h.Rooms.Notes(r.Context(), ui.User(r), id(r), n))
}

// hour is the last instant at which a clock showed what was typed; one that is refused
// when it is not an hour.
func hour(typed string, now time.Time) time.Time {
	at, err := time.Parse("15:04", typed)
	if err != nil {
		return now.AddDate(100, 0, 0)
	}
	day := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
	if day.After(now) {
		return day.AddDate(0, 0, -1)
	}
	return day
}

// absent are those whose arrival may be noted.
func (v hall) absent(context.Context) (list []ui.Option) {
	for _, m := range v.Missing {
		list = append(list, ui.Option{Value: string(m.ID), Label: m.Name})
	}
	return list
}

// seated are those whose departure may be noted.
func (v hall) seated(context.Context) (list []ui.Option) {
	for _, p := range v.Here {
		if p.Member != "" {
			list = append(list, ui.Option{Value: string(p.Member), Label: p.Name})
		}
	}
	return list
}

// noting says whether what was typed of a presence is to be corrected.
func (v hall) noting() bool {
	return slices.ContainsFunc([]string{"member", "at", "mode"}, func(path string) bool { return v.problems.At(path) != "" })
}

// stays tells when somebody was there, and how.
func (v paper) stays(ctx context.Context, a minutes.Attendee) string {
	var all []string
	lang := string(i18n.From(ctx))
	for _, s := range a.Stays {
		from := text.Clock(lang, ui.Local(s.From, v.zone))
		words := i18n.T(ctx, "deliberations.stay_from", from)
		if !s.Until.IsZero() {
			words = i18n.T(ctx, "deliberations.stay", from, text.Clock(lang, ui.Local(s.Until, v.zone)))
		}
		if s.Mode != "" {
			words = i18n.T(ctx, "deliberations.stay_mode", words, i18n.T(ctx, "deliberations.mode_"+string(s.Mode)))
		}
		all = append(all, words)
	}
	if len(all) == 0 {
		return i18n.T(ctx, "deliberations.absent")
	}
	return strings.Join(all, " ; ")
}

// sitting lists everybody that the minutes name, those who sit first.
func (v paper) sitting() []minutes.Attendee {
	return slices.Concat(v.Minutes.Present, v.Minutes.Absent, v.Minutes.Guests)
}

// attendance tells who was there, a row a person.
func (v paper) attendance(ctx context.Context) (rows []ui.Pair) {
	for _, a := range v.sitting() {
		rows = append(rows, ui.Pair{Term: who(a.Name, a.Sits), Text: quality(ctx, a) + " · " + v.stays(ctx, a)})
	}
	return rows
}

// quality says why somebody is named.
func quality(ctx context.Context, a minutes.Attendee) string {
	switch a.Role {
	case "":
		return i18n.T(ctx, "deliberations.guest")
	case committee.Juror:
		return i18n.T(ctx, "deliberations.role_member")
	}
	return i18n.T(ctx, "deliberations.role_"+string(a.Role))
}

// attendanceCSV gives who was there as a table, a line a stay.
func (h *Handler) attendanceCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.paper(r)
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "deliberations.attendance")}
	for _, head := range []string{"col_name", "col_organisation", "col_role", "col_came", "col_left", "col_mode"} {
		s.Head = append(s.Head, i18n.T(ctx, "deliberations."+head))
	}
	for _, a := range v.sitting() {
		row := []any{a.Name, a.Sits, quality(ctx, a), "", "", ""}
		if len(a.Stays) == 0 {
			row[5] = i18n.T(ctx, "deliberations.absent")
			s.Rows = append(s.Rows, row)
		}
		for _, stay := range a.Stays {
			one := slices.Clone(row)
			one[3] = v.at(ctx, stay.From)
			if !stay.Until.IsZero() {
				one[4] = v.at(ctx, stay.Until)
			}
			if stay.Mode != "" {
				one[5] = i18n.T(ctx, "deliberations.mode_"+string(stay.Mode))
			}
			s.Rows = append(s.Rows, one)
		}
	}
	return table(w, ctx, s, "deliberations.attendance_file")
}
