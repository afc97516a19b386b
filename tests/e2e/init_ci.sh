#!/usr/bin/env bash
# The commands of the CI files do what they say: build, verify and pack are taken out of the files and run as they stand.
. "$(dirname "$0")/lib.sh"
need python3 cargo luajit cc tar
python=python3
"$python" -c 'import yaml' 2>/dev/null || python=/usr/bin/python3
"$python" -c 'import yaml' 2>/dev/null || need python3-yaml

mkdir "$scratch/bin"
ln -s "$ROCKSTAGE" "$scratch/bin/rockstage"
export PATH=$scratch/bin:$PATH

# commands FILE: what it runs once rockstage is installed.
commands() {
  "$python" - "$1" <<'PYTHON'
import sys, yaml
file = yaml.safe_load(open(sys.argv[1]))
if "jobs" in file:
    lines = [step["run"] for step in file["jobs"]["rock"]["steps"] if "run" in step]
else:
    lines = file["rockstage"]["script"]
lines = [line for line in lines if not line.startswith(("apt-get", "git clone"))]
assert len(lines) == 3, lines
print("\n".join(line.rstrip("\n") for line in lines))
PYTHON
}

run_file() {
  commands "$1" >commands.sh
  # As the runners do: with sh, and ended by the first failure.
  sh -e commands.sh >commands.out 2>&1
}

for ci in github gitlab; do
  cp -r "$ROCKSTAGE_SOURCE/examples/textkit" $ci
  cd $ci
  rs init --ci $ci >/dev/null 2>&1
  file=.github/workflows/rockstage.yml
  [ $ci = github ] || file=.gitlab-ci.yml
  run_file $file || fail "$ci: $(cat commands.out)"
  assert_eq '"2.1.0"' "\"$(json 'd["version"]' <rockstage.sarif)\""
  [ $ci = github ] || "$python" -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' rockstage.junit.xml
  assert_file textkit-1.2.0-1.tar.gz
  mkdir unpacked
  tar -C unpacked -xzf textkit-1.2.0-1.tar.gz
  [ ! -e unpacked/lib/luarocks ] || fail "$ci: metadata is in the archive"
  (cd unpacked && find . -type f | LC_ALL=C sort) >names
  assert_eq "./lib/lua/5.1/textkit/core.so ./share/lua/5.1/textkit/init.lua" "$(tr '\n' ' ' <names | sed 's/ $//')"
  # The same tree is the same archive, byte for byte.
  sum=$(sha256sum <textkit-1.2.0-1.tar.gz)
  sha256sum --check --quiet textkit-1.2.0-1.tar.gz.sha256
  grep '^ *rockstage export ' commands.sh >pack.sh
  rm textkit-1.2.0-1.tar.gz*
  find rock -exec touch {} +
  sh -e pack.sh
  assert_eq "$sum" "$(sha256sum <textkit-1.2.0-1.tar.gz)" "$ci: the archive packed again"
  # A module that is not there ends the job, and the findings are written all the same.
  rm rockstage.sarif textkit-1.2.0-1.tar.gz*
  sed -i 's/--require=textkit\.core/--require=textkit.absent/' $file
  if run_file $file; then fail "$ci: a missing module is no failure"; fi
  assert_file rockstage.sarif
  [ ! -e textkit-1.2.0-1.tar.gz ] || fail "$ci: it was packed all the same"
  cd ..
done
