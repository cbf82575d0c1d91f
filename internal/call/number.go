package call

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"

	"transformateur/internal/platform/db"
)

// Numbering gives a file of a call its number, from how many the call has with it.
type Numbering func(files int64) (int64, error)

// Drawn draws numbers at random, among at least nine thousand and twice as many as
// there are files. One given in the order of creation would tell each applicant how
// many files were begun before hers.
func Drawn(files int64) (int64, error) {
	least := int64(1000)
	for 9*least < 2*files {
		least *= 10
	}
	n, err := rand.Int(rand.Reader, big.NewInt(9*least))
	if err != nil {
		return 0, fmt.Errorf("draw a number: %w", err)
	}
	return least + n.Int64(), nil
}

// Number gives the next file of a call a number that no other one took. The row of
// the call stays locked until tx ends.
func Number(ctx context.Context, tx *db.Tx, id ID, numbering Numbering, taken func(number int64) (bool, error)) (int, error) {
	var files int64
	if err := tx.QueryRow(ctx, `update calls set last_number = last_number + 1 where id = $1 returning last_number`, string(id)).Scan(&files); err != nil {
		return 0, fmt.Errorf("count a file of %s: %w", id, err)
	}
	for {
		number, err := numbering(files)
		if err != nil {
			return 0, err
		}
		if there, err := taken(number); err != nil || !there {
			return int(number), err
		}
	}
}
