package api

import (
	"encoding/json"
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/policy"
)

// openapi gives the description of the API, in the language asked for.
func (h *Handler) openapi(w http.ResponseWriter, r *http.Request) error {
	text, err := h.written[i18n.From(r.Context())]()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Header().Set("Vary", "Accept-Language")
	_, err = w.Write(text)
	return err
}

// describe is the OpenAPI document with its sentences: those of operations and groups
// by their name, those of parameters and properties by theirs.
func (h *Handler) describe(lang i18n.Lang) ([]byte, error) {
	text, err := json.Marshal(h.api.OpenAPI())
	if err != nil {
		return nil, err
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	doc["info"] = map[string]any{"title": i18n.Say(lang, "api.title"), "version": "1", "description": i18n.Say(lang, "api.lead")}
	var tags []any
	for _, group := range groups {
		tags = append(tags, map[string]any{"name": group, "description": i18n.Say(lang, "api.group_"+group)})
	}
	doc["tags"] = tags
	speak(doc, lang)
	for _, o := range h.operation {
		at, _ := doc["paths"].(map[string]any)[o.path].(map[string]any)[verb(o.method)].(map[string]any)
		at["summary"] = i18n.Say(lang, "api.op_"+o.id)
		at["description"] = o.needs(lang)
	}
	return json.Marshal(doc)
}

// groups are the parts of the API, in the order of the page.
var groups = []string{groupPublic, groupOwn, groupFiles, groupAround}

func verb(method string) string {
	return map[string]string{http.MethodGet: "get", http.MethodPost: "post", http.MethodPut: "put", http.MethodPatch: "patch", http.MethodDelete: "delete"}[method]
}

// needs says what a token must have for an operation.
func (o *operation) needs(lang i18n.Lang) string {
	switch {
	case policy.OpenToVisitors(o.action):
		return i18n.Say(lang, "api.needs_nothing")
	case o.scope == "":
		return i18n.Say(lang, "api.needs_token")
	}
	return i18n.Say(lang, "api.needs_scope", o.scope)
}

// speak gives parameters, headers and properties their sentence.
func speak(node any, lang i18n.Lang) {
	switch node := node.(type) {
	case []any:
		for _, x := range node {
			speak(x, lang)
		}
	case map[string]any:
		if name, ok := node["name"].(string); ok && node["in"] != nil {
			node["description"] = fieldWords(name, lang)
		}
		for _, group := range []string{"properties", "headers"} {
			if all, ok := node[group].(map[string]any); ok {
				for name, x := range all {
					if p, ok := x.(map[string]any); ok && p["$ref"] == nil {
						p["description"] = fieldWords(name, lang)
					}
				}
			}
		}
		for _, x := range node {
			speak(x, lang)
		}
	}
}

// fieldWords is what a field of that name holds, wherever it stands.
func fieldWords(name string, lang i18n.Lang) string {
	return i18n.Say(lang, "api.f_"+fold(name))
}

// fold writes a name as message keys are written.
func fold(name string) string {
	out := []byte(name)
	for i, c := range out {
		switch {
		case c == '-':
			out[i] = '_'
		case c >= 'A' && c <= 'Z':
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}
