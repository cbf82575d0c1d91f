package privacy

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"

	"transformateur/internal/application/receipt"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// redact replaces the receipts of a file by receipts without the name, signed by the
// install. Each says which one it replaces; the chain goes on by the digest of the
// first one, which whoever downloaded it can still have recognised. The digests of
// the answers are those of what is kept now.
func (s *Service) redact(ctx context.Context, tx *db.Tx, file string, re *regexp.Regexp, all bool) error {
	type row struct {
		number       int64
		body, digest string
	}
	list, err := db.List(ctx, tx, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.number, &x.body, &x.digest)
		return x, err
	}, `select number, body, digest from receipts where application_id = $1 order by number`, file)
	if err != nil {
		return fmt.Errorf("read the receipts of %s: %w", file, err)
	}
	for _, x := range list {
		if !all && (re == nil || !re.MatchString(x.body)) {
			continue
		}
		var r receipt.Receipt
		if err := json.Unmarshal([]byte(x.body), &r); err != nil {
			return fmt.Errorf("read receipt %d: %w", x.number, err)
		}
		r.Redacts = x.digest
		if err := s.hideReceipt(ctx, tx, &r, re, all); err != nil {
			return err
		}
		plain, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write receipt %d: %w", x.number, err)
		}
		value, err := form.ParseValue(plain)
		if err != nil {
			return fmt.Errorf("write receipt %d: %w", x.number, err)
		}
		body := form.Canonical(value)
		if _, err := tx.Exec(ctx, `update receipts set body = $2, signature = $3 where number = $1`, x.number, string(body), base64.StdEncoding.EncodeToString(s.signer.Sign(body))); err != nil {
			return fmt.Errorf("replace receipt %d: %w", x.number, err)
		}
	}
	return nil
}

// hideReceipt takes out of a receipt what names the person; all empties it of
// everything but its place in the chain and its instant.
func (s *Service) hideReceipt(ctx context.Context, tx *db.Tx, r *receipt.Receipt, re *regexp.Regexp, all bool) error {
	if all {
		r.SubmittedBy, r.Application.Title, r.Answers, r.Files = Gone, Gone, []receipt.Answer{}, []receipt.File{}
		return nil
	}
	r.SubmittedBy, r.Application.Title = hide(re, r.SubmittedBy), hide(re, r.Application.Title)
	for i, f := range r.Files {
		r.Files[i].Name = hide(re, f.Name)
	}
	if len(r.Answers) == 0 {
		return nil
	}
	content, err := db.Get(ctx, tx, db.Value[string], `select content from submissions where receipt = $1 and application_id = $2`, r.Number, r.Application.ID)
	if err != nil {
		return fmt.Errorf("read what receipt %d acknowledges: %w", r.Number, err)
	}
	answers, err := form.ParseAnswers([]byte(content))
	if err != nil {
		return fmt.Errorf("read what receipt %d acknowledges: %w", r.Number, err)
	}
	for i, a := range r.Answers {
		digest := form.Digest(answers[a.Field])
		r.Answers[i].SHA256 = hex.EncodeToString(digest[:])
	}
	return nil
}
