package invitations

import (
	"context"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// facts are what an offer says: by whom, what, until when.
func facts(ctx context.Context, v view) []ui.Pair {
	var rows []ui.Pair
	if v.InviterName != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "invitation.by"), Text: v.InviterName})
	}
	rows = append(rows,
		ui.Pair{Term: i18n.T(ctx, "invitation.about"), Text: v.ObjectName},
		ui.Pair{Term: i18n.T(ctx, "invitation.role"), Text: i18n.T(ctx, "invitation.relation_"+v.Relation)},
		ui.Pair{Term: i18n.T(ctx, "invitation.sent_to"), Text: v.Email},
		ui.Pair{Term: i18n.T(ctx, "invitation.answer_before"), Text: ui.Instant(ctx, ui.Local(v.ExpiresAt, v.zone()))})
	if !v.RelationUntil.IsZero() {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "invitation.relation_until"), Text: ui.Day(ctx, ui.Local(v.RelationUntil, v.zone()))})
	}
	return rows
}

func paragraphs(message string) []string {
	var list []string
	for _, line := range strings.Split(message, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// acceptLabel says what taking the offer up does: a seat and an opinion are taken up on
// their own page, after the commitment was read.
func (v view) acceptLabel(ctx context.Context) string {
	switch v.Object.Kind {
	case "seat":
		return i18n.T(ctx, "invitation.accept_seat")
	case "opinion":
		return i18n.T(ctx, "invitation.accept_opinion")
	}
	return i18n.T(ctx, "invitation.accept", v.by.Name)
}
