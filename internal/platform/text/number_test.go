package text

import (
	"math"
	"testing"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"small", Number("fr", 999), "999"},
		{"thousands", Number("fr", 1234567), "1_234_567"},
		{"thousands in English", Number("en", 1234567), "1,234,567"},
		{"negative", Number("fr", -1000), "−1_000"},
		{"smallest", Number("en", math.MinInt64), "−9,223,372,036,854,775,808"},
		{"money", Money("fr", 123450), "1_234,50~€"},
		{"money in English", Money("en", 123450), "€1,234.50"},
		{"cents alone", Money("fr", 5), "0,05~€"},
		{"a debt", Money("fr", -123405), "−1_234,05~€"},
		{"a debt in English", Money("en", -1), "−€0.01"},
		{"smallest amount", Money("en", math.MinInt64), "−€92,233,720,368,547,758.08"},
		{"decimal", Decimal("fr", 1234.5, 2), "1_234,5"},
		{"decimal rounded to nothing", Decimal("fr", -0.001, 2), "0"},
		{"not a number", Decimal("fr", math.NaN(), 1), "–"},
		{"percent", Percent("fr", 0.125), "12,5_%"},
		{"percent in English", Percent("en", 1), "100%"},
		{"bytes", Bytes("fr", 512), "512~o"},
		{"no byte", Bytes("en", 0), "0~B"},
		{"almost a kilobyte", Bytes("fr", 999), "999~o"},
		{"a kilobyte", Bytes("fr", 1000), "1~ko"},
		{"megabytes", Bytes("fr", 2_400_000), "2,4~Mo"},
		{"megabytes in English", Bytes("en", 2_400_000), "2.4~MB"},
		{"above ten, no decimal", Bytes("fr", 24_600_000), "25~Mo"},
		{"rounds up to the next unit", Bytes("fr", 999_900), "1~Mo"},
		{"huge", Bytes("fr", math.MaxInt64), "9_223_372~To"},
	} {
		if plain(c.got) != c.want {
			t.Errorf("%s: got %q, want %q", c.name, plain(c.got), c.want)
		}
	}
}
