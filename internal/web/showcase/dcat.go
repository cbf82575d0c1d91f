package showcase

import (
	"net/http"

	"transformateur/internal/i18n"
)

// openLicence is the Licence Ouverte 2.0, under which teams let their words be reused.
const openLicence = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"

// fileType is the vocabulary of formats that DCAT-AP asks for (Publications Office of the EU).
const fileType = "http://publications.europa.eu/resource/authority/file-type/"

// catalogue describes the open data by DCAT-AP 3: the catalogue with its title, description
// and publisher, each set with its title and description, each distribution with where it
// is had, its format and its licence.
func (h *Handler) catalogue(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	said, err := h.Statements.Get(ctx, visitor)
	if err != nil {
		return err
	}
	publisher := said["publisher"]
	if publisher == "" {
		publisher = h.Name
	}
	words := func(key string, args ...any) []map[string]string {
		return []map[string]string{{"@language": "fr", "@value": i18n.Say(i18n.FR, key, args...)}, {"@language": "en", "@value": i18n.Say(i18n.EN, key, args...)}}
	}
	agent := map[string]any{"@id": h.BaseURL + "/legal#publisher", "@type": "foaf:Agent", "foaf:name": publisher}
	var list []map[string]any
	for _, set := range sets {
		own := h.BaseURL + at("data") + "#" + set.Name
		var files []map[string]any
		for _, f := range []struct{ extension, format, media string }{{"csv", "CSV", "text/csv"}, {"json", "JSON", "application/json"}} {
			address := h.BaseURL + at("data", set.Name+"."+f.extension)
			files = append(files, map[string]any{"@id": own + "-" + f.extension, "@type": "dcat:Distribution", "dct:title": words("showcase.data_" + set.Name),
				"dcat:accessURL": id(address), "dcat:downloadURL": id(address), "dct:format": id(fileType + f.format), "dcat:mediaType": id("https://www.iana.org/assignments/media-types/" + f.media),
				"dct:license": id(openLicence), "dct:conformsTo": id(h.BaseURL + at("data", "schema.json"))})
		}
		list = append(list, map[string]any{"@id": own, "@type": "dcat:Dataset", "dct:title": words("showcase.data_" + set.Name), "dct:description": words("showcase.data_" + set.Name + "_about"),
			"dct:publisher": agent, "dcat:landingPage": id(h.BaseURL + at("data")), "dct:accessRights": id("http://publications.europa.eu/resource/authority/access-right/PUBLIC"), "dcat:distribution": files})
	}
	return writeJSON(w, "application/ld+json; charset=utf-8", map[string]any{
		"@context": map[string]string{"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/"},
		"@id":      h.BaseURL + at("data"), "@type": "dcat:Catalog", "dct:title": words("showcase.data_title", h.Name), "dct:description": words("showcase.data_lead"),
		"dct:publisher": agent, "foaf:homepage": id(h.BaseURL + at()), "dct:license": id(openLicence), "dcat:dataset": list})
}

func id(address string) map[string]string { return map[string]string{"@id": address} }
