// Package trial makes one trial: fresh servers, one attack, one record. It is
// the only place where scenario, servers, load and machine come together, and
// it decides one thing alone: whether something that no variant can cause
// spoiled the trial (the hard checks). What the numbers mean is not its affair.
package trial
