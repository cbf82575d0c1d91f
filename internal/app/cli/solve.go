package cli

// solve holds the commands that decide from files alone: no install is needed.
type solve struct {
	Assign solveAssign `cmd:"" help:"Assign readers to files, from a problem in JSON or from a matrix in CSV. Exits with 3 when there is no assignment, and says why; with 2 when the input cannot be read."`
}
