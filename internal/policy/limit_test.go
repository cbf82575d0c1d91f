package policy

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// A token has its owner's rights where its limit says so, and a visitor's elsewhere:
// in one decision and in lists alike.
var at = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

func TestALimitLeavesAVisitorsRights(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), clock.NewFake(at)
		s := New(d, c)
		if err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at) values ('ana', 'ana', 'fr', 'Europe/Paris', $1)`, at); err != nil {
				return err
			}
			return s.Grant(ctx, tx, account.System, Relation{SubjectID: "ana", Relation: "lead", Object: Ref{"edition", "e1"}, ValidFrom: at.AddDate(0, 0, -1)})
		}); err != nil {
			t.Fatal(err)
		}
		draft := func(id string) Object {
			return Object{Ref: Ref{"call", id}, Within: []Ref{{"edition", "e1"}}, State: "draft"}
		}
		published := Object{Ref: Ref{"call", "c3"}, Within: []Ref{{"edition", "e1"}}, State: "published"}
		for _, x := range []struct {
			name  string
			limit *account.Limit
			obj   Object
			want  bool
		}{
			{"herself", nil, draft("c1"), true},
			{"a token with the right", &account.Limit{Actions: []string{"call.read"}}, draft("c1"), true},
			{"a token without it", &account.Limit{Actions: []string{"organisation.read"}}, draft("c1"), false},
			{"a token without it, what is public", &account.Limit{Actions: []string{"organisation.read"}}, published, true},
			{"limited to this call", &account.Limit{Actions: []string{"call.read"}, Within: account.Ref{Kind: "call", ID: "c1"}}, draft("c1"), true},
			{"limited to another call", &account.Limit{Actions: []string{"call.read"}, Within: account.Ref{Kind: "call", ID: "c2"}}, draft("c1"), false},
			{"limited to the edition", &account.Limit{Actions: []string{"call.read"}, Within: account.Ref{Kind: "edition", ID: "e1"}}, draft("c1"), true},
			{"limited to a programme it is not in", &account.Limit{Actions: []string{"call.read"}, Within: account.Ref{Kind: "programme", ID: "p"}}, draft("c1"), false},
			{"limited to another call, what is public", &account.Limit{Actions: []string{"call.read"}, Within: account.Ref{Kind: "call", ID: "c2"}}, published, true},
		} {
			by := account.User{ID: "ana", Limit: x.limit}
			got, err := s.Decide(ctx, d.Reader(), by, "call.read", x.obj)
			if err != nil || got.Allowed != x.want {
				t.Errorf("%s: %v %v, want %v", x.name, got, err, x.want)
			}
			args := []any{x.obj.ID, x.obj.State}
			cols := Columns{Kind: "call", ID: "x.id", State: "x.state", Within: map[string]string{"edition": "x.edition"}}
			where, args := s.Where(ctx, by, "call.read", cols, args)
			var n int
			if err := d.Reader().QueryRow(ctx, `select count(*) from (select cast($1 as text) as id, cast($2 as text) as state, 'e1' as edition) x where `+where, args...).Scan(&n); err != nil || (n == 1) != x.want {
				t.Errorf("%s: listed %d times, %v, want %v", x.name, n, err, x.want)
			}
		}
	})
}
