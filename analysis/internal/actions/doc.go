// Package actions writes a verdict for GitHub Actions: as workflow commands, which become
// annotations, and as a plot for the job summary.
//
// The plot consists of characters. A job summary is Markdown that cannot hold pictures: no
// files stand beside it, GitHub removes data: addresses, and Mermaid's charts cannot show
// intervals.
package actions
