package cli

// solve are the computations that anybody can replay on files.
type solve struct {
	Calibrate solveCalibrate `cmd:"" help:"Tell how severe each reader is and what each file is worth, with what uncertainty. Without --scores, reads a request in JSON on the standard input and answers on the standard output."`
	Pairwise  solvePairwise  `cmd:"" help:"Rank by comparisons two by two."`
}
