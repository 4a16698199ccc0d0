# What a person does with Assay. `make help` lists it.

GO ?= go
# The scenarios of bench-all and of the published report.
CORE := scenarios/article-low.yaml scenarios/article-high.yaml scenarios/article-sustained.yaml scenarios/steady-open.yaml
# Those that bench-quick has time for.
QUICK := scenarios/article-low.yaml scenarios/article-high.yaml scenarios/steady-open.yaml

.PHONY: help build test lint bench-all bench-quick report benchstat clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/server, bin/harness and bin/analysis
	$(GO) build -o bin/server ./server
	$(GO) build -o bin/harness ./harness
	$(GO) build -o bin/analysis ./analysis

test: ## run every test, with the race detector
	$(GO) vet ./...
	$(GO) test -race ./...

lint: ## check format, vet, staticcheck and the tidiness of go.mod
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.7.0 ./...
	$(GO) mod tidy -diff
	$(GO) mod verify

bench-all: build ## run the core scenarios, publish the run and regenerate BENCHMARKS.md (about 25 minutes on 2 cores)
	scripts/bench-all.sh $(CORE)

bench-quick: build ## a look at everything in under 3 minutes, beside the published run
	scripts/bench-quick.sh $(QUICK)

report: build ## regenerate BENCHMARKS.md and its plots from results/runs/published
	bin/analysis report

benchstat: ## compare two runs' bench files: make benchstat OLD=old.txt NEW=new.txt
	@test -n "$(OLD)" -a -n "$(NEW)" || { echo "usage: make benchstat OLD=old.txt NEW=new.txt"; exit 2; }
	$(GO) tool benchstat $(OLD) $(NEW)

clean: ## remove what was built and every run but the published one
	rm -rf bin BENCHMARKS-quick.md BENCHMARKS-quick-plots
	find results/runs -mindepth 1 -maxdepth 1 ! -name published -exec rm -rf {} +
