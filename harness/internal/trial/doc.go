// Package trial makes one trial: fresh servers, one attack, one record. It is the
// only package in which scenario, servers, load and machine come together. It makes
// a single decision: whether something that no variant can cause spoiled the trial
// (the hard checks). It does not interpret the numbers.
package trial
