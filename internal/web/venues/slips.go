package venues

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"

	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/venue"
	"transformateur/internal/web/ui/qrview"
)

// slip is a slip of paper as it is drawn.
type slip struct {
	venue.Slip
	address string
	shown   string
	drawing qrview.Drawing
}

// box is the view of the drawing.
func (s slip) box() string { return fmt.Sprintf("0 0 %d %d", s.drawing.Size, s.drawing.Size) }

// Slips is a page to print: for each person her code, and a drawing that opens the door of
// the laptop at an address with it.
func Slips(list []venue.Slip, address string, lang i18n.Lang) ([]byte, error) {
	door := strings.TrimRight(address, "/") + Path
	var slips []slip
	for _, one := range list {
		drawing, err := qrview.Draw(door + "?" + url.Values{"code": {one.Code}}.Encode())
		if err != nil {
			return nil, fmt.Errorf("draw a slip: %w", err)
		}
		slips = append(slips, slip{one, door, gathering.ShowCode(one.Code), drawing})
	}
	var out bytes.Buffer
	if err := slipsPage(slips).Render(i18n.With(context.Background(), lang), &out); err != nil {
		return nil, fmt.Errorf("write the slips: %w", err)
	}
	return out.Bytes(), nil
}
