package formview

import (
	"context"

	"transformateur/internal/i18n"
)

// sentences are the sentences that the islands say, by the name they give them. %s is filled in the browser.
var sentences = []string{
	"saved_at", "pending", "pending_more", "restored", "signed_out", "refused", "not_deposited", "not_deposited_more", "copy", "copied",
	"conflict_title", "conflict_who", "conflict_their_text", "conflict_my_text", "conflict_mine", "conflict_theirs", "conflict_third",
	"conflict_third_text", "conflict_settle", "conflict_choose", "conflict_empty", "here", "changed_by",
	"upload_sending", "upload_waiting", "upload_cancel", "upload_cancelled", "upload_failed", "upload_too_big", "upload_too_many",
	"upload_kind", "upload_checking", "upload_done", "upload_damaged", "upload_digest", "upload_forbidden",
}

func words(ctx context.Context) map[string]string {
	out := make(map[string]string, len(sentences))
	for _, name := range sentences {
		sentence, _ := i18n.Message(i18n.From(ctx), "formview."+name)
		out[name] = sentence
	}
	return out
}
