#!/usr/bin/env bash
# The commands of docs/guides, of README and of the examples' do what these say. Of a guide or an example, every `sh` block is run as it stands, and where a `text`
# block follows, it is what was printed to stdout. Of README, the `console` blocks are: each line that begins with `$ `, and behind it
# all that was printed, with other numbers. /rock and /tmp/tree are directories of the test. `…` alone on a line stands for any lines,
# and within a line for any text.
#
# Two things differ from what a reader types, since no registry is reached and the engine may have no network of its own:
# `rockstage dockerfile` takes the base and builder images that engine.sh made (for a reader: the runtime's public image and the
# official Rust image), and `docker build` and `docker run` get the host's network and CA bundle. A block whose first line is
# `# elsewhere` is not run.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
export PATH=$PATH:/usr/sbin
need python3 cargo luajit cc nginx
start_engine
base=$(base_image apisix-like)
builder=$(base_image builder)

cat >"$scratch/prelude.sh" <<PRELUDE
docker() {
  case \$1 in
  build) shift && command docker build --network=host --secret "id=ca,src=$ca_bundle" "\$@" ;;
  run) shift && command docker run --network=host "\$@" ;;
  *) command docker "\$@" ;;
  esac
}
rockstage() {
  case \$1 in
  dockerfile) ROCKSTAGE_BASE='$base' ROCKSTAGE_BUILDER_IMAGE='$builder' '$ROCKSTAGE' "\$@" ;;
  *) '$ROCKSTAGE' "\$@" ;;
  esac
}
PRELUDE

# blocks GUIDE DIR: writes its blocks as DIR/NN.sh, what is to be printed as DIR/NN.text; each file begins at the line that it has in the guide.
blocks() {
  mkdir -p "$2"
  python3 - "$1" "$2" <<'PYTHON'
import pathlib, re, sys
guide, directory = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
name, seen = None, 0
for kind, body in re.findall(r"^```(\w*)\n(.*?)^```$", guide.read_text(), re.MULTILINE | re.DOTALL):
    if kind == "sh":
        seen += 1
        name = None
        if not body.startswith("# elsewhere"):
            name = f"{seen:02}"
            (directory / f"{name}.sh").write_text(body)
    elif kind == "text":
        assert name, f"{guide.name}: a text block behind none that is run: {body}"
        (directory / f"{name}.text").write_text(body)
PYTHON
}

# console DOCUMENT DIR: the same of its console blocks.
console() {
  mkdir -p "$2"
  python3 - "$1" "$2" <<'PYTHON'
import pathlib, re, sys
document, directory = map(pathlib.Path, sys.argv[1:])
blocks = re.findall(r"^```console\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)
for seen, part in enumerate(re.split(r"^\$ ", "".join(blocks), flags=re.MULTILINE)[1:], 1):
    command, _, printed = part.partition("\n")
    (directory / f"{seen:02}.sh").write_text(command + "\n")
    (directory / f"{seen:02}.text").write_text(printed)
PYTHON
}

# matches TEXT OUTPUT
matches() {
  python3 - "$1" "$2" <<'PYTHON'
import pathlib, re, sys
wanted, got = (pathlib.Path(name).read_text() for name in sys.argv[1:])
lines = [r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in wanted.splitlines()]
sys.exit(not re.fullmatch("".join(lines), got))
PYTHON
}

# walk DOCUMENT EXAMPLE: runs its blocks, one shell each, in a copy of the example.
walk() {
  local script text
  rm -rf walk "$scratch/blocks" "$scratch/tree"
  cp -r "$ROCKSTAGE_SOURCE/examples/$2" walk
  cd walk
  blocks "$ROCKSTAGE_SOURCE/$1" "$scratch/blocks"
  sed -i "s#/tmp/tree#$scratch/tree#g" "$scratch/blocks"/*
  for script in "$scratch/blocks"/*.sh; do
    sh -e -c '. "$1"; . "$2"' sh "$scratch/prelude.sh" "$script" >"$scratch/out" 2>"$scratch/err" </dev/null ||
      fail "$1: exit code $? of
$(cat "$script" "$scratch/out"; tail -n 30 "$scratch/err")"
    text=${script%.sh}.text
    [ ! -f "$text" ] || matches "$text" "$scratch/out" || fail "$1:
$(cat "$script")
does not print
$(cat "$text")
but
$(cat "$scratch/out")"
  done
  cd ..
}

# walk_readme: runs its commands in one shell, since they change directories.
walk_readme() {
  local script text
  cp -r "$ROCKSTAGE_SOURCE/examples" .
  console "$ROCKSTAGE_SOURCE/README.md" "$scratch/blocks-readme"
  sed -i "s#/rock\\b#$scratch/rock#g" "$scratch/blocks-readme"/*
  . "$scratch/prelude.sh"
  for script in "$scratch/blocks-readme"/*.sh; do
    . "$script" >"$scratch/out" 2>&1 </dev/null || true # verify ends with 3 where it finds what README shows
    text=${script%.sh}.text
    # Of numbers only the words around them, a minute and more as less, and no empty line at the end.
    sed -i -E 's/[0-9][0-9.]*/0/g; s/\(0 min 0 s\)/(0 s)/; ${/^$/d}' "$text" "$scratch/out"
    matches "$text" "$scratch/out" || fail "README.md:
$(cat "$script")
does not print
$(cat "$text")
but
$(cat "$scratch/out")"
  done
}

(walk_readme)
walk docs/guides/apisix.md textkit
walk docs/guides/openresty.md jsonscan
walk docs/guides/kong.md textkit
walk docs/guides/ci.md textkit
assert_eq "apisix ci kong openresty" "$(ls "$ROCKSTAGE_SOURCE/docs/guides" | sed 's/\.md$//' | tr '\n' ' ' | sed 's/ $//')" "the guides"
for example in textkit jsonscan crc; do walk "examples/$example/README.md" $example; done
