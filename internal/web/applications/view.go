package applications

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"transformateur/internal/application"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// view turns a file into what the form's components show.
func view(ctx context.Context, h *Handler, f application.File) formview.View {
	versions := make(map[string]int64, len(f.Answers))
	for field, a := range f.Answers {
		versions[field] = a.Version
	}
	return formview.View{Form: f.Form, State: f.State, Answers: f.Values(), Versions: versions, Checks: h.Files.Checks(f), Files: filesOf(ctx, f),
		StepURL: func(step string) string { return at(f.ID, "edit?step="+url.QueryEscape(step)) }}
}

// writing adds what the page of a person who writes shows: which fields she may
// change, who else is there, and the texts that wait for a choice.
func (h *Handler) writing(r *http.Request, f application.File) (formview.View, error) {
	v := view(r.Context(), h, f)
	user := ui.User(r)
	v.Editable = func(field string) bool { return f.MayEdit(field, h.Clock.Now()) }
	v.ReadOnly = !f.May["application.edit"].Allowed
	var err error
	if v.Marks, err = h.Files.Marks(r.Context(), user, f.ID); err != nil {
		return v, err
	}
	variants, err := h.Files.Variants(r.Context(), user, f.ID)
	if err != nil {
		return v, err
	}
	names, err := h.Files.Names(r.Context(), user, f.ID)
	if err != nil {
		return v, err
	}
	v.Conflict = map[string]formview.Conflict{}
	for _, k := range variants {
		field := f.Form.Form.Field(k.Field)
		if field == nil {
			continue
		}
		theirs := f.Answers[k.Field]
		speech := speech(r.Context(), v.Checks)
		v.Conflict[k.Field] = formview.Conflict{Variant: k.ID, Mine: field.Plain(k.Value, speech), Theirs: field.Plain(theirs.Value, speech),
			Author: names[theirs.Author], At: there(f, theirs.SavedAt), Version: theirs.Version}
	}
	return v, nil
}

func speech(ctx context.Context, checks form.Checks) form.Speech {
	return form.Speech{Lang: string(i18n.From(ctx)), Checks: checks, Say: func(key string, args ...any) string { return i18n.T(ctx, key, args...) }}
}

var fileStates = map[application.AttachmentStatus]ui.FileState{application.Pending: ui.FileChecking, application.Clean: ui.FileReady, application.Refused: ui.FileRefused}

// filesOf lists the attachments of a file by question.
func filesOf(ctx context.Context, f application.File) map[string][]formview.File {
	out := map[string][]formview.File{}
	for _, a := range f.Files {
		file := formview.File{ID: a.ID, Name: a.Name, Size: a.Size, Digest: a.Digest, URL: at(f.ID, "files/"+a.ID), State: fileStates[a.Status]}
		found := a.Found()
		if a.Status != application.Refused { // only what keeps evaluators from opening it
			at := slices.IndexFunc(found, func(p errs.Field) bool { return p.Key == scrutiny.NoCopy })
			if at < 0 {
				at = len(found)
			}
			found = found[at:]
		}
		for i, p := range found {
			if i > 0 {
				file.Why += " "
			}
			file.Why += i18n.T(ctx, p.Key, p.Args...)
		}
		out[a.Field] = append(out[a.Field], file)
	}
	return out
}

func statusKey(s application.Status) string { return "applications.status_" + string(s) }

// tones of the badges of statuses.
var tones = map[application.Status]ui.Tone{application.Draft: ui.Info, application.Submitted: ui.Success, application.Reopened: ui.Warning, application.Withdrawn: ui.Info}

// may says whether the reader may do something on the file.
func may(f application.File, act string) bool {
	return f.May[policy.Action("application."+act)].Allowed
}

// tabs are the rooms of a file, for its team.
func tabs(ctx context.Context, f application.File, current string) []ui.NavItem {
	var items []ui.NavItem
	add := func(page, key string) {
		items = append(items, ui.NavItem{Label: i18n.T(ctx, key), URL: at(f.ID, page), Current: page == current})
	}
	add("", "applications.tab_file")
	if may(f, "edit") {
		add("edit", "applications.tab_write")
	}
	add("team", "applications.tab_team")
	add("comments", "applications.tab_comments")
	if may(f, "thread") && !f.SubmittedAt.IsZero() {
		add("thread", "applications.tab_thread")
	}
	return items
}

// crumbs lead from the list of files to a page of one of them.
func crumbs(ctx context.Context, f application.File, inside bool) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "applications.title"), URL: "/applications"}}
	if inside {
		list = append(list, ui.Crumb{Label: f.Title, URL: at(f.ID, "")})
	}
	return list
}
