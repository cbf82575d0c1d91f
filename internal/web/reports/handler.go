// Package reports is the report of an edition: on a page where its lead completes it, frozen, opened to others, beside other editions, on paper and as texts to edit.
package reports

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/debrief/report"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /editions/{id}/report.
type Handler struct {
	Reports *report.Service
	BaseURL string // of the install, for what leaves it
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		method, rest, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /editions/{id}/report" + rest, Action: action, On: "edition", Handle: handle}
	}
	list := []ui.Route{
		at("GET ", "report.read", h.show),
		at("POST ", "report.manage", h.write),
		at("POST /versions", "report.manage", h.freeze),
		at("GET /versions/{number}", "report.read", h.version),
		at("POST /versions/{number}", "report.manage", h.share),
		at("GET /quotes", "report.manage", h.quotes),
		at("POST /quotes", "report.manage", h.choose),
		at("GET /published", "report.shared", h.published),
		at("GET /compare", "report.read", h.compare),
		at("GET /compare.csv", "report.read", h.compareCSV),
	}
	for _, kind := range kinds {
		list = append(list, at("GET ."+kind, "report.read", h.serve(kind, h.now)),
			at("GET /versions/{number}/report."+kind, "report.read", h.serve(kind, h.frozen)),
			at("GET /published."+kind, "report.shared", h.serve(kind, h.open)))
	}
	return list
}

// kinds are the files that a report leaves as.
var kinds = []string{"pdf", "odt", "docx"}

func at(id programme.EditionID, rest string) string { return ui.EditionURL(id) + "/report" + rest }

// view is a report on a page, with what was typed.
type view struct {
	report.View
	parts    []part
	base     string // the address of what is shown, before ".pdf"
	hides    bool   // small numbers are hidden
	problems ui.Problems
	about    string // the chapter that was being written, or "freeze"
	typed    func(string) string
	newer    *report.Words // what somebody else wrote meanwhile
	public   string        // the address to hand on
}

// rule says what is hidden, when something is.
func (v view) rule(ctx context.Context) string {
	if !v.hides {
		return ""
	}
	return i18n.T(ctx, "report.rule", report.K)
}

// words are those of a chapter, as they stand in its form.
func (v view) words(p part) report.Words {
	if v.typed == nil || v.about != p.Key {
		return p.Words
	}
	w := report.Words{Before: v.typed("before"), After: v.typed("after"), Hidden: v.typed("hidden") != "", Version: p.Version}
	return w
}

// writing says whether the form of a chapter came back.
func (v view) writing(key string) bool { return v.typed != nil && v.about == key }

func edition(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func wanted(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return 0 // no version bears it
	}
	return n
}

func (h *Handler) now(r *http.Request) (v view, err error) {
	v.View, err = h.Reports.Read(r.Context(), ui.User(r), edition(r))
	v.parts, v.base = partsOf(r.Context(), v.Doc), at(v.Edition, "")
	return v, err
}

func (h *Handler) frozen(r *http.Request) (v view, err error) {
	v.View, err = h.Reports.Frozen(r.Context(), ui.User(r), edition(r), wanted(r))
	v.parts, v.base = partsOf(r.Context(), v.Doc), at(v.Edition, "/versions/"+r.PathValue("number")+"/report")
	v.public = h.BaseURL + at(v.Edition, "/published")
	return v, err
}

func (h *Handler) open(r *http.Request) (v view, err error) {
	v.View, err = h.Reports.Published(r.Context(), ui.User(r), edition(r))
	v.parts, v.base, v.hides = partsOf(r.Context(), v.Doc), at(v.Edition, "/published"), true
	return v, err
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.now(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, page(v))
}

func (h *Handler) version(w http.ResponseWriter, r *http.Request) error {
	v, err := h.frozen(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, versionPage(v))
}

func (h *Handler) published(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, publishedPage(v))
}

// again shows the page once more with what was typed and what is wrong with it.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, about string, err error) error {
	problems, ok := ui.Again(r.Context(), err)
	if !ok {
		return err
	}
	v, missing := h.now(r)
	if missing != nil {
		return missing
	}
	v.about, v.typed, v.problems = about, r.PostFormValue, problems
	if errs.Is(err, errs.Conflict) {
		words := v.Words
		for _, p := range v.parts {
			if p.Key == about {
				words = p.Words
			}
		}
		v.newer = &words
	}
	return ui.Render(w, r, ui.StatusOf(err), page(v))
}

// write keeps what is added to a chapter, "" for the whole.
func (h *Handler) write(w http.ResponseWriter, r *http.Request) error {
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = -1
	}
	chapter := r.PostFormValue("chapter")
	err = h.Reports.Write(r.Context(), ui.User(r), edition(r), chapter, report.Words{Before: r.PostFormValue("before"), After: r.PostFormValue("after"), Hidden: r.PostFormValue("hidden") != "", Version: version})
	if err != nil {
		return h.again(w, r, chapter, err)
	}
	return ui.Done(w, r, at(edition(r), "#"+url.PathEscape("chapter-"+chapter)), "report.written")
}

func (h *Handler) freeze(w http.ResponseWriter, r *http.Request) error {
	n, err := h.Reports.Freeze(r.Context(), ui.User(r), edition(r), r.PostFormValue("note"))
	if err != nil {
		return h.again(w, r, "freeze", err)
	}
	return ui.Done(w, r, at(edition(r), "/versions/"+strconv.FormatInt(n, 10)), "report.frozen")
}

func (h *Handler) share(w http.ResponseWriter, r *http.Request) error {
	if err := h.Reports.Share(r.Context(), ui.User(r), edition(r), wanted(r), report.Share(r.PostFormValue("to"))); err != nil {
		return err
	}
	return ui.Done(w, r, at(edition(r), "/versions/"+strconv.FormatInt(wanted(r), 10)), "report.shared")
}
