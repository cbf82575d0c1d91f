package policy

// harvestRules are the rights on lists of schemes from elsewhere.
var harvestRules []Rule
