package cli

// solve are the computations that anybody can replay on files.
type solve struct {
	Assign    solveAssign    `cmd:"" help:"Assign readers to files, from a problem in JSON or from a matrix in CSV. Exits with 3 when there is no assignment, and says why; with 2 when the input cannot be read."`
	Calibrate solveCalibrate `cmd:"" help:"Tell how severe each reader is and what each file is worth, with what uncertainty. Without --scores, reads a request in JSON on the standard input and answers on the standard output."`
	Pairwise  solvePairwise  `cmd:"" help:"Rank by comparisons two by two."`
}
