package policy

// outcomeRules are the rights on what people say afterwards.
var outcomeRules []Rule
