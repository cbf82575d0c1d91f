package boards

import (
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/errs"
)

// adding is the operation of the form that adds a card: its id is the form's token, so
// that the same form sent twice adds one.
func adding(s *board.State, f url.Values) ([]board.Op, error) {
	card, known := s.Kit().Card(f.Get("type"))
	if !known {
		return nil, errs.New(errs.Invalid, "board.bad_op")
	}
	said := map[string]json.RawMessage{}
	for _, field := range card.Fields {
		typed := strings.TrimSpace(f.Get("f." + field.ID))
		if typed == "" {
			if field.Required {
				return nil, errs.NewInvalid("board.invalid", []errs.Field{{Path: "f." + field.ID, Key: "board.required"}})
			}
			continue
		}
		v, err := typedValue(field, typed)
		if err != nil {
			return nil, err
		}
		said[field.ID] = v
	}
	list := s.Lies(f.Get("zone"))
	last := ""
	if len(list) > 0 {
		last = list[len(list)-1].Order
	}
	added := board.Added{Type: card.ID, Prompt: f.Get("prompt"), Fields: said, Place: board.Place{Zone: f.Get("zone"), Order: board.Between(last, "")}}
	target := strings.ToLower(f.Get("token"))
	if f.Get("id") != "" { // of a card that was printed
		target = f.Get("id")
	}
	return []board.Op{{Kind: "card.add", Target: target, Value: value(added)}}, nil
}

// setting are the operations of the form that changes a card: one for each field that is
// no more what the form was given.
func setting(s *board.State, f url.Values, id string) (ops []board.Op, err error) {
	c := s.Cards[id]
	if c == nil {
		return nil, errs.New(errs.NotFound, "board.unknown")
	}
	card, _ := s.Kit().Card(c.Type)
	base, _ := strconv.ParseInt(f.Get("base"), 10, 64)
	for _, field := range card.Fields {
		if !f.Has("f." + field.ID) {
			continue
		}
		typed := strings.TrimSpace(strings.ReplaceAll(f.Get("f."+field.ID), "\r\n", "\n"))
		if typed == f.Get("was."+field.ID) {
			continue
		}
		v := json.RawMessage("null")
		if typed != "" {
			if v, err = typedValue(field, typed); err != nil {
				return nil, err
			}
		}
		ops = append(ops, board.Op{Kind: "card.set", Target: id, Field: field.ID, Base: base, Value: v})
	}
	return ops, nil
}

// typedValue is what somebody typed in a field, as the board keeps it.
func typedValue(field kit.Field, typed string) (json.RawMessage, error) {
	switch field.Type {
	case kit.Level:
		n, err := strconv.Atoi(typed)
		if err != nil {
			return nil, errs.New(errs.Invalid, "board.bad_value", field.ID)
		}
		return value(n), nil
	case kit.Amount:
		clean := strings.NewReplacer(" ", "", " ", "", " ", "", "€", "", ",", ".").Replace(typed)
		euros, err := strconv.ParseFloat(clean, 64)
		if err != nil || euros < 0 || euros > 1e11 {
			return nil, errs.New(errs.Invalid, "board.bad_value", field.ID)
		}
		return value(int64(math.Round(euros * 100))), nil
	}
	return text(typed), nil
}

// shownValue is a value as a form shows it, to be typed again.
func shownValue(field kit.Field, v json.RawMessage) string {
	switch field.Type {
	case kit.Level:
		var n int
		if json.Unmarshal(v, &n) != nil || n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	case kit.Amount:
		var cents int64
		if string(v) == "null" || json.Unmarshal(v, &cents) != nil {
			return ""
		}
		return strings.TrimSuffix(strconv.FormatFloat(float64(cents)/100, 'f', 2, 64), ".00")
	}
	var s string
	if json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}

// casting is what a form casts.
func casting(s *board.State, f url.Values) (json.RawMessage, error) {
	v, known := s.Kit().Vote(f.Get("vote"))
	if !known {
		return nil, errs.New(errs.Invalid, "board.bad_op")
	}
	typed := f.Get("value")
	if typed == "" {
		return json.RawMessage("null"), nil
	}
	switch v.Kind {
	case kit.Dots, kit.Score:
		n, err := strconv.Atoi(typed)
		if err != nil {
			return nil, errs.New(errs.Invalid, "board.bad_value", v.ID)
		}
		return value(n), nil
	case kit.Pairs:
		return value(map[string]string{"over": typed}), nil
	}
	return value(typed), nil
}

// takes lists the types of cards that a zone takes.
func takes(k *kit.Kit, z kit.Zone) (list []kit.Card) {
	for _, c := range k.Cards {
		if len(z.Cards) == 0 || slices.Contains(z.Cards, c.ID) {
			list = append(list, c)
		}
	}
	return list
}
