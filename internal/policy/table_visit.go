package policy

// visitRules are the rights on visits of sponsors.
var visitRules []Rule
