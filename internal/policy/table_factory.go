package policy

// factoryRules are the rights on factory editions.
var factoryRules []Rule
