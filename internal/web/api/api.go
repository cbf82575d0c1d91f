// Package api is the door for programs: the REST API, its description in OpenAPI, and the page that explains it.
package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"transformateur/internal/account"
	"transformateur/internal/admin"
	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/screening"
	"transformateur/internal/token"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Prefix begins every address of the API; its number changes when a client must.
const Prefix = "/api/v1"

// Deps is what the API stands on.
type Deps struct {
	Tokens     *token.Service
	Accounts   *account.Service
	Programmes *programme.Service
	Teams      *programme.Teams
	Calls      *call.Service
	Files      *application.Service
	Screening  *screening.Service
	Admin      *admin.Service
	Clock      clock.Clock
	BaseURL    string
	Proxied    bool   // a proxy stands in front
	Spool      string // folder where uploads wait while they are digested
}

// Handler serves the API.
type Handler struct {
	Deps
	api       huma.API
	routes    []ui.Route
	operation []*operation
	written   map[i18n.Lang]func() ([]byte, error) // the description, by language
}

// operation is one line of the API: what the policy and the tokens ask of it.
type operation struct {
	id      string // "list_calls"
	method  string
	path    string
	group   string
	action  policy.Action
	on      string
	scope   string   // that a token must have; "" for what every token may
	status  int      // of success; 0: 200
	effects []string // acts of the journal after which it must not be done again
	setup   func(*huma.Operation)
}

// proofs are the names under which the API describes what a receipt is made of.
var proofs = map[reflect.Type]string{
	reflect.TypeFor[receipt.Signed]():       "SignedReceipt",
	reflect.TypeFor[Page[receipt.Signed]](): "PageSignedReceipt",
	reflect.TypeFor[receipt.Ref]():          "ReceiptRef",
	reflect.TypeFor[receipt.Answer]():       "ReceiptAnswer",
	reflect.TypeFor[receipt.File]():         "ReceiptFile",
}

// describedAs names the description of a type; names are a part of the API.
func describedAs(t reflect.Type, hint string) string {
	if name := proofs[t]; name != "" {
		return name
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// New makes the API and every operation of it.
func New(d Deps) *Handler {
	h := &Handler{Deps: d}
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0", Info: &huma.Info{Title: "Transformateur", Version: "1"},
			Servers: []*huma.Server{{URL: strings.TrimSuffix(d.BaseURL, "/")}},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", describedAs),
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", BearerFormat: token.Prefix + "…"}},
			},
		},
		Formats: map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}, DefaultFormat: "application/json",
		RejectUnknownQueryParameters: true,
	}
	h.api = huma.NewAPI(config, (*adapter)(h))
	h.addPublic()
	h.addFollowed()
	h.addOwn()
	h.addFiles()
	h.addAround()
	h.written = map[i18n.Lang]func() ([]byte, error){}
	for _, lang := range i18n.Langs {
		h.written[lang] = sync.OnceValues(func() ([]byte, error) { return h.describe(lang) })
	}
	return h
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return append([]ui.Route{
		{Pattern: "GET /api", Action: "site.visit", Handle: h.page},
		{Pattern: "GET " + Prefix + "/openapi.json", Action: "site.visit", Handle: h.openapi},
	}, h.routes...)
}

// Serves says whether a route of the table is one of the API, which finds who asks
// by itself and never by a cookie.
func Serves(pattern string) bool {
	_, path, _ := strings.Cut(pattern, " ")
	return strings.HasPrefix(path, Prefix+"/") && !strings.HasSuffix(path, "/openapi.json")
}

// adapter lets the API library add its operations to the route table of the program.
type adapter Handler

// Handle adds an operation to the route table.
func (a *adapter) Handle(op *huma.Operation, next func(huma.Context)) {
	h := (*Handler)(a)
	o := op.Metadata["operation"].(*operation)
	h.operation = append(h.operation, o)
	h.routes = append(h.routes, ui.Route{Pattern: op.Method + " " + op.Path, Action: o.action, On: o.on, Handle: func(w http.ResponseWriter, r *http.Request) error {
		h.serve(w, r, op, next)
		return nil
	}})
}

// ServeHTTP answers nothing: the program's own table does.
func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { Absent(w, r) }

// add registers an operation. do gets who acts and what was asked; an error of the
// house becomes a problem in the language asked for.
func add[I, O any](h *Handler, o operation, do func(ctx context.Context, by account.User, in *I) (*O, error)) {
	o.path = Prefix + o.path
	op := huma.Operation{OperationID: o.id, Method: o.method, Path: o.path, Tags: []string{o.group}, DefaultStatus: o.status, MaxBodyBytes: maxBody,
		Metadata: map[string]any{"operation": &o}, Responses: map[string]*huma.Response{}}
	open := policy.OpenToVisitors(o.action)
	op.Security = []map[string][]string{{"token": {}}}
	if open {
		op.Security = append([]map[string][]string{{}}, op.Security...)
	}
	op.Errors = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if o.method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge)
	}
	if o.method == http.MethodPost {
		op.Parameters = append(op.Parameters, &huma.Param{Name: keyHeader, In: "header", Schema: &huma.Schema{Type: "string", MaxLength: ref(token.MaxKey)}})
	}
	if o.setup != nil {
		o.setup(&op)
	}
	slices.Sort(op.Errors)
	huma.Register(h.api, op, func(ctx context.Context, in *I) (*O, error) {
		by := account.From(ctx)
		out, err := do(ctx, by, in)
		if err != nil {
			return nil, problemOf(ctx, err, by.IsVisitor() && open)
		}
		return out, nil
	})
}

func ref[T any](v T) *T { return &v }
