//go:build !linux

package attack

// AnswerStamps says whose stamps the fast transport has of answers, as a bundle
// tells it: its own, of when they were read.
func AnswerStamps() string { return "" }
