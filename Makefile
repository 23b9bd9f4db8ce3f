# OpsDesk. `make` alone tells what there is.
SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help
TEST = setpriv --pdeathsig TERM $(PY) -m opsdesk_local test-servers -- $(PY) -m pytest -m "not long and not containers and not programs $(WITHOUT)"
SUITE = -n 2 --dist loadfile --ignore services/console/tests/browser libs services opsdesk tests/benchmarks tests/checks tests/contracts tests/security

help:  ## what you can do here
	@echo "OpsDesk: the system in which Operations keeps its promises to customers."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
	    printf '  make %-13s %s\n' "$$name" "$$what"; done

.PHONY: help setup run demo test thorough journeys browser pictures check house faults drills mutants bench docs lock audit image pin-images compose-test deploy-test restore-drill release clean

setup:
	@deploy/local/bootstrap

run: setup  ## start everything on this machine (PostgreSQL, Kafka, the services, the console) until Ctrl-C
	@exec setpriv --pdeathsig TERM $(PY) -m opsdesk_local run

demo: setup  ## play the journeys J1-J14 against a running `make run` (J15, a whole month: opsdesk demo J15)
	@exec .venv/bin/opsdesk demo

test: WITHOUT = and not thorough
test: check  ## what must hold, on real PostgreSQL and real Kafka (under 20 minutes on two cores)
	@$(TEST) $(SUITE) $(ARGS)
	@# By themselves: they start a whole installation, and measure how long it is away.
	@$(TEST) tests/faults $(ARGS)

thorough: setup  ## every operation, table, page and crash in turn, and fuzzing: what `make test` leaves out (minutes)
	@$(TEST) $(SUITE) -m thorough $(ARGS)

journeys: setup  ## what users do, played on whole installations, and the tools that start these (some 10 minutes)
	@$(TEST) deploy tests/journeys $(ARGS)

browser: setup  ## the console in Chromium: each page looked through, and what people do all day (some 10 minutes)
	@deploy/local/browser
	@$(TEST) services/console/tests/browser tests/browser $(ARGS)

pictures: setup  ## photograph the console after the demo month, for the README, into docs/pictures (minutes)
	@deploy/local/browser
	@exec setpriv --pdeathsig TERM $(PY) -m tests.browser.pictures

check: setup  ## format, lint, types, import rules, documents up to date
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
	@.venv/bin/mypy libs services opsdesk/src opsdesk/tests deploy/local/src examples checks tests
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m common.docgen --check
	@$(PY) -m checks

house: setup  ## measure how easily the code is moved into: rooms, arrows, circles, lengths
	@$(PY) -m checks.house

# Who is not root mounts the small disks that are filled in a namespace of their own, where the kernel allows that.
OWN_MOUNTS = unshare --user --map-current-user --keep-caps --mount
MOUNTING = $(shell [ "$$(id -u)" = 0 ] || { $(OWN_MOUNTS) true 2>/dev/null && echo $(OWN_MOUNTS); })

faults: setup  ## the long fault runs: servers and services killed under load, histories checked, alerts asked of promtool (fetched if missing); skips come last, with reasons
	@$(MOUNTING) $(PY) -m pytest -m long tests/faults $(ARGS)

drills: setup  ## play the twelve faults of docs/runbooks/drills.md under a real Prometheus (fetched if missing): which alert, after how long, whether its page finds it (under 20 minutes; some: ARGS="4 8")
	@setpriv --pdeathsig TERM $(PY) -m tests.drills $(ARGS)

mutants: setup  ## remove each guard of docs/architecture.md in a copy of the tree and show that its test fails (minutes)
	@setpriv --pdeathsig TERM $(PY) -m opsdesk_local test-servers -- $(PY) -m tests.mutants $(ARGS)

bench: setup  ## measure, as ratios to named rivals in the same run; prints a table
	@$(PY) -m tests.benchmarks $(ARGS)

docs: setup  ## write what is generated from code (docs/api, docs/topics.md …) and from the migrations (schema.sql)
	@$(PY) -m common.docgen
	@$(PY) -m opsdesk_testing.schema

lock: setup  ## write the hashes of the pinned versions into constraints.txt
	@deploy/local/lock

audit: setup  ## the pinned versions against known vulnerabilities (offline: ARGS="--advisories FOLDER")
	@$(PY) -m opsdesk_local audit $(ARGS)

image: setup  ## build the five service images with bills of materials and provenance in dist/ (needs Docker)
	@$(PY) -m opsdesk_local images $(ARGS)

pin-images: setup  ## write the digests of the base images into deploy/docker/images.env (needs a registry)
	@$(PY) -m opsdesk_local images --pin

compose-test: setup  ## the first journey against the compose stack, and the container suite (needs Docker)
	@$(PY) -m pytest -m containers tests/containers $(ARGS)

deploy-test: setup  ## a release built twice, docs/deploy.md walked with it, alert rules by promtool, the chart by helm and kubeconform (fetched if missing), subscribers by a JDK (minutes)
	@$(PY) -m pytest -m programs tests/deployment tests/contracts/test_subscribers.py $(ARGS)

restore-drill: setup  ## backups, a disaster, the way back: prints how much is lost and how long it takes (minutes)
	@$(PY) -m pytest -m long tests/faults/test_restore_drill.py $(ARGS)

release: setup  ## build everything of this version into dist/ (wheels, images, chart, bill of materials, checksums): docs/release.md
	@$(PY) -m opsdesk_local release $(ARGS)

clean:  ## stop nothing, but remove the state folder (databases, Kafka, logs) and caches
	@if [ -x $(PY) ]; then $(PY) -m opsdesk_local clean; fi
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
