package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/errs"
)

const uploadID = "upload_file"

func (h *Handler) addFiles() {
	add(h, operation{id: uploadID, method: http.MethodPost, path: "/applications/{id}/files", group: groupOwn, action: editFile, on: onFile, scope: scopeWrite, status: http.StatusCreated,
		effects: []string{actAttached}, setup: func(op *huma.Operation) {
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{binaryMedium: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
		}}, h.upload)
	add(h, operation{id: "remove_file", method: http.MethodDelete, path: "/applications/{id}/files/{file}", group: groupOwn, action: editFile, on: onFile, scope: scopeWrite, status: http.StatusNoContent}, h.remove)
	add(h, operation{id: "get_file", method: get, path: "/applications/{id}/files/{file}", group: groupFiles, action: readFile, on: onFile, scope: scopeRead, setup: answersBytes}, h.file)
	add(h, operation{id: "list_receipts", method: get, path: "/applications/{id}/receipts", group: groupOwn, action: readFile, on: onFile, scope: scopeRead}, h.receipts)
	add(h, operation{id: "get_receipt", method: get, path: "/applications/{id}/receipts/{number}", group: groupOwn, action: readFile, on: onFile, scope: scopeRead}, h.receipt)
}

// upload is a file being sent: its bytes are read as they come.
type upload struct {
	ByID
	Field string `query:"field" required:"true" maxLength:"120"`
	Name  string `query:"name" required:"true" maxLength:"255"`
	body  io.Reader
}

// Resolve takes the body, which is not JSON.
func (u *upload) Resolve(ctx huma.Context) []error {
	u.body = ctx.BodyReader()
	return nil
}

func (h *Handler) upload(ctx context.Context, by account.User, in *upload) (*made[File], error) {
	id := application.ID(in.ID)
	var attached struct {
		ID string `json:"attachment"`
	}
	if done, ok := lost(ctx, actAttached); ok {
		if err := json.Unmarshal(done.Detail, &attached); err != nil {
			return nil, fmt.Errorf("find a file that was sent: %w", err)
		}
	} else {
		a, err := h.Files.Attach(ctx, by, id, in.Field, in.Name, in.body)
		if err != nil {
			return nil, err
		}
		attached.ID = a.ID
	}
	f, err := h.Files.Open(ctx, by, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(f.Files, func(a application.Attachment) bool { return a.ID == attached.ID })
	if i < 0 { // taken out meanwhile
		return nil, errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	return &made[File]{Prefix + "/applications/" + in.ID + "/files/" + attached.ID, tellFiles(f.Files[i : i+1])[0]}, nil
}

// FileOf names a file of an application.
type FileOf struct {
	ByID
	File string `path:"file" maxLength:"60"`
}

func (h *Handler) remove(ctx context.Context, by account.User, in *FileOf) (*struct{}, error) {
	return &struct{}{}, h.Files.Detach(ctx, by, application.ID(in.ID), in.File)
}

// file gives the team the bytes it sent, and the programme those it may see.
func (h *Handler) file(ctx context.Context, by account.User, in *struct {
	FileOf
	Original bool `query:"original"`
}) (*huma.StreamResponse, error) {
	id := application.ID(in.ID)
	if _, err := h.Files.Open(ctx, by, id); err == nil {
		a, content, err := h.Files.Content(ctx, by, id, in.File)
		if err != nil {
			return nil, err
		}
		return download(a.Name, a.Digest, a.UploadedAt, content), nil
	} else if !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	a, content, err := h.Files.Served(ctx, by, id, in.File, in.Original)
	if err != nil {
		return nil, err
	}
	digest := a.CleanDigest
	if in.Original || digest == "" {
		digest = a.Digest
	}
	return download(a.Name, digest, a.UploadedAt, content), nil
}

func (h *Handler) receipts(ctx context.Context, by account.User, in *struct {
	ByID
	Paging
}) (*listed[receipt.Signed], error) {
	all, err := h.Files.Receipts(ctx, by, application.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return paged(ctx, in.Paging, all, func(r receipt.Signed) string { return fmt.Sprint(r.Receipt.Number) }, func(r receipt.Signed) receipt.Signed { return r })
}

func (h *Handler) receipt(ctx context.Context, by account.User, in *struct {
	ByID
	Number int64 `path:"number" minimum:"1"`
}) (*one[receipt.Signed], error) {
	r, err := h.Files.Receipt(ctx, by, application.ID(in.ID), in.Number)
	return &one[receipt.Signed]{r}, err
}
