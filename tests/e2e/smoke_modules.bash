# Sourced by the scripts that load modules in images.

# smoke ARGUMENTS…: sets code; the report is in report.json.
smoke() {
  code=0
  "$ROCKSTAGE" smoke "$@" --json >report.json 2>err || code=$?
}

found() { json "$1" <report.json; }
statuses() { found '" ".join(m["module"] + " " + m["status"] for m in d["data"]["modules"])'; }

# make_bad_modules TREE: one good module, and some that end the process or fail.
make_bad_modules() {
  local lua=$1/share/lua/5.1 lib=$1/lib/lua/5.1
  mkdir -p "$lua" "$lib"
  echo 'return {}' >"$lua/good.lua"
  echo 'os.exit(3)' >"$lua/quits.lua"
  echo 'while true do end' >"$lua/loops.lua"
  echo 'print("noise") error("no good")' >"$lua/wrong.lua"
  cc -shared -fPIC -x c - -o "$lib/crash.so" <<<'int luaopen_crash(void *state) { return *(volatile int *)0 + (state != 0); }'
  cc -shared -fPIC -x c - -o "$lib/aborts.so" <<<'void abort(void); int luaopen_aborts(void *state) { abort(); return state != 0; }'
}

# message FILE: of the finding about that file.
message() { found "[f['message'] for f in d['data']['findings'] if f['path'].endswith('/$1')][0]"; }

# said FILE TEXT: the finding about FILE says TEXT.
said() {
  case $(message "$1") in
  *"$2"*) ;;
  *) fail "$1: wanted '$2' in '$(message "$1")'" ;;
  esac
}

# After `smoke TREE --timeout 5 …` of those modules.
check_bad_modules() {
  assert_eq 3 "$code" "$(cat err)"
  assert_eq "aborts crashed crash crashed good ok loops crashed quits crashed wrong failed" "$(statuses)"
  said crash.so "killed by signal 11 (Segmentation fault)"
  said aborts.so "killed by signal 6 (Aborted)"
  said quits.lua "exit code 3"
  said wrong.lua "no good"
  said loops.lua "5 s"
}
