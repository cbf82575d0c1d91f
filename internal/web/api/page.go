package api

import "net/http"

func (h *Handler) page(w http.ResponseWriter, r *http.Request) error { return nil }
