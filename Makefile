# What people type. Needs Go, git and make; `make test` installs the rest on Debian and Ubuntu.
.PHONY: run build test bench footprint torture secrets timing fuzz race scan accessibility generate lint cover
.DEFAULT_GOAL := build

run: ## the demo, at the address it prints
	go run ./cmd/transformateur serve --demo

build: ## one binary: bin/transformateur
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o bin/transformateur ./cmd/transformateur

test: ## everything, on SQLite and PostgreSQL
	scripts/test.sh

lint: ## faults that a reading finds
	go vet ./...
	go tool staticcheck ./...

generate: ## the Go of the pages, and the compiled front end
	scripts/generate.sh

bench: ## the figures, with the time of the processor
	@bash -c 'set -o pipefail; time go test -run "^$$" -bench . -benchmem -timeout 20m ./... | grep -vE "no test files|^(PASS|ok)"'

footprint: ## what the program weighs: on the disk, in memory, in time before it answers
	go run ./bench/footprint

torture: ## kills, power cuts and other faults for long: about half an hour, as root (see docs/trust.md)
	TRANSFORMATEUR_TEST_POSTGRES=private go test -v -count 1 -timeout 2h ./internal/app/faults -kills 500 -cuts 200 -folder 1024

secrets: ## every secret before every observer, at night: about an hour
	TRANSFORMATEUR_SECRETS=all go test -count=1 -v -timeout 4h -run 'TestPairedWorlds$$' ./internal/app/worlds | grep -vE '^ *(---|===) (PASS|RUN)'

timing: ## whether time tells what exists from what does not: ten minutes, on a machine that does nothing else
	TRANSFORMATEUR_TIMING=2000 go test -count=1 -v -timeout 1h -run 'TestTiming$$' ./bench/timing

scan: ## sqlmap, wapiti and ffuf on the demonstration: nothing of medium severity
	scripts/scan.sh

accessibility: ## every page, in every state, wide and narrow, light and dark, by axe and by our criteria
	TRANSFORMATEUR_EVERY_PAGE=1 go test -v -count 1 -timeout 30m -run TestEveryPageIsAccessible ./internal/app/journeys

cover: ## which lines the tests reach: tmp/cover.html
	@mkdir -p tmp
	TRANSFORMATEUR_COVER=tmp/cover.out scripts/test.sh
	go tool cover -html=tmp/cover.out -o tmp/cover.html
	go tool cover -func=tmp/cover.out | tail -1

fuzz: ## every parser, for FUZZTIME each (30s)
	scripts/fuzz.sh

race: ## the suite under the race detector, which needs a C compiler
	scripts/race.sh
