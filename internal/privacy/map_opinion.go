package privacy

// herOpinions are those that a person was asked for.
const herOpinions = `(select o.id from opinions o where o.person_id in {id})`

// opinionTables are what experts outside a committee are asked and what they say; and the
// readings that members offer each other. They are kept as reviews are.
var opinionTables = []Table{
	{Name: "opinions", Activity: Files, Rule: "deposited", Identifying: "email name", Words: "question form content reason", Trace: "due_at asked_at answered_at submitted_at ended_at", Linked: "person_id asked_by",
		Technical: "id selection_id application_id invitation_id organisation_id status attached confidentiality version",
		Rows:      `(person_id in {id} or asked_by in {actor})`, Leaves: "work/opinions", Hidden: "email name content reason", Erased: `person_id in {id}`, Erasure: Empties, Empty: "email name", Near: `(application_id in {circle} or person_id in {id})`, Why: "privacy.why_figures"},
	{Name: "opinion_answers", Key: "opinion_id field", Activity: Files, Rule: "deposited", Words: "value", Trace: "saved_at", Technical: "opinion_id field version",
		Rows: `opinion_id in ` + herOpinions, Leaves: "work/opinion-answers", Erasure: Keeps, Near: `(opinion_id in ` + herOpinions + ` or opinion_id in (select id from opinions where application_id in {circle}))`, Why: "privacy.why_record"},
	{Name: "opinion_variants", Activity: Files, Rule: "deposited", Words: "value", Trace: "kept_at settled_at", Technical: "id opinion_id field base outcome",
		Rows: `opinion_id in ` + herOpinions, Leaves: "work/opinion-variants", Erasure: Empties, Empty: "value", Why: "privacy.why_figures"},
	{Name: "handovers", Activity: Files, Rule: "deposited", Words: "reason", Trace: "proposed_at answered_at", Technical: "id selection_id application_id from_member to_member status version",
		Rows: `(from_member in (select id from committee_members where person_id in {id}) or to_member in (select id from committee_members where person_id in {id}))`, Leaves: "work/handovers", Erasure: Keeps, Near: `application_id in {circle}`, Why: "privacy.why_record"},
}
