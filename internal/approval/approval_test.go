package approval_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/approval"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

var ctx = context.Background()

const reason = "Le navigateur de la porteuse refuse d'afficher son dossier."

// world has an administrator of the platform, another one, a data protection officer
// and a second lead, around one deposited file.
type world struct {
	*applicationtest.World
	approvals              *approval.Service
	admin, other, dpo, eve account.User
	file                   application.Application
}

func build(t *testing.T, d *db.DB) *world {
	base := applicationtest.New(t, d)
	w := &world{World: base, approvals: approval.New(d, base.Clock, base.Policy, base.Bus)}
	w.admin, w.other, w.dpo, w.eve = w.Person("admin"), w.Person("other"), w.Person("dpo"), w.Person("eve")
	w.grant(w.admin, "admin", policy.Platform.Ref)
	w.grant(w.other, "admin", policy.Platform.Ref)
	w.grant(w.dpo, "dpo", policy.Platform.Ref)
	w.grant(w.eve, "lead", policy.Ref{Kind: "call", ID: string(w.Call.ID)})
	w.file = w.Complete()
	if _, err := w.Files.Submit(ctx, w.Ana, w.file.ID); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) grant(who account.User, relation string, on policy.Ref) {
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: relation, Object: on})
	}))
}

func (w *world) ask(by account.User, kind approval.Kind, object string) string {
	w.T.Helper()
	id, err := w.approvals.Ask(ctx, by, kind, object, reason)
	w.Must(err)
	return id
}

// reads says whether somebody may read the file now.
func (w *world) reads(who account.User) bool {
	_, err := w.Files.Deposited(ctx, who, w.file.ID)
	return err == nil
}

func (w *world) acts(kind, id string) (acts []string) {
	list, err := journal.Search(ctx, w.DB.Reader(), journal.Filter{Kind: kind, ID: id}, 0, 50)
	w.Must(err)
	for _, l := range list {
		acts = append(acts, l.Act)
	}
	return acts
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if errs.KindOf(err) != kind || !strings.Contains(err.Error(), key) {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func TestEmergency(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		if w.reads(w.admin) {
			t.Fatal("an administrator reads files")
		}
		_, err := w.approvals.Ask(ctx, w.Lead, approval.Emergency, string(w.file.ID), reason)
		wants(t, err, errs.NotFound, "")
		_, err = w.approvals.Ask(ctx, w.admin, approval.Emergency, "nothing", reason)
		wants(t, err, errs.Invalid, "approval.file_unknown")
		_, err = w.approvals.Ask(ctx, w.admin, approval.Emergency, string(w.Draft().ID), reason)
		wants(t, err, errs.Invalid, "approval.file_draft")
		_, err = w.approvals.Ask(ctx, w.admin, approval.Emergency, string(w.file.ID), "parce que")
		wants(t, err, errs.Invalid, "approval.reason_short")

		id := w.ask(w.admin, approval.Emergency, "https://appels.example.org/applications/"+string(w.file.ID)+"/form?step=2")
		if w.reads(w.admin) {
			t.Fatal("asking is enough to read")
		}
		_, err = w.approvals.Ask(ctx, w.admin, approval.Emergency, string(w.file.ID), reason)
		wants(t, err, errs.Conflict, "approval.already_asked")
		wants(t, w.approvals.Approve(ctx, w.admin, id, ""), errs.Conflict, "approval.own")
		wants(t, w.approvals.Approve(ctx, w.Ana, id, ""), errs.NotFound, "")
		w.Must(w.approvals.Approve(ctx, w.Lead, id, "D'accord, pour une heure."))
		if !w.reads(w.admin) {
			t.Fatal("what was approved is not open")
		}
		if w.reads(w.other) || w.reads(w.dpo) {
			t.Error("it opened to others")
		}
		if _, err := w.Files.Withdraw(ctx, w.admin, w.file.ID); err == nil {
			t.Error("an emergency lets her write")
		}
		wants(t, w.approvals.Approve(ctx, w.dpo, id, ""), errs.Forbidden, "")

		w.Clock.Advance(time.Hour - time.Nanosecond)
		if !w.reads(w.admin) {
			t.Error("it closed before its hour")
		}
		w.Clock.Advance(time.Nanosecond)
		if w.reads(w.admin) {
			t.Error("it is open after its hour")
		}
		got := strings.Join(w.acts("application", string(w.file.ID)), " ")
		for _, act := range []string{"approval.asked", "approval.approved", "relation.granted", "application.read"} {
			if !strings.Contains(got, act) {
				t.Errorf("the journal has no %s: %s", act, got)
			}
		}
	})
}

func TestSecondPersons(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		onCall := string(w.Call.ID)
		w.Clock.Set(w.Call.ClosesAt.Add(time.Hour))
		for _, c := range []struct {
			name         string
			kind         approval.Kind
			object       string
			asker, other account.User
			want         errs.Kind
		}{
			{"another administrator agrees to an emergency", approval.Emergency, string(w.file.ID), w.admin, w.other, 0},
			{"the data protection officer does", approval.Emergency, string(w.file.ID), w.admin, w.dpo, 0},
			{"another lead agrees to an export", approval.Export, onCall, w.Lead, w.eve, 0},
			{"an administrator has no say in an export", approval.Export, onCall, w.Lead, w.admin, errs.NotFound},
			{"an applicant has none", approval.Export, onCall, w.Lead, w.Ana, errs.NotFound},
			{"the data protection officer agrees to a deletion", approval.Deletion, onCall, w.Lead, w.dpo, 0},
		} {
			id := w.ask(c.asker, c.kind, c.object)
			err := w.approvals.Approve(ctx, c.other, id, "")
			if c.want == 0 && err != nil || c.want != 0 && !errs.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
			w.Must(w.approvals.End(ctx, c.asker, id))
		}
	})
}

func TestARequestThatEnds(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		file := string(w.file.ID)
		lapsed := w.ask(w.admin, approval.Emergency, file)
		w.Clock.Advance(approval.Patience)
		wants(t, w.approvals.Approve(ctx, w.Lead, lapsed, ""), errs.Forbidden, "")

		refused := w.ask(w.admin, approval.Emergency, file)
		wants(t, w.approvals.Refuse(ctx, w.Lead, refused, " "), errs.Invalid, "approval.note_missing")
		w.Must(w.approvals.Refuse(ctx, w.Lead, refused, "La porteuse a retrouvé l'accès."))
		wants(t, w.approvals.End(ctx, w.admin, refused), errs.Forbidden, "")
		if w.reads(w.admin) {
			t.Error("a refusal opened the file")
		}

		closed := w.ask(w.admin, approval.Emergency, file)
		w.Must(w.approvals.Approve(ctx, w.Lead, closed, ""))
		w.Must(w.approvals.End(ctx, w.Lead, closed))
		if w.reads(w.admin) {
			t.Error("what a lead closed is still open")
		}

		lost := w.ask(w.admin, approval.Emergency, file)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := w.Policy.Revoke(ctx, tx, account.System, policy.Relation{SubjectID: string(w.admin.ID), Relation: "admin", Object: policy.Platform.Ref})
			return err
		}))
		wants(t, w.approvals.Approve(ctx, w.Lead, lost, ""), errs.Conflict, "approval.asker_lost")
	})
}

func TestASealedFileStaysClosed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update calls set sealed = true, unseal_at = $2 where id = $1`, string(w.Call.ID), w.Call.ClosesAt.Add(24*time.Hour))
			return err
		}))
		w.Must(w.approvals.Approve(ctx, w.Lead, w.ask(w.admin, approval.Emergency, string(w.file.ID)), ""))
		if w.reads(w.admin) {
			t.Error("an emergency breaks a seal")
		}
	})
}

func TestDeletingACall(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		empty := w.OpenCall("vide", applicationtest.Form)
		wants(t, w.Calls.Delete(ctx, w.Lead, empty.ID), errs.Forbidden, "")
		w.Must(w.approvals.Approve(ctx, w.dpo, w.ask(w.Lead, approval.Deletion, string(empty.ID)), ""))
		wants(t, w.Calls.Delete(ctx, w.dpo, empty.ID), errs.Forbidden, "")
		w.Must(w.Calls.Delete(ctx, w.Lead, empty.ID))
		if _, err := call.Load(ctx, w.DB.Reader(), empty.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the call is still there: %v", err)
		}

		w.Must(w.approvals.Approve(ctx, w.dpo, w.ask(w.Lead, approval.Deletion, string(w.Call.ID)), ""))
		wants(t, w.Calls.Delete(ctx, w.Lead, w.Call.ID), errs.Conflict, "call.has_files")
	})
}

func TestFileIn(t *testing.T) {
	for typed, want := range map[string]string{
		" abc ": "abc", "/files/abc": "abc", "https://x.org/applications/abc/form?step=2#top": "abc", "files/abc/history": "abc", "https://x.org/": "",
	} {
		if got := approval.FileIn(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}
