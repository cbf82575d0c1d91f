// Package deliberation is the meeting that decides: what the readings say together, a room where a committee follows one file at a time and votes, decisions with their reasons, and minutes that are signed.
package deliberation

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/portfolio"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Status is where a room stands.
type Status string

// The statuses. A room that nobody set up yet has none.
const (
	Ready  Status = "ready" // set up, not open
	Open   Status = "open"
	Closed Status = "closed" // the minutes are signed
)

// Room is the deliberation of one selection: its settings, and what is discussed now.
type Room struct {
	Selection     committee.SelectionID
	Status        Status
	Quorum        int                // how many must be there to vote on a file
	Seconds       int                // given to each file; 0: no timer
	Named         bool               // who voted what is shown once the vote is closed
	Threshold     *float64           // calibrated score under which a file is marked; nil: none
	Envelope      *int64             // what may be granted in all, in euros; nil: none
	Countersigned bool               // a second person signs the minutes before anything is announced
	Portfolio     portfolio.Rules    // what is watched of what is retained
	Reasons       []Reason           // that a decision may give
	Order         []application.ID   // in which files are discussed; those that are missing follow by number
	Current       application.ID     // under discussion; "" between two files
	Beside        application.ID     // second file under discussion, to pair or merge; "" for none
	Called        time.Time          // when the file was called
	Until         time.Time          // end of its time; zero without a timer
	Deputy        committee.MemberID // presides over files from which the chair stepped aside
	OpenedAt      time.Time
	ClosedAt      time.Time
	Version       int64

	discussion int // number of the discussion: leaving and motions belong to one
}

// Reason is one of the reasons that the decisions of a selection may give.
type Reason struct {
	Key   string         `json:"key"`
	Label form.Localised `json:"label"`
}

// readyReasons are what a selection starts from; the chair words hers.
var readyReasons = []Reason{
	{"fit", form.Localised{"fr": "Le projet répond aux objectifs de l’appel", "en": "The project meets the aims of the call"}},
	{"rank", form.Localised{"fr": "D’autres projets ont été jugés prioritaires", "en": "Other projects were given priority"}},
	{"scope", form.Localised{"fr": "Le projet sort du champ de l’appel", "en": "The project is outside the scope of the call"}},
	{"maturity", form.Localised{"fr": "Le projet doit mûrir avant d’être accompagné", "en": "The project must mature before it is supported"}},
	{"commitment", form.Localised{"fr": "L’engagement des parties prenantes n’est pas établi", "en": "The commitment of those concerned is not established"}},
	{"overlap", form.Localised{"fr": "Le projet recoupe un autre projet retenu", "en": "The project overlaps with another one that is retained"}},
	{"incomplete", form.Localised{"fr": "Il manque des éléments pour décider", "en": "Information is missing to decide"}},
}

// ReasonNamed finds a reason by its key.
func (r Room) ReasonNamed(key string) (Reason, bool) {
	for _, one := range r.Reasons {
		if one.Key == key {
			return one, true
		}
	}
	return Reason{}, false
}

// settings is the room without anything that tells of its files or of its acts: what a
// page may hold of it whoever reads.
func (r Room) settings() Room {
	return Room{Selection: r.Selection, Status: r.Status, Quorum: r.Quorum, Seconds: r.Seconds, Named: r.Named, Threshold: r.Threshold, Envelope: r.Envelope, Countersigned: r.Countersigned, Portfolio: r.Portfolio, Reasons: r.Reasons, OpenedAt: r.OpenedAt}
}

// floor is what is under discussion.
func (r Room) floor() (files []application.ID) {
	for _, id := range []application.ID{r.Current, r.Beside} {
		if id != "" {
			files = append(files, id)
		}
	}
	return files
}

const roomColumns = `selection_id, status, quorum, seconds, named, threshold, envelope, reasons, discussion_order, coalesce(application_id, ''), coalesce(beside_id, ''), discussion,
	called_at, timer_until, coalesce(deputy_id, ''), opened_at, closed_at, countersigned, portfolio, version`

func scanRoom(sc db.Scanner) (r Room, err error) {
	var reasons, order, rules string
	err = sc.Scan(&r.Selection, &r.Status, &r.Quorum, &r.Seconds, &r.Named, &r.Threshold, &r.Envelope, &reasons, &order, &r.Current, &r.Beside, &r.discussion,
		&r.Called, &r.Until, &r.Deputy, &r.OpenedAt, &r.ClosedAt, &r.Countersigned, &rules, &r.Version)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(reasons), &r.Reasons); err != nil {
		return r, fmt.Errorf("read the reasons of %s: %w", r.Selection, err)
	}
	if err := json.Unmarshal([]byte(order), &r.Order); err != nil {
		return r, fmt.Errorf("read the order of %s: %w", r.Selection, err)
	}
	if err := json.Unmarshal([]byte(rules), &r.Portfolio); err != nil {
		return r, fmt.Errorf("read what is watched in %s: %w", r.Selection, err)
	}
	return r, nil
}

// roomOf reads the room of a selection; one that nobody set up yet has no version.
func roomOf(ctx context.Context, r db.Reader, id committee.SelectionID) (Room, error) {
	room, err := db.Get(ctx, r, scanRoom, `select `+roomColumns+` from deliberations where selection_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return Room{Selection: id, Status: Ready, Seconds: 600, Countersigned: true, Reasons: readyReasons}, nil
	}
	return room, err
}

// save writes the room as it is now. Error: Conflict when it changed since it was read.
func (r *Room) save(ctx context.Context, tx *db.Tx, actor string) error {
	reasons, err := json.Marshal(r.Reasons)
	if err != nil {
		return fmt.Errorf("write the reasons of %s: %w", r.Selection, err)
	}
	order, err := json.Marshal(append([]application.ID{}, r.Order...))
	if err != nil {
		return fmt.Errorf("write the order of %s: %w", r.Selection, err)
	}
	rules, err := json.Marshal(r.Portfolio)
	if err != nil {
		return fmt.Errorf("write what is watched in %s: %w", r.Selection, err)
	}
	args := []any{string(r.Selection), string(r.Status), r.Quorum, r.Seconds, r.Named, r.Threshold, r.Envelope, string(reasons), string(order), db.Null(r.Current), db.Null(r.Beside), r.discussion,
		r.Called, r.Until, db.Null(r.Deputy), r.OpenedAt, r.ClosedAt, r.Version, r.Countersigned, string(rules)}
	text := `update deliberations set status = $2, quorum = $3, seconds = $4, named = $5, threshold = $6, envelope = $7, reasons = $8, discussion_order = $9, application_id = $10, beside_id = $11,
		discussion = $12, called_at = $13, timer_until = $14, deputy_id = $15, opened_at = $16, closed_at = $17, version = $18 + 1, countersigned = $19, portfolio = $20 where selection_id = $1 and version = $18`
	if r.Version == 0 {
		args = append(args, actor)
		text = `insert into deliberations (selection_id, status, quorum, seconds, named, threshold, envelope, reasons, discussion_order, application_id, beside_id, discussion, called_at, timer_until, deputy_id, opened_at, closed_at, version, countersigned, portfolio, opened_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 + 1, $19, $20, $21)`
	}
	n, err := tx.Exec(ctx, text, args...)
	if db.Taken(err) || err == nil && n == 0 {
		return errs.New(errs.Conflict, "deliberation.meanwhile")
	}
	if err != nil {
		return fmt.Errorf("save the room of %s: %w", r.Selection, err)
	}
	r.Version++
	return nil
}
