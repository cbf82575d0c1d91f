package calibrate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"transformateur/internal/solve/table"
)

// ParseScores reads a CSV file of columns application, juror, score and, when there
// is one, confidence. It returns a *table.Fault that names the line and the column.
func ParseScores(r io.Reader) ([]Reading, error) {
	rows, err := table.Read(r, "application", "juror", "score")
	if err != nil {
		return nil, err
	}
	all := make([]Reading, 0, len(rows))
	seen := map[[2]string]bool{}
	for _, row := range rows {
		one, err := parseReading(row)
		if err != nil {
			return nil, err
		}
		if seen[[2]string{one.File, one.Reader}] {
			return nil, &table.Fault{Line: row.Line, Field: "juror", Value: one.Reader, Problem: table.Twice}
		}
		seen[[2]string{one.File, one.Reader}] = true
		all = append(all, one)
	}
	return all, nil
}

func parseReading(row table.Row) (r Reading, err error) {
	if r.File, err = row.Name("application"); err != nil {
		return r, err
	}
	if r.Reader, err = row.Name("juror"); err != nil {
		return r, err
	}
	if r.Score, err = row.Number("score"); err != nil {
		return r, err
	}
	if row.Text("confidence") != "" {
		if r.Weight, err = row.Number("confidence"); err != nil {
			return r, err
		}
		if r.Weight == 0 {
			return r, &table.Fault{Line: row.Line, Field: "confidence", Value: row.Text("confidence"), Problem: table.OutOfRange}
		}
	}
	var fault *table.Fault
	if errors.As(asError(r.check()), &fault) {
		fault.Line, fault.Value = row.Line, row.Text(fault.Field)
		return r, fault
	}
	return r, nil
}

func asError(f *table.Fault) error {
	if f == nil {
		return nil
	}
	return f
}

// WriteRanking writes the files in the order to show, in CSV.
func (r *Result) WriteRanking(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"application", "n", "mean", "calibrated", "low", "high", "p_selected", "zone", "expected_rank", "rank", "raw_rank", "rank_low", "rank_high"}}
	number := r.number()
	for _, f := range r.Files {
		rows = append(rows, []string{f.File, strconv.Itoa(f.N), number(f.RawMean), number(f.Calibrated), number(f.Low), number(f.High),
			strconv.FormatFloat(f.PSelected, 'f', 4, 64), string(f.Zone), strconv.FormatFloat(f.Expected, 'f', 3, 64),
			strconv.Itoa(f.Rank), strconv.Itoa(f.RawRank), strconv.Itoa(f.RankLow), strconv.Itoa(f.RankHigh)})
	}
	return written(out.WriteAll(rows))
}

// WriteReaders writes the readers by name, in CSV.
func (r *Result) WriteReaders(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"juror", "n", "severity", "error", "spread", "shared", "partners"}}
	number := r.number()
	for _, j := range r.Readers {
		rows = append(rows, []string{j.Reader, strconv.Itoa(j.N), number(j.Shift), number(j.ShiftError), number(j.Spread), strconv.Itoa(j.Shared), strconv.Itoa(j.Partners)})
	}
	return written(out.WriteAll(rows))
}

// number writes values with six decimals, or with those that the spread of the scores
// calls for when it is far from 1, so that what is rounding never shows.
func (r *Result) number() func(float64) string {
	decimals := 6
	if r.state != nil && r.state.scale > 0 && (r.state.scale < 1e-2 || r.state.scale > 1e3) {
		decimals = min(max(6-int(math.Floor(math.Log10(r.state.scale))), 0), 300)
	}
	return func(x float64) string {
		text := strconv.FormatFloat(x, 'f', decimals, 64)
		if zero, _ := strconv.ParseFloat(text, 64); zero == 0 {
			return "0"
		}
		return text
	}
}

func written(err error) error {
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}
