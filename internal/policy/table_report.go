package policy

// reportRules are the rights on the report of an edition.
var reportRules []Rule
