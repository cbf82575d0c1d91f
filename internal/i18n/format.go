package i18n

import (
	"fmt"
	"strings"
	"time"

	"transformateur/internal/platform/text"
)

// Sayer is an argument that knows how to say itself in each language, such as a date.
type Sayer interface {
	SayIn(lang Lang) string
}

// format fills a sentence. Missing arguments show as fmt shows them; extra ones
// are dropped, since one language may need fewer than another.
func format(lang Lang, sentence string, args []any) string {
	verbs := strings.Count(strings.ReplaceAll(sentence, "%%", ""), "%")
	if verbs == 0 {
		return strings.ReplaceAll(sentence, "%%", "%")
	}
	said := make([]any, len(args))
	for i, arg := range args {
		if s, ok := arg.(Sayer); ok {
			said[i] = s.SayIn(lang)
			continue
		}
		if at, ok := arg.(time.Time); ok {
			said[i] = text.DateTime(string(lang), at)
			continue
		}
		said[i] = arg
	}
	if len(said) > verbs && !strings.Contains(sentence, "%[") {
		said = said[:verbs]
	}
	return fmt.Sprintf(sentence, said...)
}
