// Package self measures the generator beside others: vegeta's own program and wrk,
// at servers of our own and at nginx. All run as processes of their own, on one CPU,
// against the same server on another one, one after the other, in rounds; a figure
// is the median over rounds, and a ratio that of the rounds' ratios, so that a
// machine which is slow for a while is slow for all. It prints the figures that
// the generator has to reach beside those that it measured.
//
// CPU time is that of the whole process, start included, divided by the number
// of requests that the server counted: no tool's own account is trusted.
//
// # Sections and rows
//
// A section measures, once a round, what some rows of the table show. Rows are made
// of nothing but Figures, which can be written and read as JSON, so that the table
// can be made again, and tested, without a measurement.
//
// # When the machine is at fault
//
// A bar is never moved. Where one is missed while wrk's own figures are more than
// 20 % apart, or while a hypervisor took CPU time away, the row says so.
package self
