package study

// situation is a question about patterns or sizes, and the scenarios that answer it. If
// these have several streams, stream is the one that is judged.
// The text of when is the row's label on the page and the word by which rows are
// gathered, so no two situations share one.
type situation struct {
	when      string
	scenarios []string
	stream    string
	store     string // empty: simulated
	unit      string // judged by; empty: as choiceUnits say
}

// database is the store of scenarios that start one.
const database = "PostgreSQL"

// situations are the questions of the built-in study.
var situations = []situation{
	{when: "open load below what the workers can answer", scenarios: []string{"steady-open", "steady-open-poisson", "patterns-near"}},
	{when: "open load at just what they can answer", scenarios: []string{"limit-open", "limit-open-poisson"}},
	{when: "open load at twice what they can answer, store without limit", scenarios: []string{"overload-open", "patterns-overload"}},
	{when: "bursts of clients that ask again at once, store without limit", scenarios: []string{"article-low", "article-high", "article-sustained"}},
	{when: "clients that wait and back off, 10 to 1,000", scenarios: []string{"concurrency-10", "concurrency-50", "concurrency-100", "concurrency-500", "concurrency-1000"}},
	{when: "a spike, and a store with 20 connections", scenarios: []string{"recovery"}},
	// From here on the store is a PostgreSQL server that the scenario starts: advice
	// from the simulated store alone would not carry over.
	{when: "a spike on a database of 100 connections", scenarios: []string{"spike-postgres"}, store: database},
	{when: "slow queries among quick ones", scenarios: []string{"slow-query-postgres"}, store: database},
	{when: "what an overload leaves to a neighbour on the same database", scenarios: []string{"cascade-postgres"}, stream: "bystander", store: database},
	{when: "high rate, no wait", scenarios: []string{"reuse"}},
	{when: "high rate, no wait: what an answer costs", scenarios: []string{"reuse"}, unit: "server-cpu-sec/op"},
	{when: "high rate, no wait: what the collector gets", scenarios: []string{"reuse"}, unit: "server-B/op"},
}

// sizes are the questions of how many workers. Their variants go from small to
// large.
var sizes = []situation{
	{when: "workers for a store that waits 75 ms, at 240/s", scenarios: []string{"sizing-rules-io"}},
	{when: "workers for a store that waits 75 ms, at 600/s", scenarios: []string{"sizing"}},
	{when: "workers for a store that waits 30 ms, at 240/s", scenarios: []string{"sizing-development"}},
	{when: "workers for 4 ms of CPU a request, at 200/s, on the server's core", scenarios: []string{"sizing-rules-cpu"}},
}
