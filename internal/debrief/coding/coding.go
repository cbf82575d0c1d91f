// Package coding sorts what people wrote into themes, by people, with help that only proposes.
package coding

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/solve/cluster"
)

// The bounds: of a name and of a meaning in characters, of a codebook.
const (
	MaxName    = 120
	MaxMeaning = 1000
	MaxThemes  = 60
)

// Theme is a line of the codebook.
type Theme struct {
	ID      string
	Name    string
	Meaning string // what belongs to it, so that two people read it alike
	Retired bool   // proposed no more; what it was given to stays
	Version int64
}

// Verbatim is what somebody wrote, once.
type Verbatim struct {
	ID       string // where it stands
	Question form.Localised
	Words    string
	Quote    survey.Quote
	Name     string // when she agreed to be quoted by name
	author   string // tells two people apart, as far as that is known
}

// Reading is the themes that one person gave to a verbatim.
type Reading struct {
	Verbatim string
	Coder    string // an actor
	Name     string
	Themes   []string
	Version  int64
}

// Service keeps codebooks and readings.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	rooms  *room.Service
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, rooms *room.Service) *Service {
	return &Service{db: d, clock: c, policy: p, rooms: rooms}
}

// Desk is all that there is to sort in an edition, and what was sorted.
type Desk struct {
	programme.Edition
	Themes    []Theme // by name
	Verbatims []Verbatim
	Readings  []Reading
	me        string
}

// Open gives the desk of an edition. Errors: as the policy, on verbatim.code.
func (s *Service) Open(ctx context.Context, by account.User, id programme.EditionID) (v Desk, err error) {
	r := s.db.Reader()
	if v.Edition, err = s.edition(ctx, r, by, id); err != nil {
		return v, err
	}
	v.me = by.Actor()
	if v.Themes, err = themesOf(ctx, r, id); err != nil {
		return v, err
	}
	if v.Verbatims, err = s.verbatims(ctx, r, by, id); err != nil {
		return v, err
	}
	v.Readings, err = readingsOf(ctx, r, id)
	return v, err
}

func (s *Service) edition(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (e programme.Edition, err error) {
	if e, err = programme.FindEdition(ctx, r, id); err != nil {
		return e, err
	}
	_, err = s.policy.Require(ctx, r, by, "verbatim.code", e.PolicyObject())
	return e, err
}

func themesOf(ctx context.Context, r db.Reader, id programme.EditionID) ([]Theme, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (t Theme, err error) {
		err = sc.Scan(&t.ID, &t.Name, &t.Meaning, &t.Retired, &t.Version)
		return t, err
	}, `select id, name, meaning, retired, version from themes where edition_id = $1 order by retired, name, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the themes of %s: %w", id, err)
	}
	return list, nil
}

func readingsOf(ctx context.Context, r db.Reader, id programme.EditionID) ([]Reading, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (o Reading, err error) {
		var themes string
		if err = sc.Scan(&o.Verbatim, &o.Coder, &o.Name, &themes, &o.Version); err == nil {
			err = json.Unmarshal([]byte(themes), &o.Themes)
		}
		return o, err
	}, `select t.verbatim, t.coder, coalesce(p.name, ''), t.themes, t.version from theme_readings t left join people p on t.coder = 'person:' || p.id where t.edition_id = $1 order by t.verbatim, t.coder`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what was read in %s: %w", id, err)
	}
	return list, nil
}

// verbatims are the words of surveys and of the boards of the hot debrief, as each of these
// shows them to the programme's team, in an order that says nothing of when they came.
func (s *Service) verbatims(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (all []Verbatim, err error) {
	if all, err = fromSurveys(ctx, r, id); err != nil {
		return nil, err
	}
	boards, err := fromBoards(ctx, r, id, func(one room.ID) (*board.State, error) {
		v, err := s.rooms.Read(ctx, by, one)
		return v.State, err
	})
	all = append(all, boards...)
	slices.SortFunc(all, func(a, b Verbatim) int { return strings.Compare(a.ID, b.ID) })
	return all, err
}

// fromSurveys are the words of the answers that are read.
func fromSurveys(ctx context.Context, r db.Reader, id programme.EditionID) (all []Verbatim, err error) {
	type row struct {
		hash, body, quote, name, form string
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (o row, err error) {
		err = sc.Scan(&o.hash, &o.body, &o.quote, &o.name, &o.form)
		return o, err
	}, `select a.answer_hash, a.answers, a.quote, a.quoted_name, s.form from survey_answers a join surveys s on s.id = a.survey_id where s.edition_id = $1 and `+survey.Readable+` order by a.answer_hash`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the words of the surveys of %s: %w", id, err)
	}
	for _, o := range list {
		f, err := form.Parse([]byte(o.form))
		if err != nil {
			return nil, err
		}
		answers, err := form.ParseAnswers([]byte(o.body))
		if err != nil {
			return nil, err
		}
		for _, q := range f.Fields() {
			if words, is := answers[q.ID].(string); is && q.Type == "longtext" && words != "" {
				all = append(all, Verbatim{ID: "survey:" + o.hash[:32] + ":" + q.ID, Question: q.Label, Words: words, Quote: survey.Quote(o.quote), Name: o.name, author: o.hash})
			}
		}
	}
	return all, nil
}

// fromBoards are the texts of the debrief boards of an edition's gatherings that read opens;
// one that it refuses is left out. They may be quoted, without a name, where their card says so.
func fromBoards(ctx context.Context, r db.Reader, id programme.EditionID, read func(room.ID) (*board.State, error)) (all []Verbatim, err error) {
	list, err := db.List(ctx, r, db.Value[string], `select b.id from boards b join gatherings g on g.id = b.gathering_id where g.edition_id = $1 and b.kit_id = 'debrief' and b.project_id is null order by b.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("find the debriefs of %s: %w", id, err)
	}
	for _, one := range list {
		state, err := read(room.ID(one))
		if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, onBoard(one, state)...)
	}
	return all, nil
}

// onBoard are the texts of one board, but for what waits to be revealed.
func onBoard(id string, state *board.State) (all []Verbatim) {
	for _, c := range state.Cards {
		if c.Hidden || c.Removed {
			continue
		}
		kind, _ := state.Kit().Card(c.Type)
		quote := survey.NoQuote
		if textOf(c.Fields["quote"] != nil, func() json.RawMessage { return c.Fields["quote"].V }) == "yes" {
			quote = survey.Nameless
		}
		for _, f := range kind.Fields {
			if words := textOf(c.Fields[f.ID] != nil && f.Type == kit.Text, func() json.RawMessage { return c.Fields[f.ID].V }); words != "" {
				all = append(all, Verbatim{ID: "board:" + id + ":" + c.ID + ":" + f.ID, Question: form.Localised{"key": "board"}, Words: words, Quote: quote, author: id + ":" + c.By})
			}
		}
	}
	return all
}

func textOf(is bool, value func() json.RawMessage) (words string) {
	if !is || json.Unmarshal(value(), &words) != nil {
		return ""
	}
	return strings.TrimSpace(words)
}

// corpus weighs verbatims.
func corpus(list []Verbatim) []cluster.Text {
	words := make([][]string, len(list))
	for i, v := range list {
		words[i] = strings.FieldsFunc(strings.ToLower(v.Words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	return cluster.Corpus(words, text.Fold)
}

func (t *Theme) check() (bad []errs.Field) {
	t.Name, t.Meaning = strings.Join(strings.Fields(text.Clean(t.Name)), " "), strings.TrimSpace(text.Clean(t.Meaning))
	if t.Name == "" || utf8.RuneCountInString(t.Name) > MaxName {
		bad = append(bad, errs.Field{Path: "name", Key: "coding.name_wrong", Args: []any{MaxName}})
	}
	if utf8.RuneCountInString(t.Meaning) > MaxMeaning {
		bad = append(bad, errs.Field{Path: "meaning", Key: "coding.meaning_long", Args: []any{MaxMeaning}})
	}
	return bad
}

// Write adds a theme to the codebook (no ID), or changes one. Errors: Invalid on "name",
// "meaning"; Conflict coding.themes_many, coding.meanwhile; as the policy, on verbatim.code.
func (s *Service) Write(ctx context.Context, by account.User, id programme.EditionID, t Theme) error {
	bad := t.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.edition(ctx, tx, by, id); err != nil {
			return err
		}
		if err := errs.NewInvalid("coding.invalid", bad); err != nil {
			return err
		}
		act, key, query := "coding.theme_changed", "coding.meanwhile", `update themes set name = $3, meaning = $4, retired = $5, version = version + 1 where id = $1 and edition_id = $2 and version = $6 and $7 = $7 and $8 = $8`
		if t.ID == "" {
			t.ID, act, key = db.NewID(), "coding.theme_written", "coding.themes_many"
			query = `insert into themes (id, edition_id, name, meaning, retired, version, created_at, created_by) select $1, $2, $3, $4, $5, 1 + $6, $7, $8 where ` + fmt.Sprint(MaxThemes) + ` > (select count(*) from themes where edition_id = $2)`
			t.Version, t.Retired = 0, false
		}
		n, err := tx.Exec(ctx, query, t.ID, string(id), t.Name, t.Meaning, t.Retired, t.Version, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("write a theme of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, key)
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "edition", ID: string(id), Detail: map[string]any{"theme": t.ID}})
	})
}

// Code says which themes by reads in a verbatim, none included; an earlier reading of hers
// is replaced. Errors: NotFound; Invalid on "themes"; Conflict coding.meanwhile when she
// read it again on another page; as the policy, on verbatim.code.
func (s *Service) Code(ctx context.Context, by account.User, id programme.EditionID, in Reading) error {
	desk, err := s.Open(ctx, by, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(desk.Verbatims, func(v Verbatim) bool { return v.ID == in.Verbatim }) {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	slices.Sort(in.Themes)
	in.Themes = append([]string{}, slices.Compact(in.Themes)...)
	body, err := json.Marshal(in.Themes)
	if err != nil {
		return fmt.Errorf("write a reading: %w", err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.edition(ctx, tx, by, id); err != nil {
			return err
		}
		themes, err := themesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, one := range in.Themes {
			if !slices.ContainsFunc(themes, func(t Theme) bool { return t.ID == one }) {
				return errs.NewInvalid("coding.invalid", []errs.Field{{Path: "themes", Key: "coding.theme_unknown"}})
			}
		}
		n, err := tx.Exec(ctx, `insert into theme_readings (edition_id, verbatim, coder, themes, version, read_at) values ($1, $2, $3, $4, 1, $5)
			on conflict (edition_id, verbatim, coder) do update set themes = excluded.themes, version = theme_readings.version + 1, read_at = excluded.read_at where theme_readings.version = $6`,
			string(id), in.Verbatim, by.Actor(), string(body), s.clock.Now(), in.Version)
		if err != nil {
			return fmt.Errorf("code a verbatim of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "coding.meanwhile")
		}
		return nil
	})
}
