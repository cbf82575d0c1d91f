// Command gen turns the JSON files of @etalab/decoupage-administratif into the compact file that package territory embeds.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

type region struct {
	Code string `json:"code"`
	Name string `json:"nom"`
}

type departement struct {
	Code   string `json:"code"`
	Name   string `json:"nom"`
	Region string `json:"region"`
}

type epci struct {
	Code    string `json:"code"`
	Name    string `json:"nom"`
	Members []struct {
		Code string `json:"code"`
	} `json:"membres"`
}

type commune struct {
	Code        string   `json:"code"`
	Name        string   `json:"nom"`
	Departement string   `json:"departement"`
	Kind        string   `json:"type"`
	Parent      string   `json:"commune"`
	Successor   string   `json:"chefLieu"`
	Postal      []string `json:"codesPostaux"`
	Population  int      `json:"population"`
}

func main() {
	from := flag.String("from", "", "folder of the package's JSON files")
	to := flag.String("to", "internal/territory/data.gz", "file to write")
	flag.Parse()
	out, err := convert(*from)
	if err == nil {
		err = os.WriteFile(*to, out, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d bytes\n", *to, len(out))
}

// convert writes one section per kind: its number of lines, then its columns one after the other,
// because alike values side by side compress best.
func convert(folder string) ([]byte, error) {
	var regions []region
	var departements []departement
	var epcis []epci
	var communes []commune
	for name, into := range map[string]any{"regions": &regions, "departements": &departements, "epci": &epcis, "communes": &communes} {
		raw, err := os.ReadFile(filepath.Join(folder, name+".json"))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return nil, fmt.Errorf("decode %s: %w", name, err)
		}
	}
	slices.SortFunc(regions, func(a, b region) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(departements, func(a, b departement) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(epcis, func(a, b epci) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(communes, func(a, b commune) int { return cmp.Compare(a.Code, b.Code) })

	var text bytes.Buffer
	columns(&text, regions, func(r region) string { return r.Code }, func(r region) string { return r.Name })
	columns(&text, departements, func(d departement) string { return d.Code }, func(d departement) string { return d.Name },
		func(d departement) string { return d.Region })
	columns(&text, epcis, func(e epci) string { return e.Code }, func(e epci) string { return e.Name })
	writeCommunes(&text, communes, memberships(epcis))
	return compress(text.Bytes())
}

// memberships gives, for each commune, the rank of its EPCI in the file.
func memberships(epcis []epci) map[string]string {
	of := map[string]string{}
	for i, e := range epcis {
		for _, m := range e.Members {
			of[m.Code] = strconv.Itoa(i)
		}
	}
	return of
}

func writeCommunes(text *bytes.Buffer, communes []commune, epciOf map[string]string) {
	ofKind := func(kinds ...string) []commune {
		var out []commune
		for _, c := range communes {
			if slices.Contains(kinds, c.Kind) {
				out = append(out, c)
			}
		}
		return out
	}
	code := func(c commune) string { return c.Code }
	name := func(c commune) string { return c.Name }
	dep := func(c commune) string { return c.Departement }
	postal := func(c commune) string { return strings.Join(c.Postal, " ") }
	population := func(c commune) string { return strconv.Itoa(c.Population) }
	columns(text, ofKind("commune-actuelle"), code, name, dep, postal, population, func(c commune) string { return epciOf[c.Code] })
	columns(text, ofKind("arrondissement-municipal"), code, name, dep, postal, population, func(c commune) string { return c.Parent })
	columns(text, ofKind("commune-deleguee", "commune-associee"), code, name, dep, func(c commune) string { return c.Successor })
}

func columns[T any](text *bytes.Buffer, rows []T, values ...func(T) string) {
	fmt.Fprintln(text, len(rows))
	for _, value := range values {
		for _, row := range rows {
			text.WriteString(value(row))
			text.WriteByte('\n')
		}
	}
}

func compress(text []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if _, err := z.Write(text); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return out.Bytes(), nil
}
