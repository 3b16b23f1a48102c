# The verbs a person types. `make run` and `make test` do all their set-up on a fresh Debian 12 machine with Swift 6.3.
.PHONY: setup build run test lint format fuzz bench bench-checker bench-engine bench-memory bench-proxy bench-recording bench-suite bench-truth sanitize bugs chaos clean

SCENARIO ?= scenarios/seat-click-storm.yaml
PACKAGES := libcurl4-openssl-dev libhiredis-dev librdkafka-dev libmariadb-dev libssl-dev zlib1g-dev pkg-config \
            redis-server mariadb-server nginx-light prometheus python3 python3-pip
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
SWIFT_SOURCES := Package.swift Sources Tests

setup:
	@missing=$$(for p in $(PACKAGES); do \
	    case $$p in nginx-light) command -v nginx >/dev/null || test -x /usr/sbin/nginx && continue;; esac; \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	    echo "setup: installing" $$missing; \
	    $(SUDO) apt-get update -qq && \
	    $(SUDO) env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

build: setup
	swift build -c release

run: build
	.build/release/seatstorm run $(SCENARIO)

test: setup
	swift build --build-tests
	swift test --skip-build --no-parallel

# The storm three times over: clicks a second of the median wave, latency of the hold, the generator's share. Then the load engine
# beside its rivals, and whether what it measures is true.
bench: PACKAGES += wrk hey gcc
bench: build
	@for i in 1 2 3; do .build/release/seatstorm run --no-color --seed $$i $(SCENARIO) | \
	    grep -E '^(PASS|BREACHED|INCONCLUSIVE|VIOLATED|request|hold|waves|generator)'; done
	.ci/bench-engine
	.ci/bench-truth

# What recording a run costs: clicks without pause, with and without history, logs and spans, in turn. PAIRS=5 unless given.
bench-recording: PACKAGES += python3
bench-recording: build
	.ci/bench-recording $(or $(PAIRS),5)

# The load engine beside wrk, hey and plain C on libcurl; its memory; how close together it lets users go.
bench-engine: PACKAGES += wrk hey gcc
bench-engine: build
	.ci/bench-engine

# Percentiles against a server's own log, a server and a generator that stand still, and the executors' arrivals against their formulas.
bench-truth: PACKAGES += gcc
bench-truth: build
	.ci/bench-truth

# The linearizability checker: a million operations of a healthy run, and a hot seat with one winner and with two.
bench-checker: setup
	swift build -c release --product checker-bench
	.build/release/checker-bench

# Every known bug must be found, and the clean suite raise no alarm. Two runs side by side: most of a run's time is waiting.
SEEDS ?= 10
JOBS ?= 2
bugs: build
	.build/release/seatstorm bugs --seeds $(SEEDS) --jobs $(JOBS)

# Every scenario of scenarios/chaos: something breaks, and the suite must hold.
chaos: build
	.build/release/seatstorm run --no-color scenarios/chaos/*.yaml

# The hold, without nginx: holds per CPU-second of the reservation process.
bench-suite: PACKAGES += wrk curl
bench-suite: build
	.ci/bench-suite

# The fault proxy: redis-benchmark through it against direct, how exactly a rule delays, memory of idle connections.
bench-proxy: PACKAGES += redis-tools curl python3
bench-proxy: build
	.ci/bench-proxy

# Ten minutes of steady load: resident memory of each service. DURATION=60m for the long form.
bench-memory: PACKAGES += python3
bench-memory: build
	.ci/bench-memory $(or $(DURATION),10m)
# A million response byte streams through the native transport's parser; `make test` runs 50,000.
fuzz: setup
	FUZZ_STREAMS=$${FUZZ_STREAMS:-1000000} swift test --filter ReplyParserTests

# The load engine's and the fault proxy's tests with the thread and the address sanitizer.
sanitize: setup
	.ci/sanitize

lint:
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

format:
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

clean:
	rm -rf .build .build-thread .build-address
