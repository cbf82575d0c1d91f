package form

import (
	"path"
	"slices"
	"strings"

	"transformateur/internal/form/rule"
)

// fileType is a list of ids of attachments of the application.
type fileType struct{ base }

// referenceType is the number of another file, in capitals.
type referenceType struct{ base }

// maxFiles is how many files a field takes when its author says nothing: one.
func (f *Field) maxFiles() int { return max(1, f.Settings.MaxFiles) }

func (fileType) check(f *Field, bad *problems) {
	s := f.Settings
	if s.MaxBytes < 0 || s.MaxFiles < 0 || s.MaxFiles > 100 {
		bad.add("settings.max_files", "form.setting_range")
	}
	for i, ext := range s.Accept {
		if len(ext) < 2 || ext[0] != '.' || ext != strings.ToLower(ext) {
			bad.add("settings.accept."+itoa(i), "form.setting_extension", ext)
		}
	}
}

func (fileType) fromHTML(_ *Field, in *node) any { return in.list() }

func (fileType) normalise(_ *Field, raw any) (any, string) {
	list, key := textList(raw, cleanLine)
	return list, key
}

func (fileType) validate(f *Field, v any, e *Env, b *problems) {
	list, _ := v.([]any)
	if len(list) > f.maxFiles() {
		b.add("", "form.files_many", len(list), f.maxFiles())
	}
	if e.Checks == nil {
		return
	}
	for i, item := range list {
		a, ok := e.Checks.Attachment(scalarText(item))
		if !ok {
			b.add(itoa(i), "form.file_gone")
			continue
		}
		if ext := strings.ToLower(path.Ext(a.Name)); len(f.Settings.Accept) > 0 && !slices.Contains(f.Settings.Accept, ext) {
			b.add(itoa(i), "form.file_kind", a.Name, strings.Join(f.Settings.Accept, ", "))
		}
		if most := f.Settings.MaxBytes; most > 0 && a.Size > most {
			b.add(itoa(i), "form.file_size", a.Name, a.Size, most)
		}
	}
}

func (fileType) plain(_ *Field, v any, s Speech) string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = scalarText(item)
		if s.Checks != nil {
			if a, ok := s.Checks.Attachment(out[i]); ok {
				out[i] = a.Name
			}
		}
	}
	return strings.Join(out, "; ")
}

func (fileType) part(_ *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.List, Read: readList}, name == ""
}

func (referenceType) normalise(_ *Field, raw any) (any, string) {
	v, key := lineOf(raw)
	s, _ := v.(string)
	return cleanLine(strings.ToUpper(s)), key
}

func (referenceType) validate(_ *Field, v any, _ *Env, b *problems) {
	s := scalarText(v)
	if n := rule.Characters(s); n > 60 || strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_/.", r))
	}) >= 0 {
		b.add("", "form.reference_shape")
	}
}
