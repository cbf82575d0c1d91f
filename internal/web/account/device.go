package account

import (
	"context"
	"strings"

	"transformateur/internal/i18n"
)

// The order matters: most browsers also name those they descend from.
var (
	browsers = []struct{ mark, name string }{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []struct{ mark, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
)

// device says in two words what a browser says of itself: "Firefox, Windows".
func device(ctx context.Context, agent string) string {
	var words []string
	for _, list := range [][]struct{ mark, name string }{browsers, systems} {
		for _, one := range list {
			if strings.Contains(agent, one.mark) {
				words = append(words, one.name)
				break
			}
		}
	}
	if len(words) == 0 {
		return i18n.T(ctx, "account.device_unknown")
	}
	return strings.Join(words, ", ")
}
