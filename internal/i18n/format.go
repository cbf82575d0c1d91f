package i18n

import (
	"fmt"
	"strings"
)

// Sayer is an argument that knows how to say itself in each language, such as a date.
type Sayer interface {
	SayIn(lang Lang) string
}

// format fills a sentence. Missing arguments show as fmt shows them; extra ones
// are dropped, since one language may need fewer than another.
func format(lang Lang, text string, args []any) string {
	verbs := strings.Count(strings.ReplaceAll(text, "%%", ""), "%")
	if verbs == 0 {
		return strings.ReplaceAll(text, "%%", "%")
	}
	said := make([]any, len(args))
	for i, arg := range args {
		if s, ok := arg.(Sayer); ok {
			said[i] = s.SayIn(lang)
			continue
		}
		said[i] = arg
	}
	if len(said) > verbs && !strings.Contains(text, "%[") {
		said = said[:verbs]
	}
	return fmt.Sprintf(text, said...)
}
