package ui

import (
	"io"
	"mime"
	"net/http"
	"time"
)

// Attachment is a Content-Disposition that always downloads, whatever the file's
// name holds (RFC 6266, RFC 8187).
func Attachment(name string) string {
	value := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	if value == "" {
		return "attachment"
	}
	return value
}

// Kept is a file that people sent.
type Kept struct {
	Name string
	MIME string // "" for bytes that say nothing
	At   time.Time
}

// Keep answers with a file that people sent, always to be kept and never opened:
// whatever it holds, no browser runs it in our origin. An ETag or a rule for caches
// that the caller has set stays.
func Keep(w http.ResponseWriter, r *http.Request, f Kept, content io.ReadSeeker) {
	h := w.Header()
	if f.MIME == "" {
		f.MIME = "application/octet-stream"
	}
	h.Set("Content-Type", f.MIME)
	h.Set("Content-Disposition", Attachment(f.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	http.ServeContent(w, r, "", f.At, content)
}
