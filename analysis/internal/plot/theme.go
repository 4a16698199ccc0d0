package plot

import (
	"fmt"
	"image/color"
)

// Theme is a set of colours.
type Theme struct {
	Name       string      // part of file names
	Background color.Color // of the whole figure
	Ink        color.Color // text and axes
	Grid       color.Color // lines behind the data
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

// Colours is how many slots have a colour of their own.
const Colours = 7

// Hex are the colours of the slots as "#rrggbb", for pages that draw by themselves.
func (t Theme) Hex() (slots []string) {
	for _, c := range t.series {
		slots = append(slots, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
	}
	return slots
}

// colour is the colour of a slot. Slots beyond the palette begin again with its first
// colour.
func (t Theme) colour(slot int) color.NRGBA { return t.series[slot%len(t.series)] }

// veil is a slot's colour for bands behind lines.
func (t Theme) veil(slot int) color.NRGBA {
	c := t.colour(slot)
	c.A = 0x38
	return c
}

// rgb makes a colour of three bytes, as in 0xRRGGBB.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

// ramp is five steps of the viridis scale, whose order can be seen with every kind of
// colour vision and in print. Parts of a request and counts of a heat map are drawn in
// it, so that the colours of the palette stand for variants alone.
var ramp = [...]uint32{0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725}

// fineRamp is ramp in smaller steps, for requests with more parts.
var fineRamp = [...]uint32{0x440154, 0x443983, 0x31688e, 0x21918c, 0x35b779, 0x90d743, 0xfde725}

// part is the colour of the i-th of so many parts of a request.
func (t Theme) part(i, of int) color.NRGBA {
	if of > len(ramp) {
		return rgb(fineRamp[i%len(fineRamp)])
	}
	return rgb(ramp[i%len(ramp)])
}

// heat is the colour of a level of a heat map. The higher the level, the more its colour
// differs from that of the page.
func (t Theme) heat(level int) color.NRGBA {
	if t.Name == Dark().Name {
		return rgb(ramp[level])
	}
	return rgb(ramp[len(ramp)-1-level])
}
