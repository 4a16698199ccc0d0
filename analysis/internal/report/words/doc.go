// Package words says things in English: names of metrics, loads, durations, lists
// and plurals. Every page uses the same words for the same things.
package words
