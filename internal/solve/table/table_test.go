package table

import (
	"errors"
	"strings"
	"testing"
)

func TestRows(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		line            int
		field, problem  string
	}{
		{"in order", "a,b\nx,1\n", 0, "", ""},
		{"in another order, with more columns", "more,B,A\n-,1,x\n", 0, "", ""},
		{"with semicolons, a byte order mark and a comma for the point", "\ufeffa;b\r\nx;1,0\r\n", 0, "", ""},
		{"between quotation marks, on two lines", "a,b\n\"x\",\"1\n\"\n", 0, "", ""},
		{"empty", "", 1, "a", MissingColumn},
		{"a column is missing", "a,c\nx,1\n", 1, "b", MissingColumn},
		{"a cell is missing", "a,b\nx,1\ny\n", 3, "", Unreadable},
		{"a mark is not closed", "a,b\n\"x,1\n", 2, "", Unreadable},
		{"a name is blank", "a,b\n ,1\n", 2, "a", Empty},
		{"a number is blank", "a,b\nx,\n", 2, "b", Empty},
		{"a word for a number", "a,b\nx,good\n", 2, "b", NotNumber},
		{"not a number at all", "a,b\nx,NaN\n", 2, "b", NotNumber},
		{"infinite", "a,b\nx,1e999\n", 2, "b", NotNumber},
	} {
		rows, err := Read(strings.NewReader(c.text), "a", "b")
		for _, row := range rows {
			if _, wrong := row.Name("a"); err == nil {
				err = wrong
			}
			x, wrong := row.Number("b")
			if err == nil {
				err = wrong
			}
			if err == nil && (x != 1 || row.Text("a") != "x" || row.Text("none") != "") {
				t.Errorf("%s: read %v, %q", c.situation, x, row.Text("a"))
			}
		}
		var f *Fault
		if c.problem == "" && (err != nil || len(rows) != 1) {
			t.Errorf("%s: %d rows, %v", c.situation, len(rows), err)
		}
		if c.problem != "" && (!errors.As(err, &f) || f.Line != c.line && c.line != 0 || f.Field != c.field || f.Problem != c.problem) {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
}

func TestFaultSaysWhere(t *testing.T) {
	if got := (&Fault{Line: 3, Field: "score", Value: "x", Problem: NotNumber}).Error(); got != `line 3, score: not_number ("x")` {
		t.Error(got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a,b\nx,1\n")
	f.Add("a;b\n\"x\";1\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := Read(strings.NewReader(text), "a", "b")
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
		for _, row := range rows {
			if row.Line < 2 || row.Line > 2+strings.Count(text, "\n")+strings.Count(text, "\r") {
				t.Fatalf("line %d", row.Line)
			}
		}
	})
}
