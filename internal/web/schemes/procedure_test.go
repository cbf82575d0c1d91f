package schemes_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/web/ui/pagetest"
)

// brings sends the form of a procedure.
func brings(t *testing.T, s pagetest.Site, path, address, schema, version string) pagetest.Answer {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, value := range map[string]string{"address": address, "version": version} {
		if err := m.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := m.CreateFormFile("file", "schema.json")
	if err == nil {
		_, err = file.Write([]byte(schema))
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Send(t, path, m.FormDataContentType(), &body)
}

func TestAProcedureOpensFilled(t *testing.T) {
	const begin = "https://www.demarches-simplifiees.fr/commencer/fact"
	const schema = `{"number":42,"title":"FACT en ligne","revision":{"champDescriptors":[{"id":"Q2E=","__typename":"TextChampDescriptor","label":"Intitulé du projet","required":true},
		{"id":"Q2I=","__typename":"IntegerNumberChampDescriptor","label":"Effectif"},{"id":"Q2M=","__typename":"SiretChampDescriptor","label":"SIRET"},{"id":"Q2Q=","__typename":"AddressChampDescriptor","label":"Adresse"}]}}`
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := newWorld(t)
			head, ana := pagetest.Site{Routes: w.handler.ProcedureRoutes(), By: w.head, Lang: lang}, pagetest.Site{Routes: append(w.handler.Routes(), append(w.handler.HarvestRoutes(), w.handler.ProcedureRoutes()...)...), By: w.Ana, Lang: lang}
			home, dossier := "/schemes/"+string(w.fact)+"/procedure", "/projects/"+string(w.campus)+"/orientation/"+string(w.fact)+"/dossier"
			wants(t, ana.Get(t, home), http.StatusForbidden)
			head.Page(t, home)
			wants(t, ana.Post(t, "/projects/"+string(w.campus)+"/orientation/facts", url.Values{"form": {"facts"}, "asked": {"headcount"}, "facts.headcount": {"42"}}), http.StatusSeeOther)
			if strings.Contains(ana.Page(t, dossier), i18n.Say(lang, "schemes.online")) {
				t.Error("a scheme without a procedure opens one")
			}
			bad := brings(t, head, home, "nulle part", "pas un schéma", "0")
			wants(t, bad, http.StatusUnprocessableEntity)
			holds(t, bad.Body, "nulle part", i18n.Say(lang, "scheme.procedure_address"))
			wants(t, head.Post(t, home, url.Values{"version": {"0"}}), http.StatusUnprocessableEntity)
			wants(t, brings(t, head, home, begin, schema, "0"), http.StatusSeeOther)
			wants(t, brings(t, head, home, begin, schema, "0"), http.StatusConflict)
			holds(t, head.Page(t, home), "FACT en ligne", "1. Intitulé du projet", "preremplir/fact/schema", i18n.SayN(lang, "schemes.procedure_others", 1))
			page := ana.Page(t, dossier)
			holds(t, page, begin+"?champ_Q2E%3D=Campus&amp;champ_Q2I%3D=42", i18n.Say(lang, "schemes.left_unknown"))
			some := ana.Page(t, dossier+"?chosen=yes&keep=headcount")
			if holds(t, some, begin+"?champ_Q2I%3D=42"); strings.Contains(some, "champ_Q2E") {
				t.Error("what was unticked is in the link")
			}
			wants(t, head.Post(t, home+"/fields", url.Values{"field.0": {"siret"}, "version": {"1"}}), http.StatusSeeOther)
			wants(t, head.Post(t, home+"/fields", url.Values{"field.0": {"title"}, "version": {"1"}}), http.StatusConflict)
			if strings.Contains(ana.Page(t, dossier), "champ_Q2I") {
				t.Error("a field that nothing fills is in the link")
			}
			wants(t, head.Post(t, home+"/remove", url.Values{"version": {"2"}}), http.StatusSeeOther)
			if strings.Contains(ana.Page(t, dossier), i18n.Say(lang, "schemes.online")) {
				t.Error("a procedure that was removed opens")
			}
		})
	}
}
