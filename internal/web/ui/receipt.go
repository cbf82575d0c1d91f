package ui

import "strconv"

// ReceiptURL is the address of a receipt of a file; form is "", "json" or "pdf".
func ReceiptURL(file string, number int64, form string) string {
	address := "/receipts/" + strconv.FormatInt(number, 10)
	if form != "" {
		address += "." + form
	}
	return address + "?file=" + file
}
