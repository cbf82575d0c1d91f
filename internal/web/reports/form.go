package reports

import (
	"context"
	"net/url"
	"slices"

	"transformateur/internal/debrief/report"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// fault is what is wrong with a field of the form that came back.
func (v view) fault(about, path string) string {
	if !v.writing(about) {
		return ""
	}
	return v.problems.At(path)
}

// note is what was typed of a version.
func (v view) note() string {
	if !v.writing("freeze") {
		return ""
	}
	return v.typed("note")
}

// shareKey names a share in keys.
func shareKey(s report.Share) string {
	if s == report.Kept {
		return "kept"
	}
	return string(s)
}

func shareOptions(ctx context.Context) (list []ui.Option) {
	for _, s := range report.Shares {
		list = append(list, ui.Option{Value: string(s), Label: i18n.T(ctx, "report.shared_"+shareKey(s))})
	}
	return list
}

// choices are the editions that may stand beside the first one.
func (b beside) choices(ctx context.Context) (list []ui.Option) {
	for _, e := range slices.Concat(b.Editions[1:], b.Others) {
		list = append(list, ui.Option{Value: string(e.ID), Label: e.Name.In(lang(ctx))})
	}
	return list
}

func (b beside) chosen() (list []string) {
	for _, e := range b.Editions[1:] {
		list = append(list, string(e.ID))
	}
	return list
}

// url is the address of the comparison, or of a file of it.
func (b beside) url(ext string) string {
	q := url.Values{}
	for _, id := range b.chosen() {
		q.Add("with", id)
	}
	to := at(b.Editions[0].ID, "/compare"+ext)
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}
