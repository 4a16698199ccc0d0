// Package plot draws finished numbers as SVG with gonum/plot. It computes no
// statistic and reads no measurement: whatever it draws, its caller estimated.
//
// Rules:
//
//   - Every figure exists in a light and a dark theme with the same geometry.
//   - A variant keeps its colour, by slot, in all figures. The palette is Okabe
//     and Ito's, which people with the common colour deficiencies can tell apart.
//   - Names stand beside the lines where there is room, not in a legend.
//   - The same input gives the same bytes. Text names fonts of equal widths that
//     exist everywhere and ends in a generic family.
//   - A figure is 400 points wide with text of 11 points, so that it can be read
//     on a screen of 360 pixels.
package plot
