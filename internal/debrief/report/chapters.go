package report

import (
	"context"
	"fmt"
	"net/url"

	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// Chapters are those of a report, in its order.
var Chapters = []Chapter{
	{"call", callChapter},
	{"applicants", applicantsChapter},
	{"selection", selectionChapter},
	{"gathering", gatheringChapter},
	{"dimensions", dimensionsChapter},
	{"support", supportChapter},
	{"orientation", orientationChapter},
	{"commitments", commitmentsChapter},
	{"outcomes", outcomesChapter},
	{"surveys", surveysChapter},
	{"verbatims", verbatimsChapter},
	{"pictures", picturesChapter},
}

// build reads the chapters of a report.
func build(ctx context.Context, r db.Reader, of Of, chapters []Chapter) ([]Said, error) {
	var list []Said
	for _, c := range chapters {
		paragraphs, err := c.Build(ctx, r, of)
		if err != nil {
			return nil, fmt.Errorf("build chapter %s of the report of %s: %w", c.Key, of.ID, err)
		}
		list = append(list, Said{Key: c.Key, Paragraphs: paragraphs})
	}
	return list, nil
}

// numbers reads one row of numbers.
func numbers(ctx context.Context, r db.Reader, into []any, query string, args ...any) error {
	if err := r.QueryRow(ctx, query, args...).Scan(into...); err != nil {
		return fmt.Errorf("count for a report: %w", err)
	}
	return nil
}

// one reads one number.
func one(ctx context.Context, r db.Reader, query string, args ...any) (n int64, err error) {
	return n, numbers(ctx, r, []any{&n}, query, args...)
}

// listed is something that a chapter speaks of by its name: a call, a selection, a fund.
type listed struct {
	id   string
	name programme.Words
}

func scanListed(sc db.Scanner) (l listed, err error) {
	return l, sc.Scan(&l.id, &l.name.FR, &l.name.EN)
}

// tallied is a value and how many times it stands.
type tallied struct {
	group, value string
	n            int64
}

func scanTallied(sc db.Scanner) (t tallied, err error) {
	return t, sc.Scan(&t.group, &t.value, &t.n)
}

func path(kind, id, rest string) string { return "/" + kind + "/" + url.PathEscape(id) + rest }

// both is a name that is the same in both languages.
func both(s string) programme.Words { return programme.Words{FR: s, EN: s} }
