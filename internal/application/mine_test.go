package application_test

import (
	"fmt"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
)

// The list of one's files says of each what opening it says, and holds none that
// could not be opened.
func TestListMineSaysWhatOpeningSays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := applicationtest.New(t, d)
		other := w.OpenCall("second", applicationtest.Form)
		draft, complete, gone, left := w.Draft(), w.Complete(), w.Draft(), w.Draft()
		elsewhere, err := w.Files.Create(ctx, w.Ana, other.ID, "Ailleurs")
		w.Must(err)
		deposited := w.Complete()
		_, err = w.Files.Submit(ctx, w.Ana, deposited.ID)
		w.Must(err)
		w.Must(w.Files.Delete(ctx, w.Ana, gone.ID))
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			if err := w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "bob", Relation: "editor", Object: policy.Ref{Kind: "application", ID: string(draft.ID)}}); err != nil {
				return err
			}
			_, err := w.Policy.Revoke(ctx, tx, account.System, policy.Relation{SubjectID: "ana", Relation: "owner", Object: policy.Ref{Kind: "application", ID: string(left.ID)}})
			return err
		}))
		w.Clock.Advance(time.Minute)
		for _, c := range []struct {
			by   account.User
			role string
			want []application.ID
		}{
			{w.Ana, "owner", []application.ID{draft.ID, complete.ID, elsewhere.ID, deposited.ID}},
			{w.Bob, "editor", []application.ID{draft.ID}},
			{w.Lead, "", nil},
			{account.User{}, "", nil},
		} {
			list, err := w.Files.ListMine(ctx, c.by)
			if err != nil || len(list) != len(c.want) {
				t.Fatalf("%s: %d files, %v, want %d", c.by.ID, len(list), err, len(c.want))
			}
			got := map[application.ID]application.Mine{}
			for _, m := range list {
				got[m.ID] = m
			}
			for _, id := range c.want {
				f, err := w.Files.Open(ctx, c.by, id)
				w.Must(err)
				missing := 0
				if f.Status == application.Draft {
					missing = len(f.State.Missing())
				}
				m := got[id]
				if m.Application != f.Application || fmt.Sprint(m.Call) != fmt.Sprint(f.Call) || m.Missing != missing || m.Role != c.role || !m.Due.Equal(f.Call.ClosesAt) {
					t.Errorf("%s sees %+v, and opens %+v with %d missing", c.by.ID, m, f.Application, missing)
				}
			}
		}
	})
}
