package privacy

// visitTables hold visits of sponsors.
var visitTables []Table
