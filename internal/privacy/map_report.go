package privacy

// reportTables hold the report of an edition.
var reportTables []Table
