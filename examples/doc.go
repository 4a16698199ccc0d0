// Package examples tests the complete example projects in the folders below it
// and, with them, every step of the performance workflow and action: it runs them
// as a runner would, on temporary repositories.
package examples
