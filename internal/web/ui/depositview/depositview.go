// Package depositview is how a deposited file looks to somebody who judges it: its answers without what is hidden from her, its attachments as she may open them.
package depositview

import (
	"context"
	"net/url"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// Of shows a file as it was deposited: what is hidden from the reader has left the
// answers before they come here.
func Of(ctx context.Context, d application.Deposit, checks form.Checks) formview.View {
	files := map[string][]formview.File{}
	may := d.May["application.read"]
	if may.Sees("files") {
		for _, a := range d.Files {
			file := formview.File{ID: a.ID, Name: a.Name, Size: a.Size, URL: "/files/" + url.PathEscape(string(d.ID)) + "/attachments/" + url.PathEscape(a.ID)}
			switch {
			case a.Status == application.Pending:
				file.State = ui.FileChecking
			case a.Status == application.Refused:
				file.State, file.Why = ui.FileRefused, i18n.T(ctx, "reviews.file_refused")
			case a.CleanDigest == "" && !may.Sees("contacts"):
				file.State, file.Why = ui.FileRefused, i18n.T(ctx, "reviews.file_no_copy")
			}
			files[a.Field] = append(files[a.Field], file)
		}
	}
	return formview.View{Form: d.Form, State: d.State, Answers: d.Values(), ReadOnly: true, Files: files, Hidden: d.Hidden, Checks: checks}
}
