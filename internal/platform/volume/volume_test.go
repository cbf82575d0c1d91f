package volume

import (
	"path/filepath"
	"testing"
)

func TestRoom(t *testing.T) {
	r, err := Of(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if r.Known() && (r.Free > r.Total || r.Used() < 0 || r.Used() > 1) {
		t.Errorf("%+v makes no sense", r)
	}
	if _, err := Of(filepath.Join(t.TempDir(), "absent")); r.Known() && err == nil {
		t.Error("a folder that is not there has a volume")
	}
	if (Room{Free: 25, Total: 100}).Used() != .75 {
		t.Error("the share that is taken is wrong")
	}
}
