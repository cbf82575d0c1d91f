package assignment

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/solve/assign"
)

// Head is the first line of the sheet of an assignment, out and in: the columns of
// HotCRP's bulk assignment ("paper", "action", "email"), with names that people read
// beside them. On the way in only the first three columns are read.
var Head = []string{"file", "action", "email", "name", "title"}

// Columns are the names by which the columns that are read may stand, ours first; then
// those of HotCRP's sheets (src/assignmentset.php of HotCRP, 2024), then French words.
var columns = map[string][]string{
	"file":   {"file", "paper", "pid", "paperid", "paper_id", "id", "dossier", "numéro"},
	"action": {"action", "assignment", "type"},
	"email":  {"email", "user", "courriel", "adresse"},
}

// The actions of a line: the member reads the file, or does not. With "all" for the
// address, "clear" takes the file from everybody; with "all" for the file too, it
// empties the plan.
const (
	lineAssign = "assign"
	lineClear  = "clear"
	lineAll    = "all"
)

// actions are the words for them: ours, and those that HotCRP writes for a review of any kind.
var actions = map[string]string{
	"assign": lineAssign, "review": lineAssign, "primary": lineAssign, "primaryreview": lineAssign, "secondary": lineAssign, "secondaryreview": lineAssign,
	"pcreview": lineAssign, "optional": lineAssign, "optionalreview": lineAssign, "metareview": lineAssign,
	"clear": lineClear, "clearreview": lineClear, "noreview": lineClear, "unassign": lineClear,
}

// everybodies are the addresses that stand for all members, with "clear" alone.
var everybodies = []string{lineAll, "any", "#pc", "pc"}

// The bounds of a sheet: a committee of a thousand and a call of a thousand files fit.
var bounds = sheet.Bounds{Bytes: 2 << 20, Rows: 20_000, Columns: 50, Cell: 2000, Sheets: 1}

// mostProblems is how many bad lines are told at once, when none is followed.
const mostProblems = 20

// Rows are the lines of the sheet of the plan, on the files of the board.
func (b Board) Rows() (rows [][]any) {
	members := map[committee.MemberID]committee.Member{}
	for _, m := range b.Members {
		members[m.ID] = m
	}
	for _, f := range b.Files {
		for _, id := range b.Readers(f.ID) {
			if m, sits := members[id]; sits {
				rows = append(rows, []any{string(f.ID), lineAssign, m.Email, m.Name, f.Title})
			}
		}
	}
	return rows
}

// Column is a column of a sheet, and what it was read as: "" for one that is left alone.
type Column struct{ Name, As string }

// Outcome is what following a line does.
type Outcome string

// The outcomes of a line.
const (
	Adds    Outcome = "added"
	Removes Outcome = "removed"
	Keeps   Outcome = "unchanged"
	Refuses Outcome = "refused"
)

// Line is one line of a sheet, as it was typed and as it was understood.
type Line struct {
	Number              int // in the file, from 1
	File, Action, Email string
	Title, Name         string // of the file and of the member; "" for all or for nobody known
	Outcome             Outcome
	Reason              string // message key of why it is refused
	Pairs               int    // how many readings it adds or removes
	action              string
	file                application.ID     // "" for every file that is seen
	member              committee.MemberID // "" for everybody
	seen                map[application.ID]bool
}

// Incoming is what a sheet would do to the plan, before anything changes.
type Incoming struct {
	Board
	Columns []Column
	Lines   []Line
	Count   map[Outcome]int
	Changes Changes          // from the plan to the plan with the sheet followed
	After   []assign.Warning // what would be wrong then
	Follow  []byte           // the lines that can be followed, for Import
}

// Preview reads a sheet and says what following it would do, line by line; nothing
// changes. Errors: Invalid on "content" for what is no such sheet; Conflict when the plan
// is frozen.
func (s *Service) Preview(ctx context.Context, by account.User, id committee.SelectionID, content []byte) (in Incoming, err error) {
	b, err := s.Board(ctx, by, id)
	if err != nil {
		return in, err
	}
	if b.Plan.Frozen {
		return in, errs.New(errs.Conflict, "assignment.frozen")
	}
	in = Incoming{Board: b, Count: map[Outcome]int{}}
	if in.Columns, in.Lines, err = b.read(content); err != nil {
		return in, err
	}
	plan := sources(b.Plan.Pairs)
	var kept bytes.Buffer
	out := csv.NewWriter(&kept)
	rows := [][]string{Head[:3]}
	for i := range in.Lines {
		l := &in.Lines[i]
		l.follow(plan)
		in.Count[l.Outcome]++
		if l.Outcome != Refuses {
			rows = append(rows, []string{l.File, l.action, l.Email})
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return in, err
	}
	in.Follow = kept.Bytes()
	after := listed(plan)
	in.Changes = changes(b.Plan.Pairs, after)
	account, err := assign.Check(b.Problem, links(after))
	if err != nil {
		return in, unsolvable(err)
	}
	in.After = account.Warnings
	return in, nil
}

// Import changes the plan as the lines of a sheet say, all of them or none. A file is
// named by its identifier or by its number. Errors: Invalid on "content", a line each;
// Conflict as Edit; it says how many lines it read.
func (s *Service) Import(ctx context.Context, by account.User, id committee.SelectionID, content []byte, base int64) (int, error) {
	b, err := s.Board(ctx, by, id)
	if err != nil {
		return 0, err
	}
	_, lines, err := b.read(content)
	if err != nil {
		return 0, err
	}
	var bad []errs.Field
	for _, l := range lines {
		if l.Outcome == Refuses && len(bad) < mostProblems {
			bad = append(bad, errs.Field{Path: "content", Key: l.Reason, Args: []any{l.Number}})
		}
	}
	if err := errs.NewInvalid("assignment.invalid", bad); err != nil {
		return 0, err
	}
	return len(lines), s.change(ctx, by, id, base, "assignment.imported", func(_ committee.Selection, p *Plan) error {
		if p.Frozen {
			return errs.New(errs.Conflict, "assignment.frozen")
		}
		plan := sources(p.Pairs)
		for i := range lines {
			lines[i].follow(plan)
		}
		p.Pairs = listed(plan)
		return nil
	})
}

// listed are pairs with their sources, in order.
func listed(plan map[Pair]string) []Given {
	out := make([]Given, 0, len(plan))
	for p, source := range plan {
		out = append(out, Given{p, source})
	}
	slices.SortFunc(out, func(a, b Given) int { return a.compare(b.Pair) })
	return out
}

// follow does what a line says to a plan, and notes what that changes.
func (l *Line) follow(plan map[Pair]string) {
	if l.Outcome == Refuses {
		return
	}
	l.Outcome, l.Pairs = Keeps, 0
	one := Pair{l.file, l.member}
	_, reads := plan[one]
	switch {
	case l.action == lineAssign && !reads:
		plan[one] = Imported
		l.Outcome, l.Pairs = Adds, 1
	case l.action == lineClear && reads:
		delete(plan, one)
		l.Outcome, l.Pairs = Removes, 1
	case l.action == lineClear && (l.file == "" || l.member == ""):
		for p := range plan {
			if (l.file == "" || l.file == p.File) && (l.member == "" || l.member == p.Member) && l.seen[p.File] {
				delete(plan, p)
				l.Outcome, l.Pairs = Removes, l.Pairs+1
			}
		}
	}
}

// read tells the columns of a sheet and understands its lines; those that cannot be
// followed say why. Errors: Invalid on "content" for a file that is no such sheet.
func (b Board) read(content []byte) (heads []Column, lines []Line, err error) {
	in, err := sheet.Read(bytes.NewReader(content), bounds)
	if err != nil {
		return nil, nil, err
	}
	rows := in.Tables[0].Rows
	heads, place, err := columnsOf(rows[0].Cells)
	if err != nil {
		return nil, nil, err
	}
	names := b.named()
	for _, row := range rows[1:] {
		cell := func(name string) string {
			if i := place[name]; i < len(row.Cells) {
				return strings.TrimSpace(sheet.Bare(row.Cells[i]))
			}
			return ""
		}
		lines = append(lines, names.line(Line{Number: row.Number, File: cell("file"), Action: cell("action"), Email: cell("email")}))
	}
	if len(lines) == 0 {
		return nil, nil, errs.NewInvalid("assignment.invalid", []errs.Field{{Path: "content", Key: "assignment.sheet_empty"}})
	}
	return heads, lines, nil
}

// columnsOf says which column is read as what; the first of two wins.
func columnsOf(cells []string) (heads []Column, place map[string]int, err error) {
	place = map[string]int{}
	for i, head := range cells {
		name := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head, "\ufeff")))
		c := Column{Name: strings.TrimSpace(head)}
		for as, known := range columns {
			if _, taken := place[as]; !taken && slices.Contains(known, name) {
				c.As, place[as] = as, i
			}
		}
		heads = append(heads, c)
	}
	var bad []errs.Field
	for _, name := range Head[:3] {
		if _, there := place[name]; !there {
			bad = append(bad, errs.Field{Path: "content", Key: "assignment.column_missing", Args: []any{name}})
		}
	}
	return heads, place, errs.NewInvalid("assignment.invalid", bad)
}

// names finds the files and the members of a board by what a sheet calls them.
type names struct {
	board   Board
	files   map[string]File
	members map[string]committee.Member
	seen    map[application.ID]bool
}

func (b Board) named() names {
	n := names{b, map[string]File{}, map[string]committee.Member{}, map[application.ID]bool{}}
	for _, f := range b.Files {
		n.files[strconv.Itoa(f.Number)] = f
	}
	for _, f := range b.Files {
		n.files[string(f.ID)], n.seen[f.ID] = f, true
	}
	for _, m := range b.Members {
		n.members[strings.ToLower(m.Email)] = m
	}
	return n
}

// line understands one line, or says what is wrong with it.
func (n names) line(l Line) Line {
	file, files := n.files[strings.TrimPrefix(l.File, "#")]
	member, members := n.members[strings.ToLower(l.Email)]
	l.Title, l.Name = file.Title, member.Name
	l.action = actions[strings.ToLower(l.Action)]
	clears := l.action == lineClear
	everything := clears && strings.EqualFold(l.File, lineAll)
	everybody := clears && slices.Contains(everybodies, strings.ToLower(l.Email))
	l.file, l.member, l.seen = file.ID, member.ID, n.seen
	switch {
	case strings.Contains(strings.ToLower(l.Action), "conflict"):
		l.Reason = "assignment.row_conflict"
	case l.action == "":
		l.Reason = "assignment.row_action"
	case !files && !everything:
		l.Reason = "assignment.row_file"
	case !members && !everybody:
		l.Reason = "assignment.row_member"
	case l.action == lineAssign && n.board.barred[Pair{file.ID, member.ID}]:
		l.Reason = "assignment.row_recused"
	}
	if l.Reason != "" {
		l.Outcome = Refuses
	}
	return l
}
