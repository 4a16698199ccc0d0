// Package study writes what a report says of the built-in healthcare study: which
// pattern to take when, and what became of the claims that the published study
// makes. It alone of a report knows scenarios by name. A bundle that holds none of
// the study's scenarios gets no such sections.
package study
