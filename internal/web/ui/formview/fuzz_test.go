package formview

import "testing"

func FuzzReadAct(f *testing.F) {
	for _, s := range []string{"add-row:a.b", "move-row:a:1:up", "remove-row:a:-1", "::::", "", "upload:x", "move-row:a:99999999999999999999:down"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, do string) {
		if a := ReadAct(do); a.Row < -1 {
			t.Fatalf("%q asks for row %d", do, a.Row)
		}
	})
}
