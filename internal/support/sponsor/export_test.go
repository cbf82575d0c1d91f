package sponsor

// Match and Instance are the calculation, for tests that write down what it is given.
var (
	Match    = match
	Instance = instance
)
