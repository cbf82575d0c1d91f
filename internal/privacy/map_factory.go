package privacy

// factoryTables hold factory editions.
var factoryTables []Table
