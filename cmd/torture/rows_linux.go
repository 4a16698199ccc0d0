package main

import "strings"

// rows are the lines of the table, in its order. A row is added here, with a function in
// a file named after its subject.
func rows() []row {
	return []row{
		{"harness killed", "SIGKILL at random moments: every finished trial readable, resume completes the plan, no trial twice, no process left", killed},
		{"harness ended by a signal", "SIGINT, SIGTERM, SIGHUP: the same, and the bundle says that it was interrupted", interrupted},
		{"harness stopped for 3 s", "SIGSTOP in an attack: the block is void and repeated", stopped},
		{"bundle truncated", "cut at bytes of the last records: all earlier trials are read, and `verify` tells", truncated},
		{"bundle flipped", "a bit of any file: `verify` names the file, and no reader panics", flipped},
		{"bundle with odd files", "missing, empty, sparse 1 GB, links, folders, FIFOs: `verify` names the file; no hang, bounded memory", replaced},
		{"disk and limits", "disk full, read-only folder, 64 files, no free port, no TMPDIR, no HOME: a clear error, finished trials safe", limits},
		{"server faults", "crash, hang, garbage, a byte a second, half-closed, reset, 100 MB, wrong lengths, endless headers, gzip bomb, surplus answers, odd headers and metrics: the right outcome, bounded memory, no hang", faults},
		{"clock steps", "injected steps and gaps: durations unaffected, block void", clocks},
		{"two harnesses at once", "the second refuses, and says why", together},
		{"scenario files", "fuzzed, broken, millions of aliases, 100 MB, vars and bodies from FIFO and /dev/zero: never a panic, a position in every message, bounded", scenarios},
		{"input formats", "fuzzed logs, records, profiles, CSV, curl lines, HAR, OpenAPI, targets, answers: never a panic, bounded memory", formats},
		{"hostile names", "`${…}`, shell characters, `../`, links, Markdown, HTML, ANSI escapes: no shell, no escape from the folder, escaped on the terminal, in pages, explorer, job summary, annotations and pull-request comment", hostile},
		{"target outside loopback", "every spelling of a host, as server, ready, metrics, step or target: refused unless named", outside},
		{"built-in server", "overload, idle and slow connections, broken and fuzzed requests: bounded memory, health answers, it recovers, no 5xx from bad input", overload},
		{"rolling stop", "SIGTERM under load of kept and of new connections: no accepted request unanswered", rollingStop},
		{"hosts of a run lost", "a generator killed, stopped, cut off, the server's host cut off, the coordinator killed, by ssh and Slurm: void and repeated, or a clear end; no process left on any host, resume completes the plan", severalHosts},
		{"perf-check killed", "no process, worktree or half-written summary left", checkKilled},
	}
}

// in replaces words in braces, because scenarios are full of ${...} and quotes.
func in(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}
