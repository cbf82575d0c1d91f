package policy

// showcaseRules are the rights on the showcase.
var showcaseRules []Rule
