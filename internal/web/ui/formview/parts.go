package formview

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// piecePart is a part of a composite answer and what a browser should know of it.
type piecePart struct{ name, kind, purpose, size, mode string }

var contactParts = []piecePart{
	{name: "name", purpose: "name"},
	{name: "function", purpose: "organization-title"},
	{name: "organisation", purpose: "organization"},
	{name: "email", kind: "email", purpose: "email"},
	{name: "phone", kind: "tel", purpose: "tel"},
}

var addressParts = []piecePart{
	{name: "street", purpose: "address-line1"},
	{name: "complement", purpose: "address-line2"},
	{name: "postcode", purpose: "postal-code", size: "short", mode: "numeric"},
	{name: "city", purpose: "address-level2"},
	{name: "country", purpose: "country-name", size: "medium"},
}

// wants says whether a contact must have a part.
func (q question) wants(name string) bool {
	return name == "name" || slices.Contains(q.field.Settings.Parts, name)
}

// kinds is which identifiers an organisation may give: "siret", "rna" or "any".
func (q question) kinds() string {
	if k := q.field.Settings.Kinds; len(k) == 1 {
		return k[0]
	}
	return "any"
}

// spaced writes a SIRET in its usual groups: 123 456 789 00012.
func spaced(id string) string {
	if len(id) != 14 || strings.Trim(id, "0123456789") != "" {
		return id
	}
	return id[:3] + " " + id[3:6] + " " + id[6:9] + " " + id[9:]
}

func optionIDs(options []form.Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.ID
	}
	return out
}

func (q question) sharesTotal() int64 {
	total := int64(0)
	for _, o := range q.field.Settings.Options {
		n, _ := q.object()[o.ID].(int64)
		total += n
	}
	return total
}

// withBounds adds to a hint how many choices are wanted.
func withBounds(ctx context.Context, hint string, least, most int) string {
	said := ""
	switch {
	case least > 0 && least == most:
		said = i18n.N(ctx, "formview.picks_exactly", most)
	case least > 0 && most > 0:
		said = i18n.T(ctx, "formview.picks_between", least, most)
	case most > 0:
		said = i18n.N(ctx, "formview.picks_most", most)
	case least > 0:
		said = i18n.N(ctx, "formview.picks_least", least)
	}
	return strings.TrimSpace(hint + " " + said)
}

// invalid marks a control whose field has an error, for controls that are not made by web/ui.
func invalid(f ui.Field) templ.Attributes {
	a := templ.Attributes{}
	var by []string
	if f.Hint != "" {
		by = append(by, ui.FieldID(f.Name)+"-hint")
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
		by = append(by, ui.FieldID(f.Name)+"-error")
	}
	if len(by) > 0 {
		a["aria-describedby"] = strings.Join(by, " ")
	}
	if !f.Optional {
		a["aria-required"] = "true"
	}
	return a
}

// scores are the grades of a self-assessment and "not known".
func scores(ctx context.Context, required bool) []ui.Option {
	var out []ui.Option
	for n := range form.MaxScore + 1 {
		out = append(out, ui.Option{Value: itoa(n), Label: i18n.T(ctx, "formview.score_"+itoa(n))})
	}
	out = append(out, ui.Option{Value: "unknown", Label: i18n.T(ctx, "formview.not_known")})
	if !required {
		out = append(out, ui.Option{Value: "", Label: i18n.T(ctx, "formview.no_choice")})
	}
	return out
}

func scored(v any) string {
	one, _ := v.(map[string]any)
	if n, ok := one["score"].(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	if one["unknown"] == true {
		return "unknown"
	}
	return ""
}

// The radar is drawn on a square of radarSize units, the best score at radarReach from its centre.
const (
	radarSize  = 240
	radarReach = 84
)

// axis is one dimension on the radar.
type axis struct {
	label  string
	score  int // -1 when not given
	x, y   float64
	lx, ly float64
}

// axes places the dimensions around the circle, the first at the top, clockwise.
func (q question) axes() []axis {
	dims := q.field.Settings.Dimensions
	out := make([]axis, len(dims))
	for i, d := range dims {
		a := axis{label: q.in(d.Label), score: -1}
		if one, ok := q.object()[d.ID].(map[string]any); ok {
			if n, ok := one["score"].(int64); ok {
				a.score = int(n)
			}
		}
		angle := 2*math.Pi*float64(i)/float64(len(dims)) - math.Pi/2
		a.x, a.y = math.Cos(angle), math.Sin(angle)
		a.lx, a.ly = radarSize/2+a.x*(radarReach+12), radarSize/2+a.y*(radarReach+12)+4
		out[i] = a
	}
	return out
}

func (a axis) at(score float64) string {
	r := radarReach * score / form.MaxScore
	return fixedPoint(radarSize/2+a.x*r) + "," + fixedPoint(radarSize/2+a.y*r)
}

func fixedPoint(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// ring is the outline of one score on every axis.
func ring(axes []axis, score float64) string {
	points := make([]string, len(axes))
	for i, a := range axes {
		points[i] = a.at(score)
	}
	return strings.Join(points, " ")
}

// shape is the outline of the given scores; a dimension not known stands at the centre.
func shape(axes []axis) string {
	points := make([]string, len(axes))
	for i, a := range axes {
		points[i] = a.at(float64(max(a.score, 0)))
	}
	return strings.Join(points, " ")
}
