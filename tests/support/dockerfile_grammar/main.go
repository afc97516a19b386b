// Reads the cases of tests/unit/emit/dockerfile_grammar_test.cpp with BuildKit's own packages, and says where what is
// read is not what was meant.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type meaning struct {
	Kind, Value, Path, From, Chown, To, Output string
	Pairs                                      [][2]string
	Sources, Words                             []string
	Mounts                                     int
}

type input struct {
	A     string
	Cases []struct {
		Meant meaning
		Text  string
	}
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var in input
	if err := json.Unmarshal(data, &in); err != nil {
		panic(err)
	}
	kinds := map[string]int{}
	wrong := 0
	for _, c := range in.Cases {
		kinds[c.Meant.Kind]++
		if err := check(in.A, c.Text, c.Meant); err != nil {
			wrong++
			fmt.Printf("%v\nmeant: %+v\n%s\n", err, c.Meant, c.Text)
		}
	}
	fmt.Println(len(in.Cases), "cases,", wrong, "wrong:", kinds)
	if wrong > 0 {
		os.Exit(1)
	}
}

func check(a, text string, meant meaning) error {
	command, err := parse(text)
	if err != nil {
		return err
	}
	if meant.Kind == "comment" {
		if command != nil {
			return fmt.Errorf("a comment is read as %s", command.Name())
		}
		return nil
	}
	if command == nil {
		return errors.New("the instruction is not read")
	}
	env := shell.EnvsFromSlice([]string{"A=" + a, "A1=one"})
	word := func(text string) (string, error) {
		value, _, err := shell.NewLex('\\').ProcessWord(text, env)
		return value, err
	}
	if arg, ok := command.(*instructions.ArgCommand); ok {
		value, err := word(*arg.Args[0].Value)
		return same(err, len(arg.Args) == 1 && value == meant.Value, value)
	}
	if expands, ok := command.(instructions.SupportsSingleWordExpansion); ok {
		if err := expands.Expand(word); err != nil {
			return err
		}
	}
	return compare(a, command, meant)
}

// The instruction between FROM and the last ENV.
func parse(text string) (instructions.Command, error) {
	if _, _, _, ok := parser.DetectSyntax([]byte(text)); ok {
		return nil, errors.New("a comment is read as a directive")
	}
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	if result.EscapeToken != '\\' || len(result.Warnings) > 0 {
		return nil, fmt.Errorf("escape %q, warnings %v", result.EscapeToken, result.Warnings)
	}
	stages, _, err := instructions.Parse(result.AST, linter.New(&linter.Config{Warn: func(string, string, string, string, []parser.Range) {}}))
	if err != nil {
		return nil, err
	}
	if len(stages) != 1 || stages[0].BaseName != "debian:12" || stages[0].Name != "base" {
		return nil, fmt.Errorf("%d stages", len(stages))
	}
	commands := stages[0].Commands
	last, ok := commands[len(commands)-1].(*instructions.EnvCommand)
	if !ok || last.String() != "ENV LAST=x" || len(commands) > 2 {
		return nil, fmt.Errorf("%d instructions", len(commands))
	}
	if len(commands) == 1 {
		return nil, nil
	}
	return commands[0], nil
}

func compare(a string, command instructions.Command, meant meaning) error {
	switch command := command.(type) {
	case *instructions.WorkdirCommand:
		return same(nil, meant.Kind == "workdir" && command.Path == meant.Path, command.Path)
	case *instructions.EnvCommand:
		return samePairs(meant.Kind == "env", command.Env, meant)
	case *instructions.LabelCommand:
		return samePairs(meant.Kind == "label", command.Labels, meant)
	case *instructions.CopyCommand:
		ok := meant.Kind == "copy" && command.From == meant.From && command.Chown == meant.Chown &&
			command.DestPath == meant.To && len(command.SourceContents) == 0 &&
			slices.EqualFunc(command.SourcePaths, meant.Sources, matches)
		return same(nil, ok, fmt.Sprintf("%+v", command))
	case *instructions.RunCommand:
		if meant.Kind == "exec" {
			return same(nil, !command.PrependShell && slices.Equal(command.CmdLine, meant.Words), command.CmdLine)
		}
		return sameOutput(a, command, meant)
	}
	return fmt.Errorf("read as %s", command.Name())
}

// A source without wildcards is taken as it is.
func matches(pattern, name string) bool {
	if !strings.ContainsAny(pattern, `*?[\`) {
		return pattern == name
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil && !strings.ContainsAny(pattern, `\`) && len(pattern) == len(name)+2*count(name)
}

func count(name string) int {
	return strings.Count(name, "*") + strings.Count(name, "?") + strings.Count(name, "[")
}

func samePairs(ok bool, pairs instructions.KeyValuePairs, meant meaning) error {
	ok = ok && slices.EqualFunc(pairs, meant.Pairs, func(read instructions.KeyValuePair, meant [2]string) bool {
		return read.Key == meant[0] && read.Value == meant[1]
	})
	return same(nil, ok, pairs)
}

// Runs the command line with a program p that writes its arguments.
func sameOutput(a string, command *instructions.RunCommand, meant meaning) error {
	if meant.Kind != "shell" || !command.PrependShell || len(command.CmdLine) != 1 {
		return fmt.Errorf("read as %+v", command)
	}
	mounts := instructions.GetMounts(command)
	if len(mounts) != meant.Mounts || mounts[0].CacheID != "x-one" || mounts[0].Target != "/a/b" ||
		mounts[0].CacheSharing != instructions.MountSharingLocked ||
		(len(mounts) == 2 && (!mounts[1].Required || mounts[1].CacheID != "ca")) {
		return fmt.Errorf("mounts %+v", mounts)
	}
	text := command.CmdLine[0]
	if doc := parser.MustParseHeredoc(text); doc != nil {
		text = command.Files[0].Data
	} else if len(command.Files) > 0 {
		return errors.New("a here-document that is none")
	}
	sh := exec.Command("/bin/sh", "-c", "p() { printf '%s\\0' \"$@\"; }\n"+text)
	sh.Env = []string{"A=" + a}
	var output bytes.Buffer
	sh.Stdout = &output
	err := sh.Run()
	return same(err, output.String() == meant.Output, output.String())
}

func same(err error, ok bool, read any) error {
	if err == nil && !ok {
		err = fmt.Errorf("read: %q", read)
	}
	return err
}
