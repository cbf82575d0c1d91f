package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"transformateur/internal/platform/errs"
)

// unzipTimes is how many times its size a workbook may weigh once unfolded: real
// ones compress ten to thirty times, a bomb thousands.
const unzipTimes = 60

// leastUnzip is what any workbook may weigh unfolded, in bytes.
const leastUnzip = 32 << 20

// lastRow is the last row of a sheet in the programs that write workbooks; a file that
// claims to have a later one would have us count to it.
const lastRow = 1 << 20

func readXLSX(content []byte, b Bounds) (in Incoming, err error) {
	defer func() { // a damaged workbook is the sender's trouble, not the program's
		if fault := recover(); fault != nil {
			err = errs.New(errs.Invalid, "sheet.unreadable").Because(fmt.Errorf("read a workbook: %v", fault))
		}
	}()
	in.Format = "xlsx"
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: max(leastUnzip, unzipTimes*int64(len(content))), UnzipXMLSizeLimit: 8 << 20})
	if err != nil {
		return in, errs.New(errs.Invalid, "sheet.unreadable").Because(err)
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) > b.Sheets {
		return in, errs.New(errs.Invalid, "sheet.too_many_sheets", b.Sheets)
	}
	count := limits{Bounds: b}
	for _, name := range names {
		table, err := readSheet(f, name, &count)
		if err != nil {
			return in, err
		}
		in.Tables = append(in.Tables, table)
	}
	return in, nil
}

// readSheet reads a sheet twice at the same pace: as it is shown, to know a date and a
// share from a number, and as it is kept, whose digits no format has rounded.
func readSheet(f *excelize.File, name string, count *limits) (Table, error) {
	t := Table{Name: name}
	shown, err := f.Rows(name)
	if err != nil {
		return t, unreadable(err)
	}
	defer shown.Close()
	kept, err := f.Rows(name)
	if err != nil {
		return t, unreadable(err)
	}
	defer kept.Close()
	for number := 1; shown.Next() && kept.Next(); number++ {
		if number > lastRow {
			return t, errs.New(errs.Invalid, "sheet.too_many_rows", count.Rows)
		}
		cells, err := shown.Columns()
		if err != nil {
			return t, unreadable(err)
		}
		raw, err := kept.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return t, unreadable(err)
		}
		for i := range cells {
			if i < len(raw) {
				cells[i] = plainCell(cells[i], raw[i])
			}
		}
		if err := count.keep(&t, number, cells); err != nil {
			return t, err
		}
	}
	if err := errors.Join(shown.Error(), kept.Error()); err != nil {
		return t, unreadable(err)
	}
	return t, nil
}

func unreadable(err error) error { return errs.New(errs.Invalid, "sheet.unreadable").Because(err) }

// plainCell is the one text of a cell: ISO 8601 for dates, a point and all digits for
// numbers, « 12 % » for shares, "true" and "false".
func plainCell(shown, kept string) string {
	if shown == kept {
		return strings.TrimSuffix(shown, "\r")
	}
	n, err := strconv.ParseFloat(kept, 64)
	switch {
	case shown == "TRUE" || shown == "FALSE":
		return strings.ToLower(shown)
	case err != nil || math.IsInf(n, 0) || math.IsNaN(n):
		return shown
	case strings.HasSuffix(shown, "%"):
		return strconv.FormatFloat(math.Round(n*1e8)/1e6, 'f', -1, 64) + " %"
	case strings.Count(shown, "/")+strings.Count(shown, "-")+strings.Count(shown, ":")+strings.Count(shown, ".") >= 2 || strings.Count(shown, ":") == 1:
		return dayCell(n, shown)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// dayCell tells a date that a workbook counts in days since 1899-12-30 (ECMA-376, 18.17.4.1).
func dayCell(n float64, shown string) string {
	at, err := excelize.ExcelDateToTime(n, false)
	if err != nil || n < 1 {
		return shown
	}
	at = at.Round(time.Second)
	if n == math.Trunc(n) {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.DateTime)
}
