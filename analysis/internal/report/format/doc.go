// Package format prints numbers: medians with intervals, effects, shares and
// quantities with a unit.
//
// Rules:
//
//   - Digits end where the interval begins. Thousands are separated.
//   - One unit a column: a [Scale] is chosen once from all values of a column.
//   - A number that does not exist is [None]; who prints it owes a footnote.
package format
