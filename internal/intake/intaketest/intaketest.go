// Package intaketest makes spreadsheets shaped as the services that export them do, for tests.
package intaketest

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/xuri/excelize/v2"

	"transformateur/internal/intake"
)

// Words are what exports say, in French and in English, as the program passes them.
var Words = intake.Words{Number: []string{"Numéro", "Number"}, Title: []string{"Titre", "Title"}, Email: []string{"Adresse de la porteuse ou du porteur", "Owner’s address"},
	Deposited: []string{"Déposé le", "Deposited on"}, Row: []string{"Ligne", "Row"}, Side: []string{"Dépense ou recette"}, Category: []string{"Poste"}, Label: []string{"Libellé"}, Amount: []string{"Montant"},
	Expenses: []string{"Dépenses"}, Income: []string{"Recettes"}, Yes: []string{"Oui", "Yes"}, No: []string{"Non", "No"}, Unknown: []string{"Ne sait pas"}, Other: []string{"Autre : "}, English: []string{"Number", "Title"}}

// File is a file of a procedure of Démarches simplifiées.
type File struct {
	ID, Email, Company string
	SIRET              string
	Deposited          any // time.Time in a workbook, a text in a CSV
	State              string
	Answers            []any
}

// Block is a repeated block of the procedure: each row begins with the file's ID.
type Block struct {
	Name  string
	Heads []string
	Rows  [][]any
}

// heads are the columns that come before those of the questions, for a procedure that
// companies answer, in the order in which the service writes them.
var heads = []string{"ID", "Email", "FranceConnect ?", "Entreprise raison sociale", "À archiver", "État du dossier", "Dernière mise à jour le",
	"Dernière mise à jour du dossier le", "Déposé le", "Passé en instruction le", "Traité le", "Motivation de la décision", "Instructeurs"}

func cells(f File) []any {
	return append([]any{f.ID, f.Email, "false", f.Company, "false", f.State, f.Deposited, f.Deposited, f.Deposited, nil, nil, "", "instruction@exemple.fr"}, f.Answers...)
}

// Workbook is the XLSX export of a procedure: its files, the sheets of establishments
// and opinions, then one sheet a repeated block.
func Workbook(questions []string, files []File, blocks ...Block) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		return nil, err
	}
	all := []struct {
		name string
		rows [][]any
	}{{"Dossiers", [][]any{texts(append(heads[:len(heads):len(heads)], questions...))}}, {"Etablissements", [][]any{texts([]string{"Dossier ID", "Champ", "Établissement SIRET"})}},
		{"Avis", [][]any{texts([]string{"Dossier ID", "Introduction", "Réponse", "Créé le"})}}}
	for _, file := range files {
		all[0].rows = append(all[0].rows, cells(file))
		if file.SIRET != "" {
			all[1].rows = append(all[1].rows, []any{file.ID, "Dossier", file.SIRET})
		}
	}
	for _, b := range blocks {
		all = append(all, struct {
			name string
			rows [][]any
		}{b.Name, append([][]any{texts(append([]string{"Dossier ID", "Ligne"}, b.Heads...))}, b.Rows...)})
	}
	for i, s := range all {
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.name)
		} else {
			_, err = f.NewSheet(s.name)
		}
		for k, row := range s.rows {
			if err == nil {
				at, _ := excelize.CoordinatesToCellName(1, k+1)
				err = f.SetSheetRow(s.name, at, &row)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if err := f.SetColStyle("Dossiers", "G:I", day); err != nil {
		return nil, err
	}
	for k := range files {
		from, _ := excelize.CoordinatesToCellName(7, k+2)
		to, _ := excelize.CoordinatesToCellName(9, k+2)
		if err := f.SetCellStyle("Dossiers", from, to, day); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// CSV is the CSV export of a procedure: commas, UTF-8 without a mark.
func CSV(questions []string, files []File) string {
	var out strings.Builder
	w := csv.NewWriter(&out)
	_ = w.Write(append(heads[:len(heads):len(heads)], questions...)) // a Builder takes everything
	for _, file := range files {
		row := make([]string, 0, len(heads)+len(questions))
		for _, cell := range cells(file) {
			s, _ := cell.(string)
			row = append(row, s)
		}
		_ = w.Write(row)
	}
	w.Flush()
	return out.String()
}
