// Package pool is the experts whom a programme vets: what each one knows, when she may be asked, and whom she will not serve.
package pool

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// ID identifies an expert in a programme; it is random.
type ID string

// Status is where an expert stands in a programme.
type Status string

// The statuses. One who is revoked keeps what she was doing and is asked nothing new.
const (
	Invited  Status = "invited"
	Active   Status = "active"
	Declined Status = "declined"
	Revoked  Status = "revoked"
)

// The bounds of a sheet: characters of a line, of a text, words of a list, cents of a day,
// minutes of a capacity.
const (
	MaxLine     = 200
	MaxText     = 1000
	MaxWords    = 20
	MaxCents    = 1_000_000
	MaxCapacity = 60 * 24 * 366
)

// Sheet is what a programme's team writes of an expert.
type Sheet struct {
	Name         string
	Organisation string // "" when she speaks for nobody
	Subjects     []string
	Languages    []string // "fr", "en", or any word
	Territory    string   // in words; "" for anywhere
	Availability string
	Partner      string // who pays for her time when it is a gift
	DayCents     int64  // 0 for a gift
	Capacity     int64  // minutes between From and Until; 0 for no limit
	From, Until  string // "2027-03-01", or ""
	Version      int64  // the one that was read
}

// Expert is somebody whom a programme vetted, or invited.
type Expert struct {
	ID        ID
	Programme programme.ProgrammeID
	Person    account.PersonID // "" until she accepts
	Email     string
	Status    Status
	AddedAt   time.Time
	RevokedAt time.Time
	Sheet
}

// Conflict is whom an expert will not serve.
type Conflict struct {
	ID           string
	Project      project.ID // "" for an organisation
	Title        string     // of the project
	Organisation string
}

// Service keeps the experts of programmes.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	people     *account.Service
	programmes *programme.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Policy     *policy.Service
	Bus        *event.Bus
	People     *account.Service
	Programmes *programme.Service
}

// New makes the service, and has it follow who answers an invitation.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, people: d.People, programmes: d.Programmes}
	d.Bus.Subscribe("experts.answered", s.onAnswer, "invitation.accepted", "invitation.declined")
	d.Bus.Subscribe("experts.merged", s.onMerged, "person.merged")
	return s
}

const columns = `x.id, x.programme_id, coalesce(x.person_id, ''), x.email, x.name, x.organisation, x.subjects, x.languages, x.territory, x.availability, x.partner, x.day_cents,
	x.capacity_minutes, x.capacity_from, x.capacity_until, x.status, x.added_at, x.revoked_at, x.version`

func scan(sc db.Scanner) (x Expert, err error) {
	var subjects, languages string
	if err = sc.Scan(&x.ID, &x.Programme, &x.Person, &x.Email, &x.Name, &x.Organisation, &subjects, &languages, &x.Territory, &x.Availability, &x.Partner, &x.DayCents,
		&x.Capacity, &x.From, &x.Until, &x.Status, &x.AddedAt, &x.RevokedAt, &x.Version); err != nil {
		return x, err
	}
	if err = json.Unmarshal([]byte(subjects), &x.Subjects); err == nil {
		err = json.Unmarshal([]byte(languages), &x.Languages)
	}
	return x, err
}

// Load reads an expert without asking who wants to know. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id ID) (Expert, error) {
	x, err := db.Get(ctx, r, scan, `select `+columns+` from experts x where x.id = $1`, string(id))
	if err != nil {
		return x, fmt.Errorf("load expert %s: %w", id, err)
	}
	return x, nil
}

// Of lists the experts of a programme by name, without asking who wants to know.
func Of(ctx context.Context, r db.Reader, id programme.ProgrammeID) ([]Expert, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from experts x where x.programme_id = $1 order by x.name, x.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the experts of %s: %w", id, err)
	}
	return list, nil
}

// Conflicts lists whom an expert will not serve, without asking who wants to know.
func Conflicts(ctx context.Context, r db.Reader, id ID) ([]Conflict, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (c Conflict, err error) {
		return c, sc.Scan(&c.ID, &c.Project, &c.Title, &c.Organisation)
	}, `select c.id, coalesce(c.project_id, ''), coalesce(p.title, ''), c.organisation from expert_conflicts c left join projects p on p.id = c.project_id where c.expert_id = $1 order by c.declared_at, c.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the conflicts of expert %s: %w", id, err)
	}
	return list, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// Words cuts a line into its words: each once, in order, without those that are too long.
func Words(line string) []string {
	list := []string{}
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		word = oneLine(word)
		if word != "" && utf8.RuneCountInString(word) <= MaxLine && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// check cleans a sheet and reports every bad field at once.
func (w *Sheet) check() (bad []errs.Field) {
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	for _, one := range []struct {
		path string
		text *string
	}{{"name", &w.Name}, {"organisation", &w.Organisation}, {"territory", &w.Territory}, {"partner", &w.Partner}} {
		*one.text = oneLine(*one.text)
		fault(utf8.RuneCountInString(*one.text) > MaxLine, one.path, "expert.line_long", MaxLine)
	}
	w.Availability = strings.TrimSpace(text.Clean(w.Availability))
	w.Subjects, w.Languages = Words(strings.Join(w.Subjects, ",")), Words(strings.Join(w.Languages, ","))
	fault(w.Name == "", "name", "expert.name_missing")
	fault(len(w.Subjects) == 0, "subjects", "expert.subjects_missing")
	fault(len(w.Subjects) > MaxWords, "subjects", "expert.words_many", MaxWords)
	fault(len(w.Languages) > MaxWords, "languages", "expert.words_many", MaxWords)
	fault(utf8.RuneCountInString(w.Availability) > MaxText, "availability", "expert.text_long", MaxText)
	fault(w.DayCents < 0 || w.DayCents > MaxCents, "rate", "expert.rate_range")
	fault(w.Capacity < 0 || w.Capacity > MaxCapacity, "capacity", "expert.capacity_range")
	fault(!isDay(w.From), "from", "expert.day_wrong")
	fault(!isDay(w.Until) || w.From != "" && w.Until != "" && w.Until < w.From, "until", "expert.day_wrong")
	return bad
}

func isDay(day string) bool {
	_, err := time.Parse(time.DateOnly, day)
	return day == "" || err == nil
}

// manage finds a programme whose experts by may choose.
func (s *Service) manage(ctx context.Context, r db.Reader, by account.User, id programme.ProgrammeID) (programme.Programme, error) {
	p, err := s.programmes.Programme(ctx, by, id)
	if err != nil {
		return p, err
	}
	_, err = s.policy.Require(ctx, r, by, "expert.manage", p.PolicyObject())
	return p, err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, x Expert) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "programme", ID: string(x.Programme), Detail: map[string]any{"expert": string(x.ID)}})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }
