package app

func init() {
	// The pages of deliberation name a file that nobody stepped aside from.
	inSelection = append(inSelection, func(_ *world, _ string, params map[string]string) { params["{file}"] = params["{title}"] })
}
