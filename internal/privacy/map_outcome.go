package privacy

// outcomeTables hold what people say afterwards.
var outcomeTables []Table
