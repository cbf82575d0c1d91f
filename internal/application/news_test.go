package application_test

import (
	"testing"
	"time"

	"transformateur/internal/application/applicationtest"
)

func TestNewsIsWhatOthersDid(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Complete()
		join(t, w, w.Bob, "editor", a.ID)
		w.Clock.Advance(time.Minute)
		since := w.Clock.Now()
		w.Clock.Advance(time.Minute)
		for i := range 3 {
			w.Fill(w.Bob, a.ID, "staff", int64(20+i))
		}
		w.Fill(w.Ana, a.ID, "summary", "à moi")
		w.Must(w.Files.Comment(ctx, w.Bob, a.ID, "", "Relu."))
		news, err := w.Files.News(ctx, w.Ana, since)
		if err != nil || len(news) != 2 {
			t.Fatalf("%+v %v", news, err)
		}
		for _, n := range news {
			if n.By != "bob" || n.File != a.ID || n.Act == "application.saved" && n.Times != 3 {
				t.Errorf("%+v", n)
			}
		}
		if news, err := w.Files.News(ctx, w.Person("eve"), since); err != nil || len(news) != 0 {
			t.Errorf("a stranger hears %+v %v", news, err)
		}
	})
}
