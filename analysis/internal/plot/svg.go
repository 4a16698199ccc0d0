package plot

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"gonum.org/v1/plot/vg/vgsvg"
)

// A repository keeps the pictures of a publication for ever, hundreds of them in two
// themes. What no reader sees is taken out of them before they are written: the font that
// every text repeats, and decimals far below the width of a line.

// fontStyle is how vgsvg writes a font. Only the family matters here, and it
// must not depend on one that few machines have: Arial and Helvetica have the
// widths of Liberation Sans, with which the text was set.
var fontStyle = regexp.MustCompile(`font-family:Liberation Sans;font-variant:[a-z]+;font-weight:normal;font-style:normal;`)

// usualFont is the font of nearly all texts. It stands once, at the group of all
// elements; a text in another size names that size.
var usualFont = fmt.Sprintf("font-family:Liberation Sans,Arial,Helvetica,sans-serif;font-size:%gpx", float64(textSize))

// usualSize is what a text inherits and need not say.
var usualSize = fmt.Appendf(nil, "font-size:%gpx;", float64(textSize))

// unitSize is the size that vgsvg gives a picture, in points. It is removed, so that a
// page decides on the size; the view box keeps the shape.
var unitSize = regexp.MustCompile(`(width|height)="([0-9.]+)pt"`)

// place is an attribute with coordinates, and fraction a number in it that is not whole.
var (
	place    = regexp.MustCompile(` (d|x|y)="[^"]*"`)
	fraction = regexp.MustCompile(`-?[0-9]+\.[0-9]+`)
)

// finish writes what was drawn on a canvas.
func finish(w io.Writer, c *vgsvg.Canvas) error {
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	out := fontStyle.ReplaceAll(b.Bytes(), nil)
	out = bytes.ReplaceAll(out, usualSize, nil)
	out = bytes.Replace(out, []byte("<g "), []byte(`<g style="`+usualFont+`" `), 1)
	out = bytes.ReplaceAll(out, []byte("\n\tstyle="), []byte(" style="))
	out = unitSize.ReplaceAll(out, []byte(`$1="$2"`))
	out = place.ReplaceAllFunc(out, func(attribute []byte) []byte { return fraction.ReplaceAllFunc(attribute, rounded) })
	_, err := w.Write(out)
	return err
}

// rounded is a coordinate to a tenth, of a picture that is four hundred wide. Points that
// coincide still do, so that areas that touch have no gap between them.
func rounded(number []byte) []byte {
	v, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		return number
	}
	text := strconv.AppendFloat(nil, v, 'f', 1, 64)
	if text = bytes.TrimSuffix(text, []byte(".0")); string(text) == "-0" {
		return []byte("0")
	}
	return text
}
