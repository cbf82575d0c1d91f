package formview

// Frame is the draft around a step: where it is sent, and what the islands need. An
// address left empty turns its island off.
type Frame struct {
	Action      string // the form's own address: POST, multipart, every control of the step
	Application string // its id; what is not sent yet is kept on the device under it
	SaveURL     string // POST, JSON: autosave per field
	FragmentURL string // GET ?field=ID or ?step=ID: Question or Step again
	StreamURL   string // server-sent events: presence, saved, closed
	PresenceURL string // POST, JSON: the field I am on
	UploadsURL  string // POST, PATCH, HEAD, DELETE: attachments
	PlacesURL   string // GET ?q=&kind=: suggestions of places
}
