package assignment

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
)

// Head is the first line of the sheet of an assignment, out and in: the columns of
// HotCRP's bulk assignment ("paper", "action", "email"), with names that people read
// beside them. On the way in, "paper" may stand for "file", and only the first three
// columns are read.
var Head = []string{"file", "action", "email", "name", "title"}

// The actions of a line: the member reads the file, or does not. With "all" for the
// address, "clear" takes the file from everybody; with "all" for the file too, it
// empties the plan.
const (
	lineAssign = "assign"
	lineClear  = "clear"
	lineAll    = "all"
)

// mostProblems is how many bad lines are told at once.
const mostProblems = 20

// Rows are the lines of the sheet of the plan, on the files of the board.
func (b Board) Rows() (rows [][]any) {
	for _, f := range b.Files {
		for _, id := range b.Readers(f.ID) {
			i := slices.IndexFunc(b.Members, func(m committee.Member) bool { return m.ID == id })
			if i < 0 {
				continue
			}
			rows = append(rows, []any{string(f.ID), lineAssign, b.Members[i].Email, b.Members[i].Name, f.Title})
		}
	}
	return rows
}

// Import changes the plan as the lines of a sheet say, all of them or none. A file is
// named by its identifier or by its number. Errors: Invalid on "content", a line each;
// Conflict as Edit; it says how many lines it read.
func (s *Service) Import(ctx context.Context, by account.User, id committee.SelectionID, content []byte, base int64) (int, error) {
	b, err := s.Board(ctx, by, id)
	if err != nil {
		return 0, err
	}
	in, err := sheet.Read(bytes.NewReader(content), sheet.Bounds{Bytes: 8 << 20, Rows: 100_000, Columns: 50, Cell: 2000, Sheets: 1})
	if err != nil {
		return 0, err
	}
	lines, err := b.lines(in)
	if err != nil {
		return 0, err
	}
	return len(lines), s.change(ctx, by, id, base, "assignment.imported", func(_ committee.Selection, p *Plan) error {
		if p.Frozen {
			return errs.New(errs.Conflict, "assignment.frozen")
		}
		for _, l := range lines {
			l.apply(p)
		}
		return nil
	})
}

// order is one line as it was understood; a clear may be of several files or members.
type order struct {
	action  string
	files   []application.ID
	members []committee.MemberID // nil: everybody
}

func (o order) apply(p *Plan) {
	if o.action == lineAssign {
		for _, m := range o.members {
			if pair := (Pair{o.files[0], m}); !has(p.Pairs, pair) {
				p.Pairs = append(p.Pairs, Given{pair, Imported})
			}
		}
		return
	}
	p.Pairs = slices.DeleteFunc(p.Pairs, func(g Given) bool {
		return slices.Contains(o.files, g.File) && (o.members == nil || slices.Contains(o.members, g.Member))
	})
}

// lines reads the orders of a sheet, or says which cannot be followed.
func (b Board) lines(in sheet.Incoming) (list []order, err error) {
	rows := in.Tables[0].Rows
	column := map[string]int{}
	for i, head := range rows[0].Cells {
		name := strings.ToLower(strings.TrimSpace(head))
		if name == "paper" {
			name = "file"
		}
		if _, twice := column[name]; !twice {
			column[name] = i
		}
	}
	var bad []errs.Field
	fault := func(key string, args ...any) { bad = append(bad, errs.Field{Path: "content", Key: key, Args: args}) }
	for _, name := range Head[:3] {
		if _, there := column[name]; !there {
			fault("assignment.column_missing", name)
		}
	}
	if len(bad) > 0 {
		return nil, errs.NewInvalid("assignment.invalid", bad)
	}
	for _, row := range rows[1:] {
		cell := func(name string) string {
			if i := column[name]; i < len(row.Cells) {
				return strings.TrimSpace(sheet.Bare(row.Cells[i]))
			}
			return ""
		}
		o, key := b.line(cell("file"), strings.ToLower(cell("action")), strings.ToLower(cell("email")))
		if key != "" && len(bad) < mostProblems {
			fault(key, row.Number)
		}
		list = append(list, o)
	}
	return list, errs.NewInvalid("assignment.invalid", bad)
}

// line reads one order; key says what is wrong with it, or "".
func (b Board) line(file, action, email string) (o order, key string) {
	o.action = action
	for _, f := range b.Files {
		if string(f.ID) == file || strconv.Itoa(f.Number) == file || file == lineAll && action == lineClear {
			o.files = append(o.files, f.ID)
		}
	}
	for _, m := range b.Members {
		if strings.EqualFold(m.Email, email) {
			o.members = append(o.members, m.ID)
		}
	}
	switch everybody := email == lineAll && action == lineClear; {
	case action != lineAssign && action != lineClear:
		return o, "assignment.row_action"
	case len(o.files) == 0:
		return o, "assignment.row_file"
	case len(o.members) == 0 && !everybody:
		return o, "assignment.row_member"
	case action == lineAssign && b.barred[Pair{o.files[0], o.members[0]}]:
		return o, "assignment.row_recused"
	}
	return o, ""
}
