package pairwise

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"transformateur/internal/solve/table"
)

// ParseVotes reads a CSV file of columns assessor, loser, winner and, when there is one,
// equal: 1 when neither was preferred, 0 or blank otherwise. A vote may stand several
// times. It returns a *table.Fault that names the line and the column.
func ParseVotes(r io.Reader) ([]Vote, error) {
	rows, err := table.Read(r, "assessor", "loser", "winner")
	if err != nil {
		return nil, err
	}
	all := make([]Vote, 0, len(rows))
	for _, row := range rows {
		v := Vote{Reader: row.Text("assessor"), Winner: row.Text("winner"), Loser: row.Text("loser")}
		switch equal := row.Text("equal"); equal {
		case "", "0":
		case "1":
			v.Equal = true
		default:
			return nil, &table.Fault{Line: row.Line, Field: "equal", Value: equal, Problem: table.OutOfRange}
		}
		if fault := v.check(); fault != nil {
			fault.Line = row.Line
			return nil, fault
		}
		all = append(all, v)
	}
	return all, nil
}

// WriteRanking writes the items from the best, in CSV, in the columns of a
// calibration: mean is the share of comparisons won, calibrated the worth.
func (r *Result) WriteRanking(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"application", "n", "mean", "calibrated", "low", "high", "p_selected", "zone", "expected_rank", "rank", "rank_low", "rank_high"}}
	for _, it := range r.Items {
		rows = append(rows, []string{it.Item, strconv.Itoa(it.N), number(it.Won), number(it.Worth), number(it.Low), number(it.High),
			strconv.FormatFloat(it.PSelected, 'f', 4, 64), string(it.Zone), strconv.FormatFloat(it.ExpectedRank, 'f', 3, 64),
			strconv.Itoa(it.Rank), strconv.Itoa(it.RankLow), strconv.Itoa(it.RankHigh)})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

func number(x float64) string {
	if text := strconv.FormatFloat(x, 'f', 6, 64); text != "-0.000000" {
		return text
	}
	return "0.000000"
}
