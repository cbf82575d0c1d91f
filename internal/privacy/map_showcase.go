package privacy

// showcaseTables hold the showcase.
var showcaseTables []Table
