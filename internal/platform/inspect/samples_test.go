package inspect

import (
	"testing"

	"transformateur/internal/platform/inspect/hostile"
	"transformateur/internal/platform/picture/picturetest"
)

type (
	part     = hostile.Part
	rawEntry = hostile.RawEntry
)

// sample is a file of the corpus with its kind.
type sample struct {
	situation, name string
	body            []byte
	kind            Kind
	refuse, warn    string
	flags           string
}

func corpus(t testing.TB) (all []sample) {
	for _, f := range hostile.Corpus(t) {
		all = append(all, sample{f.Situation, f.Name, f.Body, Kind(f.Kind), f.Refuse, f.Warn, f.Flags})
	}
	return all
}

const (
	ole10      = hostile.OLE10
	sheetTypes = hostile.SheetTypes
	slideTypes = hostile.SlideTypes
	wordBody   = hostile.WordBody
)

var (
	zipOf, rawZip, docx, odt, rel = hostile.Zip, hostile.RawZip, hostile.Docx, hostile.ODTOf, hostile.Rel
	pdfOf, objStm, utf16of, noise = hostile.PDFOf, hostile.ObjStm, hostile.UTF16, hostile.Noise
	webpOf                        = hostile.WebPOf
	jpegOf, pngOf, gifOf          = picturetest.JPEG, picturetest.PNG, picturetest.GIF
	exif, segment                 = picturetest.EXIF, picturetest.Segment
	pngChunk, hugePNG             = picturetest.Chunk, picturetest.HugePNG
	riff, webpSample              = picturetest.RIFF, picturetest.WebP
	corners                       = picturetest.Corners
)
