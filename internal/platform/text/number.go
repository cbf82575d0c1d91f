package text

import (
	"math"
	"strconv"
	"strings"
)

const minus = "\u2212"

// Number sets a whole number with its thousands apart: "1 234 567" in French, "1,234,567" in English.
func Number(lang string, n int64) string {
	sign := ""
	digits := strconv.FormatInt(n, 10)
	if n < 0 {
		sign, digits = minus, digits[1:]
	}
	return sign + group(lang, digits)
}

func group(lang, digits string) string {
	separator := narrow
	if language(lang) == "en" {
		separator = ","
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Decimal sets a number with at most places decimals, without useless zeros: "3,5", "3.5", "4".
// What is not a number gives an en dash.
func Decimal(lang string, x float64, places int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', places, 64), ".")
	fraction = strings.TrimRight(fraction, "0")
	out := group(lang, whole)
	if fraction != "" {
		out += comma(lang) + fraction
	}
	if x < 0 && strings.Trim(whole+fraction, "0") != "" {
		out = minus + out
	}
	return out
}

func comma(lang string) string {
	if language(lang) == "en" {
		return "."
	}
	return ","
}

// Money sets an amount in euros given in cents: "1 234,50 €" in French, "€1,234.50" in English.
func Money(lang string, cents int64) string {
	sign := ""
	whole := uint64(cents)
	if cents < 0 {
		sign, whole = minus, -uint64(cents) // right even for the smallest number
	}
	rest := strconv.FormatUint(100+whole%100, 10)[1:]
	amount := group(lang, strconv.FormatUint(whole/100, 10)) + comma(lang) + rest
	if language(lang) == "en" {
		return sign + "€" + amount
	}
	return sign + amount + nbsp + "€"
}

var byteUnits = map[string][]string{"fr": {"o", "ko", "Mo", "Go", "To"}, "en": {"B", "kB", "MB", "GB", "TB"}}

// Bytes sets a size in decimal units (SI: 1 Mo is 1,000,000 octets), one decimal below ten:
// "512 o", "2,4 Mo", "2.4 MB".
func Bytes(lang string, n int64) string {
	names := byteUnits[language(lang)]
	size, i := float64(max(n, 0)), 0
	for size >= 999.5 && i < len(names)-1 {
		size, i = size/1000, i+1
	}
	places := 0
	if i > 0 && size < 9.95 {
		places = 1
	}
	return Decimal(lang, size, places) + nbsp + names[i]
}

// Percent sets a ratio (0.125) as a percentage with at most one decimal: "12,5 %", "12.5%".
func Percent(lang string, ratio float64) string {
	out := Decimal(lang, ratio*100, 1)
	if language(lang) == "en" {
		return out + "%"
	}
	return out + narrow + "%"
}
