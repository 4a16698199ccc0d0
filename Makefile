# What people do with Assay. `make help` lists the targets.

GO ?= go
# The scenarios of bench-all.
CORE := $(addprefix scenarios/,article-low.yaml article-high.yaml article-sustained.yaml \
	steady-open.yaml overload-open.yaml reuse.yaml)
# What bench-full adds, in the order of the report, and the scenario that it searches.
FULL := $(CORE) $(addprefix scenarios/,article-low-at-once.yaml article-high-at-once.yaml article-sustained-at-once.yaml \
	concurrency.yaml \
	steady-open-poisson.yaml limit-open.yaml limit-open-poisson.yaml patterns-near.yaml patterns-overload.yaml \
	sizing.yaml sizing-rules-io.yaml sizing-rules-cpu.yaml sizing-development.yaml recovery.yaml \
	spike-postgres.yaml slow-query-postgres.yaml cascade-postgres.yaml placement.yaml)
SEARCH := scenarios/capacity.yaml
# Those that bench-quick has time for.
QUICK := scenarios/article-low.yaml scenarios/article-high.yaml scenarios/steady-open.yaml

.PHONY: help build man test test-all lint vulnerabilities bench-all bench-full bench-quick bench-gate bench-explain bench-self bench-micro report benchstat gate perf-check perf-bisect bench-bisect release torture fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/assay, and bin/server, bin/harness and bin/analysis
	$(GO) build -o bin/assay ./cmd/assay
	$(GO) build -o bin/server ./server
	$(GO) build -o bin/harness ./harness
	$(GO) build -o bin/analysis ./analysis

man: build ## write the manual pages into bin/man: man -M bin/man assay-run
	bin/assay man bin/man

# The race detector needs a C compiler.
RACE = $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)

# Tests run without vet, which is a part of make lint. Many tests wait for servers or
# for the disk, so twice as many packages as there are CPUs are tested at a time. The
# time limit of a package ends tests that hang, and is long enough for a busy machine.
CPUS = $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
GO_TEST = $(GO) test -vet=off -ldflags=-w -timeout 30m -p $$(( 2 * $(CPUS) ))
# The programs that tests build are built without paths, and so are the tests: the
# standard library is compiled once for both. No debugging tables are made, which no
# test reads, because they take 6 % of the time to compile.
test test-all: export GOFLAGS := $(shell $(GO) env GOFLAGS) -trimpath -gcflags=all=-dwarf=false

test: ## run the tests, long ones in their small form
	@scripts/test-tools.sh --check
	$(GO_TEST) -short ./...

test-all: ## run every test in its full form, and the small form again with the race detector
	@scripts/test-tools.sh --check
	@test -n "$(RACE)" || echo "SKIPPED: the race detector; it needs a C compiler"
	$(if $(RACE),$(GO_TEST) -short $(RACE) ./...)
	$(GO_TEST) ./...

# The order of imports: the standard library, other modules, this module.
GCI = $(GO) run github.com/daixiang0/gci@v0.13.7
IMPORT_ORDER = -s standard -s default -s 'prefix(github.com/assay-bench/assay)'

lint: ## check format, imports, vet, staticcheck, workflows, scripts and go.mod
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	@files=$$($(GCI) list $(IMPORT_ORDER) .) || exit 1; \
		test -z "$$files" || { echo "imports are out of order; put them right with: gci write $(IMPORT_ORDER) ."; echo "$$files"; exit 1; }
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	$(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	$(GO) mod tidy -diff
	@if command -v shellcheck >/dev/null; then shellcheck scripts/*.sh .github/actions/*/*.sh .ci/run; else echo "no shellcheck: the scripts are not checked"; fi

vulnerabilities: ## look for known vulnerabilities in what the programs call (needs vuln.go.dev)
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

bench-all: build ## run the core scenarios, publish the run and regenerate BENCHMARKS.md (about 25 minutes on 2 cores)
	scripts/bench-all.sh $(CORE)

bench-full: build ## run everything, publish it and regenerate BENCHMARKS.md (about 100 minutes on 2 cores)
	SEARCH=$(SEARCH) scripts/bench-full.sh $(FULL)

bench-quick: build ## run everything briefly, in under 3 minutes, and leave the published run alone
	scripts/bench-quick.sh $(QUICK)

# Where the figures of the gate are kept, the page that they go into, and how many checks
# are made of each situation and of each kind of simulated check.
GATE_RECORDS = $(if $(SHORT),results/runs/gate-short,results/gate)
GATE_PAGE = $(if $(SHORT),GATE-short.md,analysis/GATE.md)
GATE_SITUATIONS = $(if $(SHORT),3,60)
GATE_CHECKS = $(if $(SHORT),20,3000)

bench-gate: build ## measure how often the regression gate is wrong, into analysis/GATE.md (many hours on 2 cores; continues where it stopped; SHORT=1: a few minutes, into GATE-short.md)
	$(if $(SHORT),cp analysis/GATE.md $(GATE_PAGE))
	scripts/first-version.sh bin/analysis-first
	$(GO) test ./analysis/command -run '^TestSituations$$' -count 1 -timeout 0 -situations $(GATE_SITUATIONS) -record $(GATE_RECORDS) -first bin/analysis-first
	$(GO) test ./analysis/internal/effect -run '^TestEqualsBenchstat$$' -count 1 -record $(GATE_RECORDS)
	bin/analysis simulate $(GATE_RECORDS) --checks $(GATE_CHECKS) --into $(GATE_PAGE)
	$(if $(SHORT),@echo "Look at $(GATE_PAGE); analysis/GATE.md is untouched and no real check was made.",scripts/bench-gate.sh)

# The same for explain: a short form makes one round.
EXPLAIN_RECORDS = $(if $(SHORT),results/runs/explain-short/records,results/explain)
EXPLAIN_PAGE = $(if $(SHORT),EXPLAIN-short.md,analysis/EXPLAIN.md)
EXPLAIN_RUNS = $(if $(SHORT),results/runs/explain-short,results/runs/explain)

bench-explain: build ## measure how often explain and perf-bisect name the right cause and commit, into analysis/EXPLAIN.md (hours on 2 cores; continues where it stopped; SHORT=1: one round of ten, into EXPLAIN-short.md)
	$(if $(SHORT),cp analysis/EXPLAIN.md $(EXPLAIN_PAGE))
	$(GO) test ./analysis/internal/known -run '^TestLargeBundle$$' -count 1 -v -record $(EXPLAIN_RECORDS)
	bin/assay bench-explain --rounds $(if $(SHORT),1,10) --runs $(EXPLAIN_RUNS) --records $(EXPLAIN_RECORDS) --page $(EXPLAIN_PAGE) $(if $(FOREIGN),--foreign-limit $(FOREIGN))
	$(if $(SHORT),,bin/assay bench-bisect --into $(EXPLAIN_PAGE))

bench-micro: build ## run the Go benchmarks of the server, ten interleaved blocks
	bin/harness micro --blocks 10 --benchtime 50ms ./server/...

bench-self: build ## compare the generator with vegeta and wrk, and run the known-answer tests (about 12 minutes; for a quick look: SELF="--rounds 1 --only lag")
	$(GO) build -o bin/vegeta github.com/tsenart/vegeta/v12
	bin/harness bench-self --vegeta bin/vegeta $(SELF)

report: build ## regenerate BENCHMARKS.md and its plots from results/runs/published
	bin/analysis report

benchstat: ## compare two runs' bench files: make benchstat OLD=old.txt NEW=new.txt
	@test -n "$(OLD)" -a -n "$(NEW)" || { echo "usage: make benchstat OLD=old.txt NEW=new.txt"; exit 2; }
	$(GO) tool benchstat $(OLD) $(NEW)

gate: build ## check whether a change made something slower: make gate BUNDLE=dir (variants base and head), or OLD=a NEW=b
	@test -n "$(BUNDLE)" -o \( -n "$(OLD)" -a -n "$(NEW)" \) || { echo "usage: make gate BUNDLE=dir, or make gate OLD=old.txt NEW=new.txt"; exit 2; }
	bin/analysis gate $(if $(BUNDLE),"$(BUNDLE)" --base base --head head,"$(OLD)" "$(NEW)")

perf-check: ## measure two commits side by side: make perf-check BASE=origin/main (4 to 12 minutes on 2 cores; SHORT=1: a third of that)
	@test -n "$(BASE)" || { echo "usage: make perf-check BASE=origin/main [HEAD=HEAD] [SHORT=1]"; exit 2; }
	scripts/perf-check.sh $(if $(SHORT),--short) "$(BASE)" "$(or $(HEAD),HEAD)"

perf-bisect: ## find the commit that made it slower: make perf-bisect GOOD=v1.0 BAD=main (four or five checks for 12 commits; SHORT=1: short ones)
	@test -n "$(GOOD)" -a -n "$(BAD)" || { echo "usage: make perf-bisect GOOD=v1.0 BAD=main [SHORT=1]"; exit 2; }
	scripts/perf-bisect.sh $(if $(SHORT),--short) "$(GOOD)" "$(BAD)"

bench-bisect: build ## measure how well perf-bisect finds a slow commit, into analysis/EXPLAIN.md (the last part of bench-explain; SHORT=1: simulated searches alone)
	bin/assay bench-bisect $(if $(SHORT),--real 0) --into analysis/EXPLAIN.md

torture: build ## kill, damage, flood and starve everything, and write what was lost to docs/torture.md (at most 20 minutes; SHORT=1: about four)
	$(GO) build -o bin/torture ./cmd/torture
	bin/torture $(if $(SHORT),-short,-o docs/torture.md)

# How long each fuzz target runs, and a part of the names of those that run.
FUZZTIME = 10s
FUZZ =

fuzz: ## give random inputs to every parser, FUZZTIME=10s each: make fuzz FUZZTIME=5m FUZZ=Manifest
	GO="$(GO)" scripts/fuzz.sh "$(FUZZTIME)" "$(FUZZ)"

.PHONY: test-kubernetes
test-kubernetes: ## test runs on a real Kubernetes of two nodes on this machine (needs root; the first time it builds Kubernetes, 22 minutes of CPU time)
	scripts/test-kubernetes.sh

release: ## build the archives of a release into bin/release: make release VERSION=v0.2.0 (the same bytes in any folder)
	@test -n "$(VERSION)" || { echo "usage: make release VERSION=v0.2.0"; exit 2; }
	rm -rf "bin/release/$(VERSION)"
	$(GO) run ./cmd/release -version "$(VERSION)" -out "bin/release/$(VERSION)"

clean: ## remove everything that was built, and all runs but the published one
	rm -rf bin BENCHMARKS-quick.md BENCHMARKS-quick-plots BENCHMARKS-quick-report GATE-short.md EXPLAIN-short.md
	find results/runs -mindepth 1 -maxdepth 1 ! -name 'published*' -exec rm -rf {} +
