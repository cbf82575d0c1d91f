package notify_test

import (
	"context"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/approval"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
)

func TestAnEmergencyIsToldToThoseConcerned(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := listening(t, d)
		ctx := context.Background()
		for _, role := range []string{"admin", "dpo"} {
			w.Person(role)
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: role, Relation: role, Object: policy.Platform.Ref})
			}))
		}
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			for _, id := range []string{"admin", "dpo"} {
				if _, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, $3, $4)`, id+"@exemple.invalid", id, true, w.Clock.Now()); err != nil {
					return err
				}
			}
			return nil
		}))
		a := w.Complete()
		_, err := w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
		approvals := approval.New(d, w.Clock, w.Policy, w.Bus)
		id, err := approvals.Ask(ctx, account.User{ID: "admin", Lang: "fr"}, approval.Emergency, string(a.ID), "La page du dossier reste blanche chez elle.")
		w.Must(err)
		want(t, mails(t, w), "receipt ana ready", "approval_asked dpo ready", "approval_asked lead ready")
		w.Must(approvals.Approve(ctx, account.User{ID: "dpo"}, id, ""))
		want(t, mails(t, w), "receipt ana ready", "approval_asked dpo ready", "approval_asked lead ready",
			"approval_decided admin ready", "emergency_opened ana ready", "emergency_opened dpo ready", "emergency_opened lead ready")
	})
}
