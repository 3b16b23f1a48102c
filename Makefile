# The verbs a person types. `make run` and `make test` do all their set-up on a fresh Debian 12 machine with Swift 6.3.
.PHONY: setup build run test lint format fuzz bench bench-checker bench-memory bench-proxy bench-suite bugs clean

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

# The storm three times over: clicks a second of the median wave, latency of the hold, the generator's share.
bench: build
	@for i in 1 2 3; do .build/release/seatstorm run --no-color --seed $$i $(SCENARIO) | \
	    grep -E '^(PASS|BREACHED|INCONCLUSIVE|VIOLATED|request|hold|waves|generator)'; done

# The linearizability checker: a million operations of a healthy run, and a hot seat with one winner and with two.
bench-checker: setup
	swift build -c release --product checker-bench
	.build/release/checker-bench

# Every known bug must be found, and the clean suite raise no alarm. SEEDS=10 is what the table in the README is made with.
SEEDS ?= 10
bugs: build
	.build/release/seatstorm bugs --seeds $(SEEDS)

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

lint:
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

format:
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

clean:
	rm -rf .build
