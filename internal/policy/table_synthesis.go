package policy

// synthesisRules are the rights on synthesis sheets and partners.
var synthesisRules []Rule
