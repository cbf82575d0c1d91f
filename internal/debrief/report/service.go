package report

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// Service reads and keeps the reports of editions.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	chapters []Chapter
}

// New makes the service. Chapters are those of a report, in its order.
func New(d *db.DB, c clock.Clock, p *policy.Service, chapters []Chapter) *Service {
	return &Service{db: d, clock: c, policy: p, chapters: chapters}
}

// View is a report as somebody reads it: links that are not open to her are gone.
type View struct {
	Doc
	Version  *Version // nil: as of now
	Versions []Version
	Manages  bool // she writes in it, freezes and publishes it
}

func (s *Service) on(ctx context.Context, r db.Reader, by account.User, action policy.Action, id programme.EditionID) (programme.Edition, error) {
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return e, err
	}
	_, err = s.policy.Require(ctx, r, by, action, e.PolicyObject())
	return e, err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id programme.EditionID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "edition", ID: string(id), Detail: detail})
}

// now is the report of an edition as of now, exact, with the lead's words.
func (s *Service) now(ctx context.Context, r db.Reader, e programme.Edition) (d Doc, err error) {
	d = Doc{Edition: e.ID, Name: e.Name, Theme: e.Theme, Zone: e.Zone, At: s.clock.Now()}
	if d.Chapters, err = build(ctx, r, Of{e, d.At}, s.chapters); err != nil {
		return d, err
	}
	words, err := wordsOf(ctx, r, e.ID)
	if err != nil {
		return d, err
	}
	d.Words = words[""]
	for i := range d.Chapters {
		d.Chapters[i].Words = words[d.Chapters[i].Key]
	}
	return d, nil
}

// Read gives the report of an edition as of now, exact, to who runs it. Errors: as the
// policy, on report.read.
func (s *Service) Read(ctx context.Context, by account.User, id programme.EditionID) (v View, err error) {
	r := s.db.Reader()
	e, err := s.on(ctx, r, by, "report.read", id)
	if err != nil {
		return v, err
	}
	if v.Doc, err = s.now(ctx, r, e); err != nil {
		return v, err
	}
	return v, s.dress(ctx, r, by, e, &v)
}

// dress adds what a reader needs beside the text.
func (s *Service) dress(ctx context.Context, r db.Reader, by account.User, e programme.Edition, v *View) (err error) {
	if v.Versions, err = versionsOf(ctx, r, e.ID); err != nil {
		return err
	}
	may, err := s.policy.Decide(ctx, r, by, "report.manage", e.PolicyObject())
	if err != nil {
		return err
	}
	v.Manages = may.Allowed
	return s.keepOpen(ctx, r, by, &v.Doc)
}

// keepOpen takes away the links that by may not follow.
func (s *Service) keepOpen(ctx context.Context, r db.Reader, by account.User, d *Doc) error {
	asked := map[policy.Ref][]policy.Action{}
	each := func(do func(l **Link)) {
		for c := range d.Chapters {
			for p := range d.Chapters[c].Paragraphs {
				if x := d.Chapters[c].Paragraphs[p].Sentence; x != nil && x.Link != nil {
					do(&x.Link)
				}
				if x := d.Chapters[c].Paragraphs[p].Table; x != nil {
					for i := range x.Rows {
						if x.Rows[i].Link != nil {
							do(&x.Rows[i].Link)
						}
					}
				}
			}
		}
	}
	each(func(l **Link) {
		ref := policy.Ref{Kind: (*l).Kind, ID: (*l).ID}
		asked[ref] = append(asked[ref], (*l).Action)
	})
	open := map[policy.Ref]map[policy.Action]policy.Decision{}
	for ref, actions := range asked {
		obj, err := s.object(ctx, r, ref)
		if errs.Is(err, errs.NotFound) {
			continue // what a frozen version counted may be gone
		}
		if err != nil {
			return err
		}
		if open[ref], err = s.policy.Decisions(ctx, r, by, obj, actions...); err != nil {
			return err
		}
	}
	each(func(l **Link) {
		if !open[policy.Ref{Kind: (*l).Kind, ID: (*l).ID}][(*l).Action].Allowed {
			*l = nil
		}
	})
	return nil
}

// object loads what a link leads to, as the policy sees it.
func (s *Service) object(ctx context.Context, r db.Reader, ref policy.Ref) (policy.Object, error) {
	switch ref.Kind {
	case "edition":
		e, err := programme.FindEdition(ctx, r, programme.EditionID(ref.ID))
		return e.PolicyObject(), err
	case "call":
		c, err := call.Load(ctx, r, call.ID(ref.ID))
		return c.Object(s.clock.Now()), err
	case "selection":
		x, err := committee.Load(ctx, r, committee.SelectionID(ref.ID))
		return x.Object(s.clock.Now()), err
	case "gathering":
		g, err := gathering.Load(ctx, r, gathering.ID(ref.ID))
		return g.Object(), err
	}
	return policy.Object{}, errs.New(errs.NotFound, "errs.not_found")
}
