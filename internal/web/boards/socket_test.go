package boards

import (
	"bytes"
	"encoding/json"
	"testing"

	"transformateur/internal/platform/live"
)

// Messages that are told together reach a browser in one message, whatever their number:
// drawn one without the other, a hidden card would be blank to its own author.
func TestWhatIsToldTogetherComesTogether(t *testing.T) {
	set, own, ack := live.Encode(map[string]int{"set": 1}), live.Encode(map[string]int{"own": 2}), live.Encode(map[string]int{"ack": 3})
	if got := joined([]live.Frame{set}); !bytes.Equal(got, set.Wire()) {
		t.Errorf("one alone is %q", got)
	}
	whole := joined([]live.Frame{set, own, ack})
	want := "{\"set\":1}\n{\"own\":2}\n{\"ack\":3}"
	if whole[0] != 0x81 || int(whole[1]) != len(want) || string(whole[2:]) != want {
		t.Errorf("three are %q", whole)
	}
	text, err := json.Marshal(event([]live.Frame{set, own}))
	if err != nil || string(text) != `[{"set":1},{"own":2}]` {
		t.Errorf("two are the event %s, %v", text, err)
	}
	if text, _ = json.Marshal(event([]live.Frame{ack})); string(text) != `{"ack":3}` {
		t.Errorf("one is the event %s", text)
	}
}
