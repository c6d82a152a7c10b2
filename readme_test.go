package main

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"perennial/command"
	"perennial/simulate"
)

// TestReadmeCommands runs the commands of README.md and then those of OPERATIONS.md
// one after the other, as a user with two exports would, on the day after the
// exports end.
func TestReadmeCommands(t *testing.T) {
	var pages []byte
	for _, name := range []string{"README.md", "OPERATIONS.md"} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page...)
	}
	shop := simulate.Config{Customers: 600, Days: 400, Seed: 4}
	t.Chdir(t.TempDir())
	if _, err := simulate.Run(t.Context(), shop, ".", func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove("perennial.yaml"); err != nil { // README writes its own
		t.Fatal(err)
	}
	nonce := uint64(0)
	env := command.Env{
		Clock:   func() time.Time { return shop.End().Date().Add(3 * time.Hour) },
		Nonce:   func() uint64 { nonce++; return nonce },
		Log:     slog.New(slog.DiscardHandler),
		Version: "test",
	}
	ran := 0
	for line := range strings.Lines(string(pages)) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), "#")
		arguments := strings.Fields(command)
		if len(arguments) < 2 || arguments[0] != "perennial" || !known(env, arguments[1]) {
			continue // no command, or a sentence that begins with the name
		}
		if strings.Contains(command, "testdata/") {
			continue // on real data: TestOnlineRetail runs it where the data are there
		}
		ran++
		var out bytes.Buffer
		root := commands(env)
		root.SetArgs(arguments[1:])
		root.SetOut(&out)
		root.SetErr(&out)
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Errorf("%s: %v", strings.TrimSpace(command), err)
		}
		if out.Len() == 0 {
			t.Errorf("%s printed nothing", strings.TrimSpace(command))
		}
	}
	if ran < 15 {
		t.Errorf("the pages show %d commands, want 15 or more", ran)
	}
}

// known reports whether there is a command of this name.
func known(env command.Env, name string) bool {
	for _, command := range commands(env).Commands() {
		if command.Name() == name {
			return true
		}
	}
	return false
}
