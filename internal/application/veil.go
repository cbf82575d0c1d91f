package application

import (
	"context"
	"slices"

	"transformateur/internal/application/veil"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// veil takes out of a deposit what a reader who may not know who bears the project does not see.
func (s *Service) veil(ctx context.Context, r db.Reader, d *Deposit) error {
	if d.named() == nil {
		return nil
	}
	all, err := veil.Of(ctx, r, d.Selection, string(d.ID))
	v := all[string(d.ID)]
	d.SubmittedName, d.Title = "", v.Text(d.Title)
	for _, field := range d.Form.Form.Fields() {
		if v.Hides(field) {
			d.Hidden = append(d.Hidden, field.ID)
			delete(d.Answers, field.ID)
		} else if a, answered := d.Answers[field.ID]; answered {
			a.Value = v.Answer(field, a.Value)
			d.Answers[field.ID] = a
		}
	}
	d.Files = slices.DeleteFunc(d.Files, func(a Attachment) bool { return slices.Contains(d.Hidden, a.Field) })
	for i, a := range d.Files {
		d.Files[i].Name, d.Files[i].UploadedBy = veil.Name(a.Field, i+1, a.Name), ""
	}
	return err
}

// named refuses what names somebody to a reader who may not know who bears the project.
func (f File) named() error {
	if f.May["application.read"].Sees("identity") {
		return nil
	}
	return errs.New(errs.Conflict, "application.receipt_veiled")
}
