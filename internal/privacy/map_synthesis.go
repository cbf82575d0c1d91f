package privacy

// synthesisTables hold synthesis sheets and partners.
var synthesisTables []Table
