// Package actions says what a verdict found in the words of GitHub Actions:
// workflow commands that become annotations, and a plot for the job summary.
//
// A job summary is Markdown without pictures of its own: it has no files beside
// it, data: addresses are stripped, and Mermaid's charts know no intervals. So the
// plot is made of characters, which is shown everywhere.
package actions
