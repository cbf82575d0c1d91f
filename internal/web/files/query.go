package files

import (
	"net/url"
	"sort"
	"strings"

	"transformateur/internal/screening"
)

// facetPrefix begins the names of the filters made from the form's questions.
const facetPrefix = "f."

// filterOf reads the filters of an address. Whatever it does not know is left out,
// so that a view kept long ago still opens.
func filterOf(q url.Values) screening.Filter {
	f := screening.Filter{Words: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Verdict: q.Get("verdict"), Label: q.Get("label"), Sort: q.Get("sort")}
	for name, values := range q {
		if field, ok := strings.CutPrefix(name, facetPrefix); ok && values[0] != "" {
			if f.Facets == nil {
				f.Facets = map[string]string{}
			}
			f.Facets[field] = values[0]
		}
	}
	return f
}

// valuesOf writes filters the way filterOf reads them.
func valuesOf(f screening.Filter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Words, "status": f.Status, "verdict": f.Verdict, "label": f.Label, "sort": f.Sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for field, value := range f.Facets {
		q.Set(facetPrefix+field, value)
	}
	return q
}

// narrowed says whether the filters leave files out; an order alone does not.
func narrowed(f screening.Filter) bool {
	f.Sort = ""
	return len(valuesOf(f)) > 0
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// kept reads filters that a form carried in one hidden field.
func kept(back string) screening.Filter {
	q, err := url.ParseQuery(back)
	if err != nil {
		return screening.Filter{}
	}
	return filterOf(q)
}

// hiddenFilters are the filters that the short form of filters does not show, in a stable order.
func facetNames(f screening.Filter) []string {
	var names []string
	for field := range f.Facets {
		names = append(names, field)
	}
	sort.Strings(names)
	return names
}
