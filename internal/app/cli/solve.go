package cli

// solve are the computations that anybody can replay on files.
type solve struct {
	Assign    solveAssign    `cmd:"" help:"Assign readers to files, from a problem in JSON or from a matrix in CSV. Exits with 3 when there is no assignment, and says why; with 2 when the input cannot be read."`
	Calibrate solveCalibrate `cmd:"" help:"Tell how severe each reader is and what each file is worth, with what uncertainty. Without --scores, reads a request in JSON on the standard input and answers on the standard output."`
	Gathering solveGathering `cmd:"" help:"Compose the plan of a gathering out of its running order, people and rooms, or repair one with --plan and --event. Exits with 3 when something that was asked cannot hold, and says what; with 2 when the input cannot be read."`
	Golfers   solveGolfers   `cmd:"" help:"Seat people who all move, so that they meet as many others as can be."`
	Mix       solveMix       `cmd:"" help:"Have visitors circulate among projects that keep their table."`
	Pairwise  solvePairwise  `cmd:"" help:"Rank by comparisons two by two."`
	Rotate    solveRotate    `cmd:"" help:"Seat the people of a gathering, round after round, from a problem in JSON. Exits with 3 when there is no plan, and says why; with 2 when the input cannot be read."`
	Timetable solveTimetable `cmd:"" help:"Plan individual meetings: everything mandatory, then the greatest weight, then the fewest holes. Exits with 3 when not everything mandatory can be held, and says why; with 2 when the input cannot be read."`
	Repair    solveRepair    `cmd:"" help:"Repair a plan after an absence, a delay, a room or a slot lost, with the fewest changes for people."`
}
