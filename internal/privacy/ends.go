package privacy

// ending says what becomes of the rows of a table when the time of a project is over: every
// column of words is emptied, but those of but, or the rows go.
type ending struct {
	rows string // the rows of a project, $1
	goes bool   // whether they are deleted
	but  string // columns of words that stay, being no text: codes
	own  bool   // whether project.go writes them itself, for they take more than that
}

const ofProject = `project_id = $1`

// ends are the tables that hold what a project left. A table that follows a project and is
// neither here nor in stays is refused by a test.
var ends = map[string]ending{
	"projects":             {own: true},
	"project_items":        {rows: ofProject},
	"project_facts":        {rows: ofProject, goes: true},
	"project_outcomes":     {rows: ofProject},
	"boards":               {own: true},
	"board_sheets":         {own: true},
	"board_log":            {own: true},
	"board_late":           {own: true},
	"board_pictures":       {own: true},
	"venue_ops":            {own: true},
	"venue_boards":         {own: true},
	"gathering_deposits":   {own: true},
	"heard_needs":          {rows: ofProject},
	"meetings":             {rows: ofProject},
	"meeting_rules":        {rows: ofProject},
	"pitch_feedback":       {rows: ofProject},
	"coaching_answers":     {rows: `note_id in (select n.id from coaching_notes n where n.project_id = $1)`, goes: true},
	"coaching_variants":    {rows: `note_id in (select n.id from coaching_notes n where n.project_id = $1)`, goes: true},
	"roadmap_entries":      {rows: ofProject},
	"roadmap_changes":      {rows: ofProject, goes: true},
	"news_links":           {rows: ofProject, goes: true},
	"news_told":            {rows: ofProject},
	"visits":               {rows: ofProject},
	"visit_privates":       {rows: `visit_id in (select v.id from visits v where v.project_id = $1)`, goes: true},
	"sponsorships":         {rows: ofProject},
	"bookings":             {rows: ofProject},
	"booking_proposals":    {rows: ofProject},
	"expert_conflicts":     {rows: ofProject},
	"right_requests":       {rows: ofProject, but: "language"},
	"right_asks":           {rows: `request_id in (select q.id from right_requests q where q.project_id = $1)`},
	"orientation_steps":    {rows: `orientation_id in (select o.id from orientations o where o.project_id = $1)`},
	"factory_sheets":       {rows: ofProject},
	"factory_deliverables": {rows: `sheet_id in (select f.id from factory_sheets f where f.project_id = $1)`},
	"factory_gates":        {rows: ofProject},
	"crew_places":          {rows: ofProject},
	"synthesis_lines":      {rows: ofProject},
	"synthesis_exported":   {rows: `line_id in (select l.id from synthesis_lines l where l.project_id = $1)`},
	"commitments":          {rows: ofProject},
	"proposals":            {rows: ofProject},
	"survey_links":         {rows: ofProject, goes: true},
	"survey_drafts":        {rows: `link_id in (select l.id from survey_links l where l.project_id = $1)`, goes: true},
	"survey_answers":       {own: true},
	"showcase_sheets":      {own: true},
	"showcase_fields":      {own: true},
	"showcase_pictures":    {own: true},
}

// stays says why a table that follows projects is left as it is when one of them ends.
var stays = map[string]string{
	"agenda_absences":     "of a seat: a month after the gathering",
	"agenda_needs":        "of a seat: a month after the gathering",
	"agenda_seen":         "of a seat: goes with its person",
	"entrance_badges":     "of a seat: goes with its person",
	"entrance_marks":      "attendance, for the figures of the edition",
	"live_question_votes": "a count",
	"live_questions":      "asked in the room, of nobody's project",
	"participants":        "the seats of a gathering: each goes with its person",
	"partner_offers":      "a partner's, to everybody",
	"registrations":       "of a gathering: goes with its person",
	"pitch_votes":         "a count",
	"offer_answers":       "a count: what was heard is emptied",
	"offer_interests":     "a count",
	"coaching_notes":      "that somebody came, and when: the words are beside",
	"board_places":        "which seat stood at which board",
	"assemblies":          "of an edition",
	"assembly_partners":   "of an edition",
	"assembly_sayings":    "a count",
	"assembly_turns":      "a count",
	"booking_cells":       "hours taken, without words",
	"orientations":        "amounts and states, for the figures of the edition",
	"right_accounts":      "accounts that a funder may ask for",
	"right_entries":       "accounts that a funder may ask for",
	"right_movements":     "accounts that a funder may ask for",
	"right_shares":        "accounts that a funder may ask for",
	"syntheses":           "a state, without words",
	"synthesis_consents":  "the proof of what was agreed to",
}
