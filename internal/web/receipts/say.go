package receipts

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/application/receipt"
	"transformateur/internal/call"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/pdf"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// part is a titled list of terms: the page and the PDF say the same, from the same lists.
type part struct {
	title, text string
	pairs       []pdf.Pair
}

// parts are what a receipt says, in order.
func (s shown) parts(ctx context.Context) []part {
	return []part{s.received(ctx), legal(ctx, s.Receipt.Legal), s.answers(ctx), s.files(ctx), s.proof(ctx)}
}

func title(ctx context.Context, r receipt.Receipt) string {
	return i18n.T(ctx, "receipts.title", r.Number)
}

func (s shown) received(ctx context.Context) part {
	r := s.Receipt
	return part{title: i18n.T(ctx, "receipts.part_received"), pairs: []pdf.Pair{
		{Term: i18n.T(ctx, "receipts.kind"), Text: i18n.T(ctx, "receipts.kind_"+r.Kind)},
		{Term: i18n.T(ctx, "receipts.received_at"), Text: ui.Instant(ctx, ui.Local(r.At(), r.Zone))},
		{Term: i18n.T(ctx, "receipts.exact"), Text: r.Local + " (" + r.Zone + ")\n" + r.ReceivedAt + " (UTC)"},
		{Term: i18n.T(ctx, "receipts.call"), Text: r.Call.Title},
		{Term: i18n.T(ctx, "receipts.application"), Text: i18n.T(ctx, "receipts.application_number", r.Application.Number, r.Application.Title)},
		{Term: i18n.T(ctx, "receipts.by"), Text: r.SubmittedBy},
		{Term: i18n.T(ctx, "receipts.revision"), Text: strconv.Itoa(r.Revision)},
	}}
}

// legal says the mentions of articles L112-11 and R112-11-1 of the code des relations
// entre le public et l'administration: the service and how to reach it, what silence
// means, and how to contest.
func legal(ctx context.Context, l call.Legal) part {
	p := part{title: i18n.T(ctx, "receipts.part_legal"), text: i18n.T(ctx, "receipts.legal_source")}
	add := func(key, text string) {
		if text != "" {
			p.pairs = append(p.pairs, pdf.Pair{Term: i18n.T(ctx, "receipts."+key), Text: text})
		}
	}
	add("service", l.Service)
	add("email", l.Email)
	add("phone", l.Phone)
	add("address", l.Address)
	switch l.Silence {
	case call.SilenceRefusal, call.SilenceAcceptance:
		add("silence", i18n.T(ctx, "receipts.silence_"+l.Silence, l.SilenceDays))
	default:
		add("silence", i18n.T(ctx, "receipts.silence_none"))
	}
	add("appeals", l.Appeals)
	return p
}

func (s shown) answers(ctx context.Context) part {
	p := part{title: i18n.T(ctx, "receipts.part_answers"), text: i18n.T(ctx, "receipts.answers_text")}
	for _, a := range s.Receipt.Answers {
		p.pairs = append(p.pairs, pdf.Pair{Term: a.Label, Text: a.SHA256})
	}
	return p
}

func (s shown) files(ctx context.Context) part {
	p := part{title: i18n.T(ctx, "receipts.part_files")}
	for _, f := range s.Receipt.Files {
		p.pairs = append(p.pairs, pdf.Pair{Term: f.Name, Text: i18n.T(ctx, "receipts.file_size", text.Bytes(string(i18n.From(ctx)), f.Bytes), f.SHA256)})
	}
	if len(p.pairs) == 0 {
		p.text = i18n.T(ctx, "receipts.none")
	}
	return p
}

func (s shown) proof(ctx context.Context) part {
	previous := s.Receipt.Previous
	if previous == "" {
		previous = i18n.T(ctx, "receipts.first")
	}
	return part{title: i18n.T(ctx, "receipts.part_verify"), text: i18n.T(ctx, "receipts.verify_text"), pairs: []pdf.Pair{
		{Term: i18n.T(ctx, "receipts.fingerprint"), Text: s.fingerprint},
		{Term: i18n.T(ctx, "receipts.digest"), Text: s.digest},
		{Term: i18n.T(ctx, "receipts.previous"), Text: previous},
		{Term: i18n.T(ctx, "receipts.signature"), Text: s.Signature},
	}}
}

// command is what one types to verify the receipt offline.
func (s shown) command(ctx context.Context) string {
	return "transformateur receipt verify " + i18n.T(ctx, "receipts.pdf_file", s.Receipt.Number) + ".json --fingerprint " + s.fingerprint
}

// sendPDF gives the receipt on paper, with the signed JSON inside.
func sendPDF(w http.ResponseWriter, r *http.Request, s shown) error {
	ctx := r.Context()
	kept, err := file(s.Signed)
	if err != nil {
		return err
	}
	name := i18n.T(ctx, "receipts.pdf_file", s.Receipt.Number)
	d := pdf.New(pdf.Meta{Title: title(ctx, s.Receipt), Author: s.Receipt.Legal.Service, Subject: s.Receipt.Application.Title,
		Lang: string(i18n.From(ctx)), At: s.Receipt.At(), Page: pageOf(ctx)})
	d.Title(title(ctx, s.Receipt))
	d.Paragraph(i18n.T(ctx, "receipts.lead"))
	for _, p := range s.parts(ctx) {
		d.Heading(p.title)
		if p.text != "" {
			d.Paragraph(p.text)
		}
		d.Pairs(p.pairs)
	}
	d.Paragraph(i18n.T(ctx, "receipts.verify_command") + "\n" + s.command(ctx))
	d.Paragraph(i18n.T(ctx, "receipts.admissible_note"))
	d.Paragraph(i18n.T(ctx, "receipts.pdf_attached"))
	d.Attach(name+".json", i18n.T(ctx, "receipts.download_json"), kept)
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		return err
	}
	attach(w, "application/pdf", name+".pdf")
	_, err = w.Write(out.Bytes())
	return err
}

// pageOf is the sentence of the foot of a page, not yet filled.
func pageOf(ctx context.Context) string {
	sentence, _ := i18n.Message(i18n.From(ctx), "receipts.pdf_page")
	return sentence
}

// signedOf is the receipt that was verified, as the page of a receipt takes it.
func signedOf(v verdict) receipt.Signed {
	return receipt.Signed{Receipt: v.Receipt}
}
