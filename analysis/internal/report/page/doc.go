// Package page collects the Markdown pages of a report with their pictures, and writes
// them when all of them are whole. It knows Markdown, links and files, and nothing of
// what the pages say.
//
// Rules:
//
//   - The same calls give the same bytes: no clock, no map order, no absolute path.
//   - Nothing is written before [Report.Save], and nothing if a picture failed.
//   - Addresses are stable: the names of rooms and of headings hold neither a date nor
//     a seed, so that a link to them survives the next publication.
package page
