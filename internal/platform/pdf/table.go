package pdf

// Table is a table under its caption: the first column names the rows, the others hold
// figures. Its head is said again at the top of each page that it goes on to.
func (d *Doc) Table(caption string, head []string, rows [][]string) {
	if len(head) == 0 {
		return
	}
	width, height := d.f.GetPageSize()
	room := width - 2*margin
	widths := make([]float64, len(head))
	widths[0] = room
	if n := len(head) - 1; n > 0 {
		widths[0] = max(room*2/float64(n+2), room/4)
		for i := range n {
			widths[i+1] = (room - widths[0]) / float64(n)
		}
	}
	if d.f.GetY() > height-margin-40 {
		d.f.AddPage()
	}
	d.f.Ln(1)
	d.text("", body, caption)
	d.f.Ln(1)
	d.row("B", widths, head)
	for _, cells := range rows {
		page := d.f.PageNo()
		if d.f.GetY()+d.tall("", widths, cells) > height-margin-6 {
			d.f.AddPage()
		}
		if d.f.PageNo() != page {
			d.row("B", widths, head)
		}
		d.row("", widths, cells)
	}
	d.f.Ln(3)
}

// small is the size of what stands in a table, in points.
const small = 9.0

// tall is the height of a row, in millimetres.
func (d *Doc) tall(style string, widths []float64, cells []string) float64 {
	d.f.SetFont(font, style, small)
	lines := 1
	for i, s := range cells {
		if i < len(widths) {
			lines = max(lines, len(d.f.SplitText(s, widths[i]-3)))
		}
	}
	return float64(lines)*line*small/body + 1.5
}

// row draws one row under a thin line.
func (d *Doc) row(style string, widths []float64, cells []string) {
	tall := d.tall(style, widths, cells)
	x, y := margin, d.f.GetY()
	for i, s := range cells {
		if i >= len(widths) {
			break
		}
		side := "R"
		if i == 0 {
			side = "L"
		}
		d.f.SetXY(x, y+0.7)
		d.f.MultiCell(widths[i], line*small/body, s, "", side, false)
		x += widths[i]
	}
	d.f.SetDrawColor(170, 164, 154)
	d.f.SetLineWidth(0.2)
	d.f.Line(margin, y+tall, x, y+tall)
	d.f.SetXY(margin, y+tall)
}
