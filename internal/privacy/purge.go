package privacy

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
)

// emptyFile are the statements that leave of a file its figures only: when, where it
// stood, its choices in lists. Receipts are redacted beside.
var emptyFile = []string{
	`delete from answers where application_id = $1`,
	`delete from answer_variants where application_id = $1`,
	`update recusal_causes set detail = '' where recusal_id in (select id from recusals where application_id = $1)`,
	`update recusals set waiver_reason = '' where application_id = $1`,
	`update oppositions set name = '', reason = '' where application_id = $1`,
	`delete from uploads where application_id = $1`,
	`delete from search_terms where kind = 'application' and object_id = $1`,
	`update attachments set name = '` + Gone + `', digest = '', clean_digest = '', problems = '[]' where application_id = $1`,
	`update review_enclosures set name = '` + Gone + `', digest = '', clean_digest = '', problems = '[]' where review_id in (select id from reviews where application_id = $1)`,
	`update submissions set title = '` + Gone + `', content = '{}', files = '[]' where application_id = $1`,
	`update corrections set message = '` + Gone + `' where application_id = $1`,
	`update application_comments set body = '` + Gone + `' where application_id = $1`,
	`update thread_messages set body = '` + Gone + `' where application_id = $1`,
	`update admissibility set reason = '` + Gone + `' where application_id = $1`,
	`update mails set status = 'cancelled' where object_kind = 'application' and object_id = $1 and status in ('held', 'ready')`,
	`update mails set to_email = '', subject = '', body = '', problem = '' where object_kind = 'application' and object_id = $1`,
	`update import_rows set cells = '', blocks = '', problems = '[]' where application_id = $1`,
	`update application_origins set problems = '[]' where application_id = $1`,
	`delete from digest_items where object_kind = 'application' and object_id = $1`,
	`update invitations set email = '', message = '', object_name = '` + Gone + `' where object_kind = 'application' and object_id = $1`,
	`update application_origins set number = application_id, problems = '[]' where application_id = $1`,
	`update import_rows set cells = '[]', blocks = '{}', problems = '[]', number = '' where application_id = $1`,
	`update events set payload = '{}' where object_id = $1 and not exists (select 1 from event_deliveries d where d.event_id = events.id and d.done_at is null)`,
}

// purge empties a file of everything that somebody wrote, its attachments included.
func (s *Service) purge(ctx context.Context, tx *db.Tx, file string, now time.Time) error {
	var digests []string
	err := eachRow(ctx, tx, 2, func(v []any) error {
		for _, digest := range v {
			if d, _ := digest.(string); d != "" {
				digests = append(digests, d)
			}
		}
		return nil
	}, `select digest, clean_digest from attachments where application_id = $1
		union all select e.digest, e.clean_digest from review_enclosures e join reviews v on v.id = e.review_id where v.application_id = $1`, file)
	if err != nil {
		return fmt.Errorf("list the attachments of %s, and the documents of its reviews: %w", file, err)
	}
	if err := s.redact(ctx, tx, file, nil, true); err != nil {
		return err
	}
	for _, text := range emptyFile {
		if _, err := tx.Exec(ctx, text, file); err != nil {
			return fmt.Errorf("empty file %s: %w", file, err)
		}
	}
	if _, err := tx.Exec(ctx, `update attachments set removed_at = coalesce(removed_at, $2) where application_id = $1`, file, now); err != nil {
		return fmt.Errorf("mark the attachments of %s removed: %w", file, err)
	}
	if _, err := tx.Exec(ctx, `update review_enclosures set removed_at = coalesce(removed_at, $2) where review_id in (select id from reviews where application_id = $1)`, file, now); err != nil {
		return fmt.Errorf("mark the documents of the reviews of %s removed: %w", file, err)
	}
	if _, err := tx.Exec(ctx, `
		update applications set title = '`+Gone+`', purged_at = $2, deleted_at = case when status = 'draft' then coalesce(deleted_at, $2) else deleted_at end
		where id = $1`, file, now); err != nil {
		return fmt.Errorf("mark file %s emptied: %w", file, err)
	}
	return s.forget(ctx, tx, digests)
}

// forget has blobs removed once nothing refers to them.
func (s *Service) forget(ctx context.Context, tx *db.Tx, digests []string) error {
	if len(digests) == 0 {
		return nil
	}
	return s.jobs.Enqueue(ctx, tx, "forget_blobs", "", digests, s.clock.Now())
}

// forgetJob removes blobs to which no row refers. While a file of the same size is
// being sent, its content may be the same: the job comes back later.
func (s *Service) forgetJob(ctx context.Context, j job.Job) error {
	var digests []string
	if err := j.Read(&digests); err != nil {
		return err
	}
	for _, digest := range digests {
		used, err := db.Get(ctx, s.db.Reader(), db.Value[int], `
			select (select count(*) from attachments where digest = $1 or clean_digest = $1)
			  + (select count(*) from review_enclosures where digest = $1 or clean_digest = $1)
			  + (select count(*) from board_pictures where digest = $1)
			  + (select count(*) from gathering_deposits where digest = $1 and withdrawn_at is null)
			  + (select count(*) from call_documents where digest = $1)
			  + (select count(*) from showcase_pictures where digest = $1)
			  + (select count(*) from showcase_resources where digest = $1)
			  + (select count(*) from person_archives where digest = $1)`, digest)
		if err != nil {
			return fmt.Errorf("look for who refers to blob %s: %w", digest, err)
		}
		if used > 0 {
			continue
		}
		ref, err := s.blobs.Stat(ctx, digest)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look at blob %s: %w", digest, err)
		}
		arriving, err := db.Get(ctx, s.db.Reader(), db.Value[int], `select count(*) from uploads where size = $1`, ref.Size)
		if err != nil {
			return fmt.Errorf("look for uploads: %w", err)
		}
		if arriving > 0 {
			return errs.New(errs.Unavailable, "errs.unavailable").Because(fmt.Errorf("a file of the size of blob %s is arriving", digest))
		}
		if err := s.blobs.Delete(ctx, digest); err != nil {
			return fmt.Errorf("remove blob %s: %w", digest, err)
		}
	}
	return nil
}
