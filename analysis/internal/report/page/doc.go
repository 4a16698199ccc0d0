// Package page collects one Markdown page with its pictures and writes both when
// the page is whole. It knows Markdown, links and files, and nothing of what the
// page says.
//
// Rules:
//
//   - The same calls give the same bytes: no clock, no map order, no absolute path.
//   - Nothing is written before [Page.Save], and nothing if a picture failed.
package page
