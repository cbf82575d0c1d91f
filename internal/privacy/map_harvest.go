package privacy

// harvestTables hold lists of schemes from elsewhere.
var harvestTables []Table
