package journeys_test

func init() {
	for route, reason := range map[string]string{
		"GET /showcase/feed.atom":                      "a feed",
		"GET /showcase/sitemap.xml":                    "a map for robots",
		"GET /showcase/data/catalogue.jsonld":          "a file",
		"GET /showcase/data/schema.json":               "a file",
		"GET /showcase/data/projects.csv":              "a file",
		"GET /showcase/data/projects.json":             "a file",
		"GET /showcase/data/editions.csv":              "a file",
		"GET /showcase/data/editions.json":             "a file",
		"GET /showcase/pictures/{picture}":             "a picture that a team made public",
		"GET /showcase/resources/{resource}/file":      "a file that a programme gives to everybody",
		"GET /projects/{id}/sheet/pictures/{image}":    "a picture of a sheet",
		"GET /editions/{id}/showcase/pictures/{image}": "a picture of the page of an edition",
		"GET /showcase/{rest...}":                      "says that there is nothing at the address",
	} {
		notPages[route] = reason
	}
	parts["projects/{slug}"] = `select slug from showcase_sheets where public <> '' order by slug`
	parts["editions/{edition}"] = `select edition_id from showcase_editions where opens_at is not null order by edition_id`
	parts["resources/{resource}"] = `select id from showcase_resources where programme_id = $1 order by id`
}
