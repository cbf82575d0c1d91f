package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"transformateur/internal/i18n"
	"transformateur/internal/token"
	"transformateur/internal/web/ui"
)

// page is the documentation of the API, drawn from the very description that
// programs read: what is not described does not exist.
func (h *Handler) page(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, docPage(h.doc(r.Context())))
}

// doc is what the page shows.
type doc struct {
	base    string
	groups  []docGroup
	schemas []docSchema
	errors  []string // kinds
}

type docGroup struct {
	name       string
	operations []docOperation
}

type docOperation struct {
	*operation
	summary, needs string
	parameters     []docField
	body           []docField // of a request in JSON
	answers        string     // name of the schema of its answer, "" when it has none
	binary         bool       // it takes or gives a file
	statuses       []string
	curl           string
}

// docField is a parameter or a property.
type docField struct {
	name, kind, text string
	required         bool
	schema           string // name of the schema that its values have
}

type docSchema struct {
	name   string
	fields []docField
}

func (h *Handler) doc(ctx context.Context) doc {
	lang := i18n.From(ctx)
	d := doc{base: strings.TrimSuffix(h.BaseURL, "/"), errors: []string{"invalid", "unauthenticated", "forbidden", "not_found", "conflict", "too_many", "internal", "unavailable"}}
	for _, name := range groups {
		g := docGroup{name: name}
		for _, o := range h.operation {
			if o.group == name {
				g.operations = append(g.operations, h.docOperation(o, lang))
			}
		}
		d.groups = append(d.groups, g)
	}
	for name, schema := range h.api.OpenAPI().Components.Schemas.Map() {
		d.schemas = append(d.schemas, docSchema{name, h.fields(schema, lang)})
	}
	sort.Slice(d.schemas, func(i, j int) bool { return d.schemas[i].name < d.schemas[j].name })
	return d
}

func (h *Handler) docOperation(o *operation, lang i18n.Lang) docOperation {
	item := h.api.OpenAPI().Paths[o.path]
	op := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete}[o.method]
	out := docOperation{operation: o, summary: i18n.Say(lang, "api.op_"+o.id), needs: o.needs(lang)}
	for _, p := range op.Parameters {
		out.parameters = append(out.parameters, docField{name: p.Name, kind: i18n.Say(lang, "api.in_"+p.In) + ", " + kindWords(p.Schema, lang), text: fieldWords(p.Name, lang), required: p.Required})
	}
	if b := op.RequestBody; b != nil {
		out.binary = b.Content[binaryMedium] != nil
		if media := b.Content["application/json"]; media != nil {
			out.body = h.fields(media.Schema, lang)
		}
	}
	for status, res := range op.Responses {
		out.statuses = append(out.statuses, status)
		if status[0] != '2' {
			continue
		}
		if media := res.Content["application/json"]; media != nil {
			out.answers = schemaName(media.Schema)
		}
		out.binary = out.binary || res.Content[binaryMedium] != nil
	}
	slices.Sort(out.statuses)
	out.curl = h.curl(o, out)
	return out
}

// schemaName is the name of the schema that a schema points at, or "".
func schemaName(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	if s.Items != nil {
		return schemaName(s.Items)
	}
	return strings.TrimPrefix(s.Ref, "#/components/schemas/")
}

// fields lists the properties of a schema, the required ones first.
func (h *Handler) fields(s *huma.Schema, lang i18n.Lang) (all []docField) {
	if s == nil {
		return nil
	}
	if s.Ref != "" {
		s = h.api.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	for name, p := range s.Properties {
		f := docField{name: name, kind: kindWords(p, lang), text: fieldWords(name, lang), required: slices.Contains(s.Required, name), schema: schemaName(p)}
		if more, ok := p.AdditionalProperties.(*huma.Schema); ok {
			f.schema = schemaName(more)
		}
		all = append(all, f)
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].required != all[j].required {
			return all[i].required
		}
		return all[i].name < all[j].name
	})
	return all
}

// kindWords says what values a schema takes.
func kindWords(s *huma.Schema, lang i18n.Lang) string {
	switch {
	case s == nil:
		return ""
	case len(s.Enum) > 0:
		var all []string
		for _, v := range s.Enum {
			text, _ := json.Marshal(v)
			all = append(all, strings.Trim(string(text), `"`))
		}
		return strings.Join(all, " | ")
	case s.Ref != "":
		return i18n.Say(lang, "api.kind_object")
	case s.Type == "array":
		return i18n.Say(lang, "api.kind_list")
	case s.Format == "date-time":
		return i18n.Say(lang, "api.kind_instant")
	case s.Type == "":
		return i18n.Say(lang, "api.kind_any")
	}
	kind := i18n.Say(lang, "api.kind_"+s.Type)
	if s.Minimum != nil && s.Maximum != nil {
		kind += " " + strconv.FormatFloat(*s.Minimum, 'f', -1, 64) + "–" + strconv.FormatFloat(*s.Maximum, 'f', -1, 64)
	}
	return kind
}

// samples are the bodies of the examples.
var samples = map[string]string{
	"create_application": `{"title": "Campus numérique"}`,
	"save_answers":       `{"answers": {"summary": {"value": "Un campus ouvert", "version": 0}}}`,
	"give_verdict":       `{"verdict": "admissible"}`,
}

// curl is an example that works once the identifiers are one's own.
func (h *Handler) curl(o *operation, d docOperation) string {
	var b strings.Builder
	b.WriteString("curl ")
	if o.method != http.MethodGet {
		b.WriteString("-X " + o.method + " ")
	}
	b.WriteString(strings.TrimSuffix(h.BaseURL, "/") + strings.NewReplacer("{id}", "ID", "{document}", "DOCUMENT", "{label}", "LABEL", "{file}", "FILE", "{number}", "1").Replace(o.path))
	if o.id == uploadID {
		b.WriteString("'?field=annexe&name=annexe.pdf'")
	}
	line := func(text string) { b.WriteString(" \\\n  " + text) }
	line(`-H "Authorization: Bearer $TOKEN"`)
	if o.method == http.MethodPost {
		line(`-H "Idempotency-Key: $(uuidgen)"`)
	}
	if o.id == "give_verdict" {
		line(`-H 'If-Match: "0"'`)
	}
	if body := samples[o.id]; body != "" {
		line(`-H "Content-Type: application/json"`)
		line("-d '" + body + "'")
	}
	switch {
	case o.id == uploadID:
		line(`-H "Content-Type: ` + binaryMedium + `"`)
		line("--data-binary @annexe.pdf")
	case d.binary:
		line("-OJ")
	}
	return b.String()
}

// verifier is how a program verifies what a webhook brings, in the few lines that it takes.
const verifier = `import base64, hashlib, hmac, time

def verified(secret, headers, body, seen):
    """True once for each message that comes from us, and is fresh."""
    message, at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300 or message in seen:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message}.{at}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    for one in headers["webhook-signature"].split():
        version, _, signature = one.partition(",")
        if version == "v1" and hmac.compare_digest(signature, wanted):
            seen.add(message)
            return True
    return False
`

func scopes() []token.Scope { return token.Scopes }

// hookSample is what a receiver gets.
const hookSample = `POST /in HTTP/1.1
Content-Type: application/json
webhook-id: msg_5t2k0h7m1r8c3w9v4x6z
webhook-timestamp: 1804244400
webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=

{"type":"application.admitted","timestamp":"2027-03-05T11:00:00Z","data":{"call":"appel-2027","application":"8x3m…"}}`

// otherLang leads to this page in the other language.
func otherLang(ctx context.Context) string {
	if i18n.From(ctx) == i18n.FR {
		return "/api?lang=en"
	}
	return "/api?lang=fr"
}
