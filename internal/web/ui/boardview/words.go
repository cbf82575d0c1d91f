// Package boardview is what a page gives the live board of the browser beside its address: its words.
package boardview

import (
	"context"
	"encoding/json"

	"transformateur/internal/i18n"
)

// names are the sentences that the board says, by the name it gives them. %s is filled
// in the browser; a counted one has two names, ending with _one and _more.
var names = []string{
	"somebody", "me", "close", "done", "more", "none_chosen", "state_live", "state_sending_one", "state_sending_more", "state_away",
	"state_away_waiting_one", "state_away_waiting_more", "state_connecting", "state_ended", "people_here_one", "people_here_more", "role_facilitator",
	"role_team", "role_coach", "role_peer", "role_expert", "role_guest", "role_reader", "go_see", "view_list", "view_board", "view_is_list",
	"view_is_board", "undo", "undone", "follow", "removed", "removed_title", "removed_none", "restore", "restored", "keys", "keys_title", "key_arrows",
	"key_arrows_does", "key_enter", "key_enter_does", "key_escape", "key_escape_does", "key_new", "key_new_does", "key_move", "key_move_does",
	"key_vote", "key_vote_does", "key_delete", "key_delete_does", "key_undo", "key_undo_does", "key_view", "key_view_does", "key_help", "key_help_does",
	"phase", "phase_of", "phase_before", "phase_after", "phase_next", "now_past", "now_reader", "now_vote", "now_frozen", "now_zones", "now_hidden",
	"now_last", "timer_minute", "timer_over", "timer_minutes", "timer_start", "timer_more", "timer_stop", "zones", "zone_empty", "zone_closed",
	"zone_full", "add", "add_to", "draw", "draw_to", "draw_title", "draw_chance", "draw_answered_one", "draw_answered_more", "edit", "move", "remove",
	"move_title", "move_inside", "move_first", "move_up", "move_down", "move_last", "moved_to", "moved_inside", "place_x", "place_y", "place_put",
	"card_hidden", "card_empty", "hidden_mine", "pending", "writes", "bad_link", "bad_amount", "picture_sending", "picture_sent", "picture_failed",
	"picture_take", "picture_choose", "picture_remove", "picture_offline", "paper_title", "paper_closed", "imported_by",
	"versions_title", "version_by", "version_keep", "version_merge", "version_merged", "version_keep_merged", "dot_less", "dot_more", "dots_mine_one",
	"dots_mine_more", "dots_left_one", "dots_left_more", "vote_shared", "vote_people_one", "vote_people_more", "vote_secret", "vote_not_yours",
	"votes_open", "zones_open", "result_dots_one", "result_dots_more", "result_pairs", "result_score_one", "result_score_more", "result_spread",
	"pairs_progress", "pairs_or", "pairs_done", "radar_label", "past", "past_slide", "past_at", "past_close", "past_failed", "lead", "lead_more",
	"freeze", "thaw", "prompt_label", "prompt_show", "prompt_clear", "call_here", "called", "call_failed", "call", "call_go", "call_stay", "late_one",
	"late_more", "wall", "code", "refused_title", "refused_text", "refused_late", "copy", "copied", "dismiss", "news_one", "news_more",
}

// Says is the sentences of the board in the language of a request, as the JSON object
// that <live-board data-says> takes.
func Says(ctx context.Context) string {
	said := make(map[string]string, len(names))
	for _, name := range names {
		said[name], _ = i18n.Message(i18n.From(ctx), "boardview."+name)
	}
	text, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings can be written
	}
	return string(text)
}
