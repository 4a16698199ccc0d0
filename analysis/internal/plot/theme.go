package plot

import "image/color"

// Theme is a set of colours.
type Theme struct {
	Name       string // part of file names
	Background color.Color
	Ink        color.Color // text and axes
	Grid       color.Color
	series     []color.NRGBA
}

// Light and Dark are the two themes of every figure: white paper, and GitHub's
// dark page.
func Light() Theme {
	return Theme{
		Name: "light", Background: rgb(0xffffff), Ink: rgb(0x1f2328), Grid: rgb(0xd8dee4),
		series: []color.NRGBA{rgb(0x0072b2), rgb(0xd55e00), rgb(0x009e73), rgb(0xcc79a7), rgb(0xb07800), rgb(0x56b4e9), rgb(0x5b5b5b)},
	}
}

// Dark is the theme for dark pages; see [Light].
func Dark() Theme {
	return Theme{
		Name: "dark", Background: rgb(0x0d1117), Ink: rgb(0xd1d7e0), Grid: rgb(0x30363d),
		series: []color.NRGBA{rgb(0x4da6e0), rgb(0xf0813c), rgb(0x2dbf94), rgb(0xe29cc6), rgb(0xe6b030), rgb(0x9bd3f5), rgb(0xa8a8a8)},
	}
}

// colour is that of a slot; slots beyond the palette start over.
func (t Theme) colour(slot int) color.NRGBA { return t.series[slot%len(t.series)] }

// veil is a slot's colour for bands behind lines.
func (t Theme) veil(slot int) color.NRGBA {
	c := t.colour(slot)
	c.A = 0x38
	return c
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}
