package boards

// islandWords are the texts of the island, under "boards.w_" and their name.
var islandWords = []string{}
