# `make help` says what there is. The work is done by CMake's presets and the scripts named here.

PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc)
# `make DEPENDENCIES=installed …` where docker/install-dependencies.sh cannot help.
DEPENDENCIES ?= install

install_dependencies = $(if $(filter installed,$(DEPENDENCIES)),:,docker/install-dependencies.sh)
# What runs cargo finds the one that install-dependencies.sh chose; and make's own variables, which would reach the
# Makefiles of rocks, are taken away.
run = PATH="$$(docker/install-dependencies.sh --path)" env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL

.PHONY: build
build: ## compile the program: build/release/rockstage (default)
	$(install_dependencies) build
	cmake --preset release
	cmake --build --preset release -j $(JOBS)

.PHONY: demo
demo: ## build the three examples, load them with LuaJIT; build an image where docker answers
	$(install_dependencies) build run
	cmake --preset release
	cmake --build --preset release -j $(JOBS)
	$(run) examples/demo.sh build/release/rockstage

.PHONY: test
test: ## compile everything with its tests and run them
	$(install_dependencies) build run test
	cmake --preset ci
	cmake --build --preset ci -j $(JOBS)
	$(run) ctest --preset ci -j $(JOBS)

.PHONY: lint
lint: ## the tests over the text of the project alone
	$(install_dependencies) build run test
	cmake --preset ci
	cmake --build --preset ci -j $(JOBS) --target rockstage
	$(run) ctest --preset ci -j $(JOBS) -L lint

.PHONY: format
format: ## format the C++ sources
	find src tests -name '*.cpp' -o -name '*.hpp' | xargs clang-format-14 -i

.PHONY: bench
bench: build ## compare with what people use today, side by side
	$(install_dependencies) run
	$(run) tests/bench/startup.sh build/release/rockstage
	$(run) tests/bench/over_cargo.sh build/release/rockstage
	$(run) python3 tests/bench/verify_trees.py build/release/rockstage
	$(run) python3 tests/bench/verify_images.py build/release/rockstage

.PHONY: install
install: build ## install below $(DESTDIR)$(PREFIX)
	DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)" --strip

.PHONY: clean
clean: ## remove what was compiled
	rm -rf build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo "  PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) JOBS=$(JOBS)"
