package inspect

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"transformateur/internal/platform/inspect/hostile"
)

// packedPDF is a PDF of our own, written again by another program with its
// objects in compressed streams.
func packedPDF(t *testing.T, body []byte, table bool) []byte {
	t.Helper()
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.WriteObjectStream, c.WriteXRefStream = !table, !table
	var out bytes.Buffer
	if err := api.Optimize(bytes.NewReader(body), &out, c); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pagesOf(t *testing.T, name string, body []byte) int {
	t.Helper()
	api.DisableConfigDir()
	c, err := api.ReadAndValidate(bytes.NewReader(body), model.NewDefaultConfiguration())
	if err != nil {
		t.Errorf("%s: another reader refuses it: %v", name, err)
		return 0
	}
	return c.PageCount
}

func TestNoAuthorIsLeft(t *testing.T) {
	all := hostile.Signed(t)
	own := hostile.SignedPDF(t)
	all = append(all, hostile.File{Situation: "a PDF whose objects are compressed", Name: "a.pdf", Body: packedPDF(t, own, false), Kind: hostile.PDF},
		hostile.File{Situation: "a PDF with a plain table", Name: "a.pdf", Body: packedPDF(t, own, true), Kind: hostile.PDF})
	for _, f := range all {
		t.Run(f.Situation, func(t *testing.T) {
			if hostile.Tells(f.Body) == "" {
				t.Fatal("the sample tells nothing")
			}
			out, c := strip(t, f.Body)
			if told := hostile.Tells(out); told != "" || !c.Clean() {
				t.Errorf("the copy tells in %s, left %v", told, c.Left)
			}
			r, err := Inspect(context.Background(), bytes.NewReader(out), int64(len(out)), f.Name, Limits{})
			if err != nil || r.Refused() || string(r.Kind) != f.Kind {
				t.Errorf("the copy is %s, %v, %v", r.Kind, r.Problems, err)
			}
			if f.Kind == hostile.PDF && !strings.Contains(f.Situation, "by hand") {
				if before, after := pagesOf(t, "original", f.Body), pagesOf(t, "copy", out); before != 2 || after != before {
					t.Errorf("%d pages became %d", before, after)
				}
			}
		})
	}
}
