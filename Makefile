.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS  = -s -w -X main.version=$(VERSION)

IMAGE      ?= aimbench
CONTAINERS ?= docker

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/aimbench and bin/edge
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...

.PHONY: test
test: ## run the tests with the race detector, in random order; four packages at once, since some mostly wait
	go test -p 4 -race -shuffle=on ./...

.PHONY: lint
lint: ## check format and run the linters
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go tool staticcheck ./...

.PHONY: bench
bench: build ## hold aimbench to its bounds, beside a bare reader and vegeta; writes docs/performance.md
	go run ./engine/bench -out docs/performance.md bin/aimbench

.PHONY: parts
parts: ## run the benchmarks of the parts
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: boards
boards: ## write the Grafana dashboards and the alerting rules anew
	go run ./grafana/gen

.PHONY: image
image: ## build the container image; PLATFORMS=linux/amd64,linux/arm64 for several, CONTAINERS=podman
	$(CONTAINERS) build $(if $(PLATFORMS),--platform $(PLATFORMS)) $(IMAGE_FLAGS) --build-arg VERSION=$(VERSION) \
		--build-arg REVISION=$$(git rev-parse HEAD) --tag $(IMAGE):$(VERSION) .

.PHONY: chart
chart: ## render the chart and check it, without a cluster
	cd chart/e2e && go vet ./... && go test ./chart

.PHONY: e2e
e2e: ## test the chart on a cluster (KUBECONFIG) whose node is this machine and has the image E2E_IMAGE
	cd chart/e2e && E2E_IMAGE=$(or $(E2E_IMAGE),$(error E2E_IMAGE names no image)) go test -count=1 -v ./cluster

.PHONY: install
install: ## install aimbench and edge where go puts programs
	CGO_ENABLED=0 go install -trimpath -ldflags '$(LDFLAGS)' ./cmd/...

.PHONY: dist
dist: ## build static programs for linux/amd64, linux/arm64 and darwin/arm64
	@for target in linux/amd64 linux/arm64 darwin/arm64; do \
		for program in aimbench edge; do \
			out=dist/$$program-$${target%/*}-$${target#*/}; echo $$out; \
			CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} go build -trimpath -ldflags '$(LDFLAGS)' -o $$out ./cmd/$$program || exit 1; \
		done; \
	done
