// Package section writes the part of a report that is about one scenario: tables,
// effects, plots, objectives, and what speaks against the numbers. [Write] is for a
// scenario that was measured in blocks, [WriteSearch] for one that was searched for
// its highest rate. A section needs nothing but its own scenario, so that it can
// stand on any page.
package section
