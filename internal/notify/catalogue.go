package notify

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
)

//go:embed templates/fr/*.md templates/en/*.md
var files embed.FS

// placeholders are what templates may hold. What each one is, and a sample, stand
// in the catalogue: notify.placeholder_name, notify.sample_name.
var placeholders = map[string]placeholderKind{
	"Name": word, "Email": word, "Code": word, "Minutes": word, "Install": word, "Programme": word,
	"Call": word, "Application": word, "What": word, "Role": word, "Author": word, "Deadline": word, "Was": word,
	"Left": word, "Missing": word, "Number": word, "Instant": word, "Due": word, "Expires": word, "Result": word,
	"Link": link, "File": link, "Place": word, "Message": quote, "Question": quote, "Answer": quote, "Reasons": quote, "Changes": quote, "List": list,
}

// Kind is a named text of the outbox and the placeholders it may hold.
type Kind struct {
	Name         string
	Placeholders []string
	own          bool // cannot be replaced: it holds a secret or is made by the program
	discreet     bool // tells that a file exists, which the programme may not know before the call closes
}

// Editable says whether a programme may write its own text for it.
func (k Kind) Editable() bool { return !k.own }

// Kinds lists every template, in the order of a programme's life.
var Kinds = []Kind{
	{"signin_link", []string{"Name", "Install", "Link", "Code", "Minutes"}, true, false},
	{"signin_code", []string{"Name", "Install", "Code", "Minutes"}, true, false},
	{"address_proof", []string{"Name", "Install", "Email", "Link", "Minutes"}, true, false},
	{"merge_proof", []string{"Name", "Install", "Email", "Link", "Minutes"}, true, false},
	{"account_changed", []string{"Name", "Install", "Link"}, true, false},
	{"security_changed", []string{"Name", "Install", "What", "Message", "Link"}, true, false},
	{"invitation", []string{"Name", "Install", "Author", "Role", "What", "Message", "Link", "Expires"}, false, false},
	{"call_opened", []string{"Name", "Install", "Programme", "Call", "Deadline", "Link"}, false, false},
	{"application_invited", []string{"Name", "Install", "Author", "Role", "Application", "Call", "Message", "Link", "Expires"}, false, true},
	{"draft_reminder", []string{"Name", "Install", "Application", "Call", "Deadline", "Left", "Missing", "Link"}, false, true},
	{"deadline_extended", []string{"Name", "Install", "Call", "Was", "Deadline", "Reasons", "Link"}, false, true},
	{"extension_drafted", []string{"Name", "Install", "Call", "Deadline", "Left", "Link"}, false, false},
	{"form_changed", []string{"Name", "Install", "Application", "Call", "Changes", "Deadline", "Link"}, false, true},
	{"receipt", []string{"Name", "Install", "Application", "Call", "Number", "Instant", "Link"}, false, true},
	{"application_imported", []string{"Name", "Install", "Application", "Call", "Author", "Number", "Instant", "Link"}, false, false},
	{"withdrawn", []string{"Name", "Install", "Application", "Call", "Number", "Instant", "Link"}, false, true},
	{"correction_requested", []string{"Name", "Install", "Application", "Call", "Message", "Due", "Link"}, false, false},
	{"correction_received", []string{"Name", "Install", "Application", "Call", "Number", "Link"}, false, false},
	{"question_received", []string{"Name", "Install", "Call", "Author", "Question", "Link"}, false, false},
	{"question_answered", []string{"Name", "Install", "Call", "Question", "Answer", "Link"}, false, false},
	{"thread_message", []string{"Name", "Install", "Author", "Application", "Message", "Link"}, false, false},
	{"admissibility_result", []string{"Name", "Install", "Application", "Call", "Result", "Reasons", "Link"}, false, false},
	{"review_reminder", []string{"Name", "Install", "Call", "What", "Left", "Deadline", "Link"}, false, false},
	{"review_returned", []string{"Name", "Install", "Author", "Application", "Call", "Reasons", "Link"}, false, false},
	{"webhook_disabled", []string{"Name", "Install", "What", "Result", "Link"}, true, false},
	{"archive_ready", []string{"Name", "Install", "Link", "Expires"}, true, false},
	{"erasure_asked", []string{"Name", "Install", "Link", "Due"}, true, false},
	{"project_ends", []string{"Name", "Install", "What", "Link", "Due"}, true, false},
	{"file_ends", []string{"Name", "Install", "Application", "Link", "Due"}, true, false},
	{"account_ends", []string{"Name", "Install", "Link", "Due"}, true, false},
	{"approval_asked", []string{"Name", "Install", "Author", "What", "Reasons", "Until", "Link"}, true, false},
	{"approval_decided", []string{"Name", "Install", "Author", "What", "Result", "Reasons", "Until", "Link"}, true, false},
	{"emergency_opened", []string{"Name", "Install", "Author", "Second", "Application", "Call", "Reasons", "Until", "Link"}, true, false},
	{"recusal_declared", []string{"Name", "Install", "Author", "Application", "Call", "Reasons", "Link"}, false, true},
	{"recusal_waived", []string{"Name", "Install", "Application", "Call", "Reasons", "Link"}, false, true},
	{"assignment_told", []string{"Name", "Install", "What", "Call", "Changes", "Due", "Link"}, false, true},
	{"opinion_answered", []string{"Name", "Install", "Author", "Application", "Call", "Result", "Link"}, false, true},
	{"opinion_revoked", []string{"Name", "Install", "Call", "Reasons"}, false, true},
	{"reading_offered", []string{"Name", "Install", "Author", "Application", "Call", "Reasons", "Link"}, false, true},
	{"reading_kept", []string{"Name", "Install", "Author", "Application", "Call", "Link"}, false, true},
	{"reading_stuck", []string{"Name", "Install", "Author", "Application", "Call", "Link"}, false, true},
	{"right_asked", []string{"Name", "Install", "What", "Link"}, false, false},
	{"right_answered", []string{"Name", "Install", "What", "Link"}, false, false},
	{"right_chosen", []string{"Name", "Install", "What", "Link"}, false, false},
	{"right_cancelled", []string{"Name", "Install", "What", "Message", "Link"}, false, false},
	{"right_ending", []string{"Name", "Install", "What", "Due", "Link"}, false, false},
	{"framing_submitted", []string{"Name", "Install", "What", "Link"}, false, false},
	{"framing_approved", []string{"Name", "Install", "Author", "What", "Link"}, false, false},
	{"framing_returned", []string{"Name", "Install", "Author", "What", "Reasons", "Link"}, false, false},
	{"crew_asked", []string{"Name", "Install", "What", "Link"}, false, false},
	{"crew_answered", []string{"Name", "Install", "Author", "What", "Link"}, false, false},
	{"crew_ended", []string{"Name", "Install", "What", "Message", "Link"}, false, false},
	{"commitment_due", []string{"Name", "Install", "What", "Message", "Due", "Link"}, false, false},
	{"proposal_made", []string{"Name", "Install", "What", "Link"}, false, false},
	{"proposal_answered", []string{"Name", "Install", "What", "Link"}, false, false},
	{"sheet_asked", []string{"Name", "Install", "What", "Link"}, false, false},
	{"sheet_proposed", []string{"Name", "Install", "What", "Link"}, false, false},
	{"sheet_sent_back", []string{"Name", "Install", "What", "Message", "Link"}, false, false},
	{"sheet_cleared", []string{"Name", "Install", "What", "Link"}, false, false},
	{"sheet_seen", []string{"Name", "Install", "What", "Link"}, false, false},
	{"sheet_withdrawn", []string{"Name", "Install", "What", "Link"}, false, false},
	{"survey_asked", []string{"Name", "Install", "What", "Expires", "Link"}, true, false},
	{"survey_recalled", []string{"Name", "Install", "What", "Expires", "Link"}, true, false},
	{"news_asked", []string{"Name", "Install", "What", "Expires", "Link"}, true, false},
	{"news_recalled", []string{"Name", "Install", "What", "Expires", "Link"}, true, false},
	{"gathering_seated", []string{"Name", "Install", "What", "Instant", "Link"}, false, false},
	{"programme_ready", []string{"Name", "Install", "What", "Link"}, false, false},
	{"programme_changed", []string{"Name", "Install", "What", "Changes", "Link"}, false, false},
	{"registration_promoted", []string{"Name", "Install", "What", "Instant", "Link"}, false, false},
	{"registration_accepted", []string{"Name", "Install", "What", "Instant", "Link"}, false, false},
	{"registration_declined", []string{"Name", "Install", "What", "Instant", "Link"}, false, false},
	{"meeting_asked", []string{"Name", "Install", "What", "Author", "Message", "Link"}, false, false},
	{"meeting_accepted", []string{"Name", "Install", "What", "Author", "Message", "Link"}, false, false},
	{"meeting_declined", []string{"Name", "Install", "What", "Author", "Message", "Link"}, false, false},
	{"booking_made", []string{"Name", "Install", "What", "Author", "Instant", "Place", "Message", "Link", "File"}, false, true},
	{"booking_proposed", []string{"Name", "Install", "What", "Author", "List", "Place", "Message", "Link"}, false, true},
	{"booking_moved", []string{"Name", "Install", "What", "Author", "Instant", "Place", "Link", "File"}, false, true},
	{"booking_cancelled", []string{"Name", "Install", "What", "Author", "Instant", "Left", "Message", "Link", "File"}, false, true},
	{"booking_refused", []string{"Name", "Install", "What", "Author", "Instant", "Message", "Link", "File"}, false, true},
	{"booking_reminded", []string{"Name", "Install", "What", "Author", "Instant", "Place", "Message", "Link", "File"}, false, true},
	{"mandate_ended", []string{"Name", "Install", "What", "Call", "Reasons"}, false, false},
	{"decision_announced", []string{"Name", "Install", "Application", "Call", "Result", "Reasons", "Message", "Due", "Link"}, false, false},
	{"place_offered", []string{"Name", "Install", "Application", "Call", "Due", "Link"}, false, false},
	{"part_asked", []string{"Name", "Install", "Application", "Call", "Message", "Due", "Link"}, false, false},
	{"place_reminder", []string{"Name", "Install", "Application", "Call", "Due", "Left", "Link"}, false, false},
	{"place_released", []string{"Name", "Install", "Application", "Call", "Reasons", "Link"}, false, false},
	{"place_answered", []string{"Name", "Install", "Application", "Call", "Result", "Message", "Link"}, false, false},
	{"appeal_received", []string{"Name", "Install", "Application", "Call", "Instant", "Link"}, false, false},
	{"appeal_lodged", []string{"Name", "Install", "Application", "Call", "Message", "Link"}, false, false},
	{"appeal_answered", []string{"Name", "Install", "Application", "Call", "Result", "Answer", "Due", "Link"}, false, false},
	{"digest", []string{"Name", "Install", "List", "Link"}, true, false},
}

// KindOf finds a template by name; an unknown one is NotFound.
func KindOf(name string) (Kind, error) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, errs.New(errs.NotFound, "errs.not_found")
	}
	return Kinds[i], nil
}

// Text is a template's words in one language.
type Text struct {
	Subject string
	Body    string // Markdown with placeholders
}

// Default is the text that the program brings.
func (k Kind) Default(lang i18n.Lang) (Text, error) {
	content, err := files.ReadFile("templates/" + string(lang) + "/" + k.Name + ".md")
	if err != nil {
		return Text{}, fmt.Errorf("read the template %s: %w", k.Name, err)
	}
	subject, body, found := strings.Cut(string(content), "\n\n")
	if !found {
		return Text{}, fmt.Errorf("the template %s has no body", k.Name)
	}
	return Text{strings.TrimSpace(subject), body}, nil
}

// check reports every problem of a text at once, by field.
func (k Kind) check(t Text) error {
	var bad []errs.Field
	for _, f := range []struct{ path, value string }{{"subject", t.Subject}, {"body", t.Body}} {
		if strings.TrimSpace(f.value) == "" {
			bad = append(bad, errs.Field{Path: f.path, Key: "notify.text_empty"})
			continue
		}
		if _, err := parse(f.value, k.Placeholders); err != nil {
			bad = append(bad, fieldOf(f.path, err))
		}
	}
	if len(t.Subject) > maxSubject {
		bad = append(bad, errs.Field{Path: "subject", Key: "notify.subject_long", Args: []any{maxSubject}})
	}
	if len(t.Body) > maxBody {
		bad = append(bad, errs.Field{Path: "body", Key: "notify.body_long", Args: []any{maxBody / 1000}})
	}
	return errs.NewInvalid("errs.invalid", bad)
}

// The longest texts, in bytes: a subject that mail programs show, a body that people read.
const (
	maxSubject = 250
	maxBody    = 40_000
)

// set fills a text; every argument must be one of the template's, and every
// placeholder that is not conditional must have one.
func (k Kind) set(t Text, args map[string]string) (subject, body string, err error) {
	for name := range args {
		if !slices.Contains(k.Placeholders, name) {
			return "", "", fmt.Errorf("the template %s takes no %s", k.Name, name)
		}
	}
	for _, piece := range []struct {
		src  string
		safe func(name, value string) string
		into *string
	}{{t.Subject, inSubject, &subject}, {t.Body, inBody, &body}} {
		parts, err := parse(piece.src, k.Placeholders)
		if err != nil {
			return "", "", fmt.Errorf("read the template %s: %w", k.Name, err)
		}
		out, missing := fill(parts, args, piece.safe)
		if missing != "" {
			return "", "", fmt.Errorf("the template %s needs %s", k.Name, missing)
		}
		*piece.into = out
	}
	return inSubject("", subject), tidy(body), nil
}

// Sample fills a text with what the catalogue gives as examples.
func (k Kind) Sample(lang i18n.Lang, t Text) (subject, body string, err error) {
	if err := k.check(t); err != nil {
		return "", "", err
	}
	args := map[string]string{}
	for _, name := range k.Placeholders {
		args[name] = i18n.Say(lang, "notify.sample_"+strings.ToLower(name))
	}
	return k.set(t, args)
}

// fieldOf attaches a problem of a text to its field.
func fieldOf(path string, err error) errs.Field {
	var e *errs.Error
	if errors.As(err, &e) {
		return errs.Field{Path: path, Key: e.Key, Args: e.Args}
	}
	return errs.Field{Path: path, Key: errs.KeyOf(err)}
}
