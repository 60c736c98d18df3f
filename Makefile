# One line a target. `make` lists them.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Tools run at exactly these versions; nothing is installed by hand.
BUF      := go run github.com/bufbuild/buf/cmd/buf@v1.75.0
SQLC     := go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1
LINT     := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TESTSUM  := go run gotest.tools/gotestsum@v1.13.0
PLUGINS  := google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12 \
            google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
MODULES   = $(shell go list -m -f '{{.Dir}}')
BIN      := $(CURDIR)/.bin
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X main.version=$(VERSION)

.PHONY: help run cluster web test test-web test-alerts test-compose test-images test-kube test-upgrade check check-boards build lint fmt generate generated tidy alone fuzz bench bench-web clean
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run everything in one process, with data under ./data
	@scripts/web.sh run
	@go build -ldflags "$(LDFLAGS)" -o $(BIN)/lair ./services/lair
	@exec $(BIN)/lair serve

cluster: ## Run all services as processes, with two gateways, PostgreSQL and Redis
	@scripts/test-deps.sh
	@scripts/web.sh run
	@go build -ldflags "$(LDFLAGS)" -o $(BIN)/cluster ./services/lair/cmd/cluster
	@exec $(BIN)/cluster

web: ## Build the web client into the gateway (needs Node 20.19 or newer)
	@scripts/web.sh

test: ## Run every test with the race detector, on real PostgreSQL, Redis and Chromium
	@scripts/test-deps.sh web deploy
	@scripts/web.sh
	@cd clients/web && npm run --silent check && npm test --silent
	@scripts/with-tmp.sh $(TESTSUM) --format pkgname -- -race -timeout 60m work

test-web: ## Run the tests of the web client in Chromium; pictures of it go to ./.bin/web
	@scripts/test-deps.sh web
	@scripts/web.sh
	@mkdir -p $(BIN)/web
	@scripts/with-tmp.sh go test -race -count 1 -timeout 25m -v -artifacts -outputdir $(BIN)/web ./services/lair/e2e/web

test-alerts: ## Break a running cluster beside a real Prometheus and Alertmanager, and see what is told
	@scripts/test-deps.sh deploy
	@scripts/with-tmp.sh go test -race -count 1 -timeout 20m -v ./deploy/observability/live -break

test-compose: ## Build the images, run docker-compose.yml and kill its parts (OBSERVABILITY=true: watch them)
	@scripts/test-compose.sh

test-images: ## Build the images, one of them twice, and look at what is in them (needs Docker)
	@scripts/test-images.sh

test-kube: ## Build the images, install the chart in a real Kubernetes and disturb it (needs root)
	@scripts/test-kube.sh

test-upgrade: ## Upgrade a running system from the release before, and back (FROM=commit)
	@scripts/test-deps.sh
	@scripts/test-upgrade.sh $(FROM)

check: lint build alone test generated check-boards ## Everything that must hold before a merge

check-boards: ## Check the dashboards against the types of Grafana (needs Node and npm)
	@deploy/observability/grafana/check/check.sh

build: ## Compile every program into ./.bin
	@scripts/web.sh build
	@mkdir -p $(BIN)
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o $(BIN)/ $(shell go list -f '{{if eq .Name "main"}}{{.ImportPath}}{{end}}' work)

alone: ## Compile each module without its neighbours' help
	@for m in $(MODULES); do (cd $$m && GOWORK=off go vet ./...) || exit 1; done

lint: ## Check style and who imports whom
	$(LINT) run $(addsuffix /...,$(MODULES))

fmt: ## Format Go and proto
	$(LINT) fmt $(MODULES)
	$(BUF) format -w proto

generate: ## Make the generated code and pages anew
	GOBIN=$(BIN) go install $(firstword $(PLUGINS))
	GOBIN=$(BIN) go install $(lastword $(PLUGINS))
	cd proto && PATH=$(BIN):$$PATH $(BUF) generate && $(BUF) lint
	@for f in $$(find services -name sqlc.yaml); do (cd $$(dirname $$f) && $(SQLC) generate); done
	go run ./services/lair/cmd/manual
	go run ./deploy/observability/grafana deploy/observability/grafana/dashboards

generated: generate ## Fail if the generated code or a generated page is stale
	git diff --exit-code -- '*.pb.go' '*/db/*.go' docs/configuration.md pkg/process/names.txt proto/client/spec deploy/observability/grafana/dashboards

tidy: ## Give every module the same versions and no more than it needs
	go work sync
	@for m in $(MODULES); do (cd $$m && GOWORK=off go mod tidy) || exit 1; done

fuzz: ## Run every fuzz target for FUZZTIME (default 60s)
	@scripts/fuzz.sh $${FUZZTIME:-60s}

bench: ## Measure throughput, latency and memory, each with its limit
	@scripts/test-deps.sh
	@scripts/bench.sh

bench-web: ## Measure the web client in Chromium
	@scripts/test-deps.sh web
	@scripts/web.sh
	@go build -ldflags "$(LDFLAGS)" -o $(BIN)/lair ./services/lair
	@cd clients/web && npm run --silent bench

clean: ## Remove what was built; the data stays
	rm -rf $(BIN)
	@scripts/web.sh clean
