package ui

import "mime"

// Attachment is a Content-Disposition that always downloads, whatever the file's
// name holds (RFC 6266, RFC 8187).
func Attachment(name string) string {
	value := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	if value == "" {
		return "attachment"
	}
	return value
}
