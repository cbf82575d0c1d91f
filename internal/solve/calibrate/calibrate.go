// Package calibrate tells how severe each reader is from the files that several have read, and what each file is worth with what uncertainty.
package calibrate

import (
	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/standing"
)

// Reading is one score that a reader gave to a file.
type Reading struct {
	File   string  `json:"application"`
	Reader string  `json:"juror"`
	Score  float64 `json:"score"`
	Weight float64 `json:"confidence,omitempty"` // declared confidence or competence: a reading of weight 2 counts as two; 0 means 1
}

// Input is the readings of a panel and the line.
type Input struct {
	Readings      []Reading
	Select        int             // K: how many files stand above the line
	Votes         []pairwise.Vote // comparisons of the same files, which join the scores
	Seed          uint64          // of the draws: same input and same seed, same result, whatever the order of the readings
	Draws         int             // 0 takes 4,000
	DealtAtRandom bool            // the organiser declares that files were dealt at random: groups of readers who share no file may then be compared
	OwnError      bool            // learn a spread of error for each reader of MinOwnError scores
	HeavyTails    bool            // Student errors with 4 degrees of freedom: one absurd score weighs little
}

// MinOwnError is the number of scores from which a reader's own spread is learnt.
const MinOwnError = 8

// The sizes beyond which Fit refuses.
const (
	MaxFiles   = 20_000
	MaxReaders = 1_000
	MaxScore   = 1e100 // in absolute value
	MaxWeight  = 1_000 // and its inverse at least
)

// Result is what the readings say. The order of Files is the order to show:
// calibrated when Adjusted, raw otherwise.
type Result struct {
	Adjusted      bool      `json:"adjusted"` // false: too little overlap, Overlap says why; then every zone is grey
	Files         []File    `json:"files"`
	Readers       []Reader  `json:"readers"` // by name
	Select        int       `json:"select"`
	Mean          float64   `json:"mean"` // μ: what the whole panel would give on average
	Variances     Variances `json:"variances"`
	Overlap       Overlap   `json:"overlap"`
	Undecidable   int       `json:"undecidable"`    // files in the grey zone
	ExpectedFlips float64   `json:"expected_flips"` // of the K selected, how many another panel of the same size would replace, on average
	LeaveOut      []LeftOut `json:"leave_out"`      // readers whose absence alone changes the selected files
	Draws         int       `json:"draws"`
	Seed          uint64    `json:"seed"`

	state *state
}

// Variances are those of y = μ + θ(file) + b(reader) + ε, in squared units of the
// score.
type Variances struct {
	Quality  float64 `json:"quality"`  // τ², of θ between files
	Severity float64 `json:"severity"` // β², of b between readers
	Error    float64 `json:"error"`    // σ², of ε for a reading of weight 1
}

// File is what the readings say of one file. Calibrated is the score that the whole
// panel would give on average.
type File struct {
	File       string     `json:"application"`
	N          int        `json:"n"`          // readings
	RawMean    float64    `json:"mean"`       // plain mean of its scores
	RawRank    int        `json:"raw_rank"`   // 1 is the best; equal means share the better rank
	Calibrated float64    `json:"calibrated"` // posterior mean
	Rank       int        `json:"rank"`       // by Calibrated
	Low        float64    `json:"low"`        // 90 % interval of the calibrated value
	High       float64    `json:"high"`
	PSelected  float64    `json:"p_selected"` // probability of being among the K best
	Expected   float64    `json:"expected_rank"`
	RankLow    int        `json:"rank_low"` // 90 % interval of the rank
	RankHigh   int        `json:"rank_high"`
	Zone       Zone       `json:"zone"`
	Apart      bool       `json:"apart,omitempty"` // read by a group of readers that shares nothing with the largest one
	Correction Correction `json:"correction"`
}

// Zone is accept, grey or refuse: it informs, it does not decide.
type Zone = standing.Zone

// Correction is the way from the raw mean to the calibrated value: RawMean + Weights
// + Severity + Shrinkage + Votes = Calibrated.
type Correction struct {
	Weights   float64 `json:"weights"`   // readings of more weight count more
	Severity  float64 `json:"severity"`  // readers more severe than the panel raise it, generous ones lower it
	Shrinkage float64 `json:"shrinkage"` // few readings are drawn towards the mean of all
	Votes     float64 `json:"votes"`     // comparisons moved it
}

// Reader is what the readings say of one reader.
type Reader struct {
	Reader     string  `json:"juror"`
	N          int     `json:"n"`
	Shift      float64 `json:"severity"`    // b: what she adds to a score beside the panel; negative is severe, positive generous
	ShiftError float64 `json:"error"`       // standard error of Shift
	Spread     float64 `json:"spread"`      // standard deviation of her scores around what the model expects
	Shared     int     `json:"shared"`      // files that she read and others too: what Shift rests on
	Partners   int     `json:"partners"`    // readers with whom she shares a file
	ErrorScale float64 `json:"error_scale"` // her error beside the common one, 1 unless OwnError
}

// Overlap is whether readers can be compared.
type Overlap struct {
	Groups       [][]string `json:"groups"`       // readers linked by shared files, the largest group first; more than one: disconnected
	Connectivity float64    `json:"connectivity"` // second eigenvalue of the normalised Laplacian of the readers' graph, 0 when disconnected
	CutFiles     []string   `json:"cut_files"`    // files each of which alone links a group of readers to the others
	Repeats      int        `json:"repeats"`      // readings beyond those that a comparison needs at the least
	Problems     []Problem  `json:"problems"`     // in the order below

	outside int // files read outside the largest group
}

// Problem is a weakness of the overlap.
type Problem string

// The problems of an overlap. The first three forbid to adjust; so does
// Disconnected when more than a tenth of the files stand outside the largest group,
// unless the organiser declares that files were dealt at random. The last two warn.
const (
	OneReader    Problem = "one_reader"    // nobody to compare with
	NothingTwice Problem = "nothing_twice" // no file was read twice
	TooLittle    Problem = "too_little"    // fewer repeated readings than severities to learn
	Disconnected Problem = "disconnected"  // groups of readers share no file
	Weak         Problem = "weak"          // Connectivity under WeakUnder
	SingleFile   Problem = "single_file"   // CutFiles is not empty
)

// WeakUnder is the connectivity under which an overlap is called weak.
const WeakUnder = 0.1

// LeftOut is what the absence of one reader would change.
type LeftOut struct {
	Reader string   `json:"juror"`
	In     []string `json:"in"`  // files that would be selected
	Out    []string `json:"out"` // files that would not
}

// Pair is a file and a reader who may read it.
type Pair struct {
	File   string `json:"application"`
	Reader string `json:"juror"`
}

// Suggestion is one more reading and what it is worth.
type Suggestion struct {
	Pair
	Gain float64 `json:"gain"` // by how much Σ P(1−P) is expected to fall, over all files
}
