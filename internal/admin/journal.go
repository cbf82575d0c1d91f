package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// journalRead opens the journal, its export and its verification.
const journalRead policy.Action = "journal.read"

// pageLines is how many lines stand on one page of the journal.
const pageLines = 50

// JournalLine is one act, with the name of who did it when a person did.
type JournalLine struct {
	journal.Line
	Name string
}

// JournalPage is one page of the journal, the newest line first.
type JournalPage struct {
	Lines    []JournalLine
	Next     int64 // the line before which the next page starts; 0 at the end
	Verified Verification
}

// Verification is what the last reading of the whole chain found.
type Verification struct {
	At     time.Time `json:"at"`    // zero: never verified
	Lines  int64     `json:"lines"` // that hold
	Head   string    `json:"head"`  // hash of the last of them
	Broken int64     `json:"broken,omitempty"`
	Reason string    `json:"reason,omitempty"` // "missing", "changed" or "unchained"
}

// verifiedSetting is the name of the settings row that keeps the last verification.
const verifiedSetting = "journal.verified"

// Journal reads one page of the journal, from the line before line before (0: the end).
func (s *Service) Journal(ctx context.Context, by account.User, f journal.Filter, before int64) (JournalPage, error) {
	var page JournalPage
	r := s.db.Reader()
	if _, err := s.policy.Require(ctx, r, by, journalRead, policy.Platform); err != nil {
		return page, err
	}
	lines, err := journal.Search(ctx, r, f, before, pageLines+1)
	if err != nil {
		return page, fmt.Errorf("read the journal: %w", err)
	}
	if len(lines) > pageLines {
		lines = lines[:pageLines]
		page.Next = lines[pageLines-1].Seq
	}
	names, err := s.names(ctx, r, lines)
	if err != nil {
		return page, fmt.Errorf("name the actors of the journal: %w", err)
	}
	for _, l := range lines {
		page.Lines = append(page.Lines, JournalLine{l, names[l.Actor]})
	}
	page.Verified, err = s.verified(ctx, r)
	return page, err
}

// names finds the names of the people who act in some lines, by actor.
func (s *Service) names(ctx context.Context, r db.Reader, lines []journal.Line) (map[string]string, error) {
	var args []any
	var marks []string
	seen := map[string]bool{}
	for _, l := range lines {
		if id, person := strings.CutPrefix(l.Actor, "person:"); person && !seen[id] {
			seen[id] = true
			args = append(args, id)
			marks = append(marks, "$"+strconv.Itoa(len(args)))
		}
	}
	names := map[string]string{}
	if len(args) == 0 {
		return names, nil
	}
	_, err := db.List(ctx, r, func(sc db.Scanner) (struct{}, error) {
		var id, name string
		err := sc.Scan(&id, &name)
		names["person:"+id] = name
		return struct{}{}, err
	}, `select id, name from people where id in (`+strings.Join(marks, ", ")+`)`, args...)
	return names, err
}

// ExportJournal gives every line that the filter keeps, the oldest first, to visit.
// The export is itself an act: it is written in the journal before the first line
// leaves, so that no reading goes untold; the export ends before its own line.
// Errors: those of visit; NotFound and Unauthenticated to who may not read it.
func (s *Service) ExportJournal(ctx context.Context, by account.User, f journal.Filter, format string, visit func(journal.Line) error) error {
	if _, err := s.policy.Require(ctx, s.db.Reader(), by, journalRead, policy.Platform); err != nil {
		return err
	}
	var last int64
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "journal"); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select coalesce(max(seq), 0) from journal`).Scan(&last); err != nil {
			return err
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "journal.exported", Kind: "journal", ID: "journal", Detail: map[string]any{
			"format": format, "last": last, "actor": f.Actor, "act": f.Act, "kind": f.Kind, "id": f.ID, "from": f.From, "until": f.Until}})
	})
	if err != nil {
		return fmt.Errorf("write that the journal was exported: %w", err)
	}
	return journal.Each(ctx, s.db.Reader(), f, last, visit)
}

// VerifyJournal reads the whole chain and keeps what it found, for the page.
func (s *Service) VerifyJournal(ctx context.Context, by account.User) (Verification, error) {
	var v Verification
	if !by.IsSystem() {
		if _, err := s.policy.Require(ctx, s.db.Reader(), by, journalRead, policy.Platform); err != nil {
			return v, err
		}
	}
	lines, head, broken, err := journal.Verify(ctx, s.db.Reader())
	if err != nil {
		return v, err
	}
	v = Verification{At: s.clock.Now(), Lines: lines, Head: head}
	if broken != nil {
		v.Broken, v.Reason = broken.Seq, broken.Reason
	}
	text, err := json.Marshal(v)
	if err != nil {
		return v, fmt.Errorf("keep the verification of the journal: %w", err)
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `
			insert into settings (name, value, updated_at) values ($1, $2, $3)
			on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`, verifiedSetting, string(text), v.At); err != nil {
			return fmt.Errorf("keep the verification of the journal: %w", err)
		}
		return journal.Write(ctx, tx, v.At, journal.Entry{Actor: by.Actor(), Act: "journal.verified", Kind: "journal", ID: "journal",
			Detail: map[string]any{"lines": v.Lines, "head": v.Head, "broken": v.Broken}})
	})
	return v, err
}

// verified is the last verification that was kept.
func (s *Service) verified(ctx context.Context, r db.Reader) (v Verification, err error) {
	text, err := db.Get(ctx, r, db.Value[string], `select value from settings where name = $1`, verifiedSetting)
	if errs.Is(err, errs.NotFound) {
		return v, nil
	}
	if err != nil {
		return v, fmt.Errorf("read the last verification of the journal: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return v, fmt.Errorf("read the last verification of the journal: %w", err)
	}
	return v, nil
}
